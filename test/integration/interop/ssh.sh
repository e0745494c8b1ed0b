# SPDX-License-Identifier: BSD-2-Clause
# SSH servers on loopback, for the tests of OpenSSH. Sourced after frame.sh.
#
#   sshd_start HOST [LINE...]    a server that "ssh HOST" finds, with these lines before those of its own configuration
#                                its host key is $T/host_key.HOST; if there is only a .pub, the lines say which
#                                "${sshd_in[@]}", if set, is a command that starts it, in a namespace of its own, say
#   sshd_end                     ends the last one, which listens on $sshd_port and writes to $sshd_log
#   sshd_said SENTENCE REGEX     it wrote such a line since it was started or last asked
#   askwrong                     $T/askwrong, for SSH_ASKPASS, says a wrong PIN

: >"$T/known_hosts"
cat >"$T/ssh_config" <<EOF
UserKnownHostsFile $T/known_hosts
StrictHostKeyChecking yes
IdentityFile none
PreferredAuthentications publickey
HostName 127.0.0.1
EOF
printf '#!/bin/sh\nexec timeout --foreground 60 "%s" -F "%s" "$@"\n' "$(command -v ssh)" "$T/ssh_config" >"$T/bin/ssh"
chmod 755 "$T/bin/ssh"
sshd_in=()
# From 9.8 on sshd makes an address wait from which logins were refused.
sshd_more=
! grep -q persourcepenalties "$(command -v sshd)" || sshd_more="PerSourcePenalties no"
sshd_pam=no
if [ "$(id -u)" = 0 ]; then
	mkdir -p -m 755 /run/sshd
	! grep -q '^root:!' /etc/shadow || sshd_pam=yes
fi

# sshd_configuration PORT HOST_KEY
sshd_configuration()
{
	[ ! -e "$2" ] || echo "HostKey $2"
	cat <<EOF
ListenAddress 127.0.0.1
Port $1
PidFile none
AuthorizedKeysFile $T/authorized_keys
AuthenticationMethods publickey
StrictModes no
UsePAM $sshd_pam
PermitRootLogin prohibit-password
SetEnv PATH=$PATH
LogLevel VERBOSE
$sshd_more
EOF
}

sshd_start()
{
	local host=$1 key=$T/host_key.$1
	shift
	sshd_log=$T/sshd.$host.log
	[ -e "$key.pub" ] || ssh-keygen -q -t ed25519 -N '' -f "$key"
	for _ in 1 2 3 4 5; do
		sshd_port=$(free_port)
		{
			[ $# = 0 ] || printf '%s\n' "$@"
			sshd_configuration "$sshd_port" "$key"
		} >"$T/sshd.$host"
		: >"$sshd_log" # here: the last one's log says that it listens
		"${sshd_in[@]}" "$(command -v sshd)" -D -e -f "$T/sshd.$host" >"$sshd_log" 2>&1 &
		sshd_pid=$!
		pids+=("$sshd_pid")
		wait_for grep -q -e 'Server listening' -e 'Cannot bind' -e fatal -e 'no hostkeys' "$sshd_log"
		! grep -q 'Server listening' "$sshd_log" || break
	done
	sshd_read=0
	sed -i "/^$host /d" "$T/known_hosts"
	echo "$host $(cat "$key.pub")" >>"$T/known_hosts"
	sed -i "/^Host $host\$/,+2d" "$T/ssh_config"
	printf 'Host %s\nPort %s\nHostKeyAlias %s\n' "$host" "$sshd_port" "$host" >>"$T/ssh_config"
}

sshd_end()
{
	kill "$sshd_pid"
	wait "$sshd_pid" 2>/dev/null
}

sshd_said()
{
	tail -n +$((sshd_read + 1)) "$sshd_log" | grep -Eq -- "$2"
	verdict $? "$1" "wanted in the server's log: $2"
	sshd_read=$(wc -l <"$sshd_log")
}

askwrong()
{
	printf '#!/bin/sh\ncat "%s"\n' "$T/wrong" >"$T/askwrong"
	chmod 700 "$T/askwrong"
}
