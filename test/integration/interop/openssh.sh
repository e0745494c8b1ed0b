#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# OpenSSH: the keys are listed without a PIN; ssh logs in to a server with them, by itself and through the agent; a
# wrong PIN costs one try and nothing else.
. "$(dirname "$0")/frame.sh"

client OpenSSH openssh-client ssh sshd ssh-keygen ssh-agent ssh-add script
have_token
have_key ec1 ec:p256
have_key rsa1 rsa:2048

# sshd_start: a server on loopback, which "ssh server.example.org" finds.
sshd_start()
{
	local pam=no port
	ssh-keygen -q -t ed25519 -N '' -f "$T/host_key"
	if [ "$(id -u)" = 0 ]; then
		mkdir -p -m 755 /run/sshd
		! grep -q '^root:!' /etc/shadow || pam=yes
	fi
	for _ in 1 2 3 4 5; do
		port=$(free_port)
		cat >"$T/sshd_config" <<-EOF
			ListenAddress 127.0.0.1
			Port $port
			HostKey $T/host_key
			PidFile none
			AuthorizedKeysFile $T/authorized_keys
			AuthenticationMethods publickey
			StrictModes no
			UsePAM $pam
			PermitRootLogin prohibit-password
			LogLevel VERBOSE
		EOF
		"$(command -v sshd)" -D -e -f "$T/sshd_config" >"$T/sshd.log" 2>&1 &
		pids+=($!)
		wait_for grep -q -e 'Server listening' -e 'Cannot bind' -e fatal "$T/sshd.log"
		! grep -q 'Server listening' "$T/sshd.log" || break
	done
	echo "server.example.org $(cat "$T/host_key.pub")" >"$T/known_hosts"
	cat >"$T/ssh_config" <<-EOF
		Host server.example.org
		HostName 127.0.0.1
		HostKeyAlias server.example.org
		Port $port
		UserKnownHostsFile $T/known_hosts
		StrictHostKeyChecking yes
		IdentityFile none
		PreferredAuthentications publickey
	EOF
	printf '#!/bin/sh\nexec timeout --foreground 60 "%s" -F "%s" "$@"\n' "$(command -v ssh)" "$T/ssh_config" >"$T/bin/ssh"
	chmod 755 "$T/bin/ssh"
}

guide openssh module="$module" server="$(id -un)@server.example.org"
part "ssh-keygen -D lists the keys"
step public "ssh-keygen lists the keys"
quiet "without a PIN, and silently"
sort "$T/out" >"$T/theirs"
ok "the tool prints the same lines" tool ssh --public
sort "$T/out" | diff - "$T/theirs" >"$T/err"
verdict $? "letter by letter"
for key in ec1 rsa1; do
	tool ssh --public --label $key >"$T/$key.pub"
done
step config "the tool shows what to write into ssh's configuration"
out "with the path of the module" '^ *PKCS11Provider .*/tpm2-token.so'

sshd_start
for key in ec1 rsa1; do
	part "ssh -I logs in with $key"
	cp "$T/$key.pub" "$T/authorized_keys"
	typed login "ssh asks for the PIN and logs in" <"$T/pin"
	out "the command runs" 'logged in'
done
part "a wrong PIN"
printf '#!/bin/sh\ncat "%s"\n' "$T/wrong" >"$T/askwrong"
chmod 700 "$T/askwrong"
rc 255 "with a wrong PIN it does not" env SSH_ASKPASS="$T/askwrong" SSH_ASKPASS_REQUIRE=force \
	ssh -I "$module" server.example.org echo logged in
no_err "and the module itself says nothing" 'tpm2-token\['
typed login "afterwards the right PIN works" <"$T/pin"

part "ssh-agent"
cp "$T/theirs" "$T/authorized_keys"
agent_start
rc 1 "the agent refuses a wrong PIN" env SSH_ASKPASS="$T/askwrong" ssh-add -s "$module"
step agent "the agent takes the token"
[ "$(wc -l <"$T/out")" = 2 ]
verdict $? "and lists both keys"
step agent-test "its signatures are right"
for i in 1 2; do
	step agent-login "ssh logs in through it"
	out "the command runs" 'logged in'
done
step agent-end "the agent gives the token back"
