#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# sshd with its host key in the token, EC and RSA, through an agent that the guide's own unit starts: users who know the key
# log in, others see it by ssh-keyscan, and without the agent the server cannot prove who it is.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/ssh.sh"

client "OpenSSH server" openssh-server sshd ssh ssh-agent ssh-add ssh-keygen ssh-keyscan script
needs_system
unit=/etc/systemd/system/ssh-host-key.service
public=/etc/ssh/ssh_host_tpm_key.pub

# unit_run NAME: the command of the unit's line NAME, in the unit's environment.
unit_run()
{
	local environment
	environment=$(sed -n 's/^Environment=//p' "$unit")
	env -i PATH="$PATH" $environment $(sed -n "s/^$1=//p" "$unit") </dev/null
}

# unit_start: as systemd starts it.
unit_start()
{
	ok "the unit makes room" unit_run ExecStartPre
	ok "it starts the agent" unit_run ExecStart
	host_agent=$(sed -n 's/.*SSH_AGENT_PID=\([0-9]*\).*/\1/p' "$T/out")
	pids+=("$host_agent")
	ok "it gives the agent the token" unit_run ExecStartPost
}

unit_stop()
{
	kill "$host_agent"
	wait_for eval '! kill -0 "$host_agent"'
}

# login_as_known: ssh, which knows the server by the token's key only.
login_as_known()
{
	ssh -i "$T/login" server.example.org echo logged in
}

# scan: the guide's check, of a server on another port.
scan()
{
	printf '#!/bin/sh\nexec "%s" -p %s "$@"\n' "$(PATH=${PATH#*:} command -v ssh-keyscan)" "$sshd_port" >"$T/bin/ssh-keyscan"
	chmod 755 "$T/bin/ssh-keyscan"
	step check "others see the key"
	[ "$(grep -v '^#' "$T/user/work/scanned" | cut -d' ' -f2,3)" = "$(cut -d' ' -f1,2 "$public")" ]
	verdict $? "that of the token and no other"
}

have_token
ssh-keygen -q -t ecdsa -N '' -f "$T/login"
cp "$T/login.pub" "$T/authorized_keys"
for type in ec:p256 rsa:2048; do
	guide ssh-server module="$module" type="$type" name=127.0.0.1
	part "host key in the TPM, through HostKeyAgent (${type%:*})"
	typed key "the host key is made" <"$T/pin"
	if [ "$type" = ec:p256 ]; then
		typed pin "the PIN is kept in a program" <"$T/pin"
		[ "$(stat -c '%a %U' /etc/ssh/tpm-pin)" = "700 root" ]
		verdict $? "that only root may read"
		step unit "the agent's unit is written"
	fi
	unit_start
	step configure "sshd is told, and accepts it"
	cp "$public" "$T/host_key.server.example.org.pub"
	sshd_start server.example.org "Include /etc/ssh/sshd_config.d/*.conf"
	ok "a user who knows the token's key logs in" login_as_known
	out "and the command runs" 'logged in'
	scan
	sed -i "s|^server.example.org .*|server.example.org $(cat "$T/login.pub")|" "$T/known_hosts"
	rc 255 "who knows another key does not log in" login_as_known
	err "as it is not the server's" 'HOST IDENTIFICATION HAS CHANGED|No .* host key is known'
	echo "server.example.org $(cat "$public")" >"$T/known_hosts"
	unit_stop
	rc 255 "without the agent the server cannot prove who it is" login_as_known
	unit_start
	ok "with a new agent it can again" login_as_known
	unit_stop
	sshd_end
	ok "the key is removed" tool rm --label ssh-host --yes --pin-file "$T/pin"
done
part "systemd takes the unit"
if command -v systemd-analyze >/dev/null; then
	ok "systemd finds nothing wrong in it" systemd-analyze verify "$unit"
else
	skip "systemd finds nothing wrong in it" "systemd is not installed"
fi
not_here enable "no systemd runs here; the unit's commands were run one by one"
not_here reload "no systemd runs here; sshd was started with the guide's configuration"
