#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# OpenSSH: list keys, log in, agent; a wrong PIN.
. "$(dirname "$0")/../lib.sh"

needs ssh sshd ssh-keygen ssh-agent ssh-add
token_make t
key_make ec1 ec:p256
key_make rsa1 rsa:2048

ok "ssh-keygen -D lists the keys" setsid ssh-keygen -D "$TOKEN_MODULE"
quiet "without a PIN, and silently"
sort "$T/out" >"$T/theirs"
ok "the tool prints the same lines" tool ssh --public
sort "$T/out" | diff - "$T/theirs" >"$T/err"
verdict $? "letter by letter"
tool ssh --public --label ec1 >"$T/ec1.pub"
tool ssh --public --label rsa1 >"$T/rsa1.pub"
cat "$T/ec1.pub" "$T/rsa1.pub" >"$T/both.pub"

ssh-keygen -q -t ed25519 -N '' -f "$T/host_key"
pam=no
if [ "$(id -u)" = 0 ]; then
	mkdir -p -m 755 /run/sshd
	! grep -q '^root:!' /etc/shadow || pam=yes
fi
for try in 1 2 3 4 5; do
	port=$((20000 + RANDOM % 20000))
	cat >"$T/sshd_config" <<EOF
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
echo "[127.0.0.1]:$port $(cat "$T/host_key.pub")" >"$T/known_hosts"
printf '#!/bin/sh\ncat "%s"\n' "$T/pin" >"$T/askpass"
printf '#!/bin/sh\ncat "%s"\n' "$T/wrong" >"$T/askwrong"
chmod 700 "$T/askpass" "$T/askwrong"
export SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force
unset SSH_AUTH_SOCK
login()
{
	timeout 60 ssh -F none -p "$port" -o UserKnownHostsFile="$T/known_hosts" -o StrictHostKeyChecking=yes \
		-o IdentityFile=none -o PreferredAuthentications=publickey "$@" "$(id -un)@127.0.0.1" echo logged in
}

for key in ec1 rsa1; do
	cp "$T/$key.pub" "$T/authorized_keys"
	ok "ssh -I logs in with $key" login -I "$TOKEN_MODULE"
	out "the command runs" '^logged in$'
done
rc 255 "with a wrong PIN it does not" env SSH_ASKPASS="$T/askwrong" bash -c "$(declare -f login); port=$port T=$T; login -I '$TOKEN_MODULE'"
no_err "and the module itself says nothing" 'tpm2-token\['
ok "afterwards the right PIN works" login -I "$TOKEN_MODULE"

eval "$(ssh-agent -s -P "$(realpath "$TOKEN_MODULE")")" >"$T/out"
pids+=("$SSH_AGENT_PID")
cp "$T/both.pub" "$T/authorized_keys"
rc 1 "the agent refuses a wrong PIN" env SSH_ASKPASS="$T/askwrong" ssh-add -s "$TOKEN_MODULE"
ok "the agent takes the token" ssh-add -s "$TOKEN_MODULE"
ok "and lists both keys" ssh-add -L
[ "$(wc -l <"$T/out")" = 2 ]
verdict $? "two of them"
for key in ec1 rsa1; do
	ok "the agent's signature with $key is right" ssh-add -T "$T/$key.pub"
done
ok "ssh logs in through the agent" login -o IdentityAgent="$SSH_AUTH_SOCK"
ok "and again" login -o IdentityAgent="$SSH_AUTH_SOCK"
ok "the agent gives the token back" ssh-add -e "$TOKEN_MODULE"
