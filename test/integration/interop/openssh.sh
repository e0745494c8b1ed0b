#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# OpenSSH: the keys are listed without a PIN; ssh logs in to a server with them, by itself, through the agent and, from
# there to a second server, through the forwarded agent; a wrong PIN costs one try and nothing else; a file is signed.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/ssh.sh"

client OpenSSH openssh-client ssh sshd ssh-keygen ssh-agent ssh-add script
have_token
have_key laptop ec:p256
have_key rsa1 rsa:2048

guide openssh module="$module" server="$(id -un)@server.example.org" next="$(id -un)@next.example.org" email=me@example.org
part "ssh-keygen -D lists the keys"
step public "ssh-keygen lists the keys"
quiet "without a PIN, and silently"
sort "$T/out" >"$T/theirs"
ok "the tool prints the same lines" tool ssh --public
sort "$T/out" | diff - "$T/theirs" >"$T/err"
verdict $? "letter by letter"
for key in laptop rsa1; do
	tool ssh --public --label $key >"$T/$key.pub"
done
step config "the tool shows what to write into ssh's configuration"
out "with the path of the module" '^ *PKCS11Provider .*/tpm2-token.so'

sshd_start server.example.org
for key in laptop rsa1; do
	part "ssh -I logs in with $(cut -d' ' -f1 "$T/$key.pub")"
	cp "$T/$key.pub" "$T/authorized_keys"
	typed login "ssh asks for the PIN and logs in" <"$T/pin"
	out "the command runs" 'logged in'
done
part "a wrong PIN"
askwrong
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
[ "$(grep -c '^right: ' "$T/out")" = 2 ]
verdict $? "with both keys"
rc 1 "it does not take the token twice" ssh-add -s "$module"
ok "its keys are removed" ssh-add -D
# In release 10 the token is no longer there to be given back.
ssh-add -q -e "$module" 2>"$T/err"
step agent "and it takes the token again"
for i in 1 2; do
	step agent-login "ssh logs in through it"
	out "the command runs" 'logged in'
done
part "agent forwarding"
sshd_start next.example.org
step forward "from the first server ssh logs in to a second"
out "where the command runs" 'logged in'
sshd_said "which took the token's key" 'Accepted publickey'
rc 255 "without forwarding it does not" ssh server.example.org ssh next.example.org echo logged in
part "ssh-keygen -Y signs a file"
step sign "a file is signed"
step verify "and the signature is good"
out "for whom it is of" 'Good "file" signature for me@example.org'
echo more >>"$T/user/work/letter"
step_rc 255 verify "that of a changed file is not"
part "ssh-add -e"
step agent-end "the agent gives the token back"
rc 1 "and has no keys" ssh-add -L
rc 255 "and logs in no more" ssh server.example.org echo logged in

part "several tokens"
echo other-246810 >"$T/other"
ok "a token with another PIN" tool init --label other --so-pin-file "$T/so-pin" --pin-file "$T/other"
ok "and a key" tool keygen --token other --label key --pin-file "$T/other"
step agent "the agent takes the token whose PIN is typed"
no_out "and not the other one" ' key$'
ok "which" tool list --token other
out "counts a wrong PIN" 'wrong PINs 1 of'
tool ssh --public --token other >"$T/authorized_keys"
ssh-add -q -e "$module"
printf '#!/bin/sh\necho "$1" >"%s"\ncat "%s"\n' "$T/asked" "$T/other" >"$T/askother"
chmod 700 "$T/askother"
ok "ssh without the agent" env SSH_ASKPASS="$T/askother" ssh -I "$module" server.example.org echo logged in
grep -q "'other'" "$T/asked"
verdict $? "asks for the PIN of its key's token"
out "and logs in" 'logged in'
ok "whose count" tool list --token other
no_out "begins anew" 'wrong PINs'
