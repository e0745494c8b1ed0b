#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tpm2-token init: a token from PINs in files and descriptors; what it refuses.
. "$(dirname "$0")/../lib.sh"

ok "without a token, list says how to make one" tool list
out "it names the command" 'tpm2-token init --label'
token_make first
out "it says the label and the serial number" '^Token "first" is made; its serial number is [0-9a-f]{16}\.$'
err "it warns that the lockout authorisation is empty" 'warning: .*lockout'
ok "the store is private" test "$(stat -c %a "$TPM2_TOKEN_STORE")" = 600

rc 1 "the same label again is refused" tool init --label first --so-pin-file "$T/so-pin" --pin-file "$T/pin"
err_lines 1 "in one line"
rc 2 "a label is needed" tool init --so-pin-file "$T/so-pin" --pin-file "$T/pin"
err "it says which option" '--label'
rc 1 "33 bytes are too long for a label" tool init --label 123456789012345678901234567890123 \
	--so-pin-file "$T/so-pin" --pin-file "$T/pin"

echo abc >"$T/short"
rc 1 "a PIN of three bytes is refused" tool init --label x --so-pin-file "$T/short" --pin-file "$T/pin"
err "it says how long a PIN is" 'at least 4'
rc 1 "a file without a PIN is refused" tool init --label x --so-pin-file /dev/null --pin-file "$T/pin"
rc 1 "a file that is not there is refused" tool init --label x --so-pin-file "$T/nothing" --pin-file "$T/pin"
err "it names the file" "$T/nothing: No such file"
rc 1 "file and descriptor exclude each other" tool init --label x --so-pin-file "$T/so-pin" --so-pin-fd 0 \
	--pin-file "$T/pin"
rc 1 "a closed descriptor is refused" tool init --label x --so-pin-fd 77 --pin-file "$T/pin"
rc 1 "without a terminal, the PIN's option is named" setsid "$TOKEN_TOOL" init --label x
err "it says which" 'there is no terminal.*--so-pin-file'

by_descriptor()
{
	printf 'so-from-fd\nuser-from-fd\n' | "$TOKEN_TOOL" init --label second --so-pin-fd 0 --pin-fd 0
}
ok "both PINs come, a line each, from one descriptor" by_descriptor
echo user-from-fd >"$T/pin2"
ok "the second line is the user's PIN" tool list --login --token second --pin-file "$T/pin2"
ok "nothing was made by what was refused" tool list
out "the second token is there" '^Token "second"'
no_out "and no third" '"x"'

for parent in endorsement null 0x81000001; do
	ok "a token under $parent" tool init --label "under $parent" --parent "$parent" \
		--so-pin-file "$T/so-pin" --pin-file "$T/pin"
	ok "it makes keys" tool keygen --token "under $parent" --label k --pin-file "$T/pin"
done
rc 1 "a parent that does not exist is refused" tool init --label y --parent cloud \
	--so-pin-file "$T/so-pin" --pin-file "$T/pin"
err "it says which there are" 'owner, endorsement'

echo hierarchy-secret >"$T/auth"
tpm2_changeauth -c endorsement hierarchy-secret >"$T/out" 2>"$T/err"
rc 1 "a hierarchy with an authorisation wants it" tool init --label z --parent endorsement \
	--so-pin-file "$T/so-pin" --pin-file "$T/pin"
err "and that is told" 'authorisation of .*endorsement'
rc 1 "a wrong one is refused" tool init --label z --parent endorsement --auth-file "$T/wrong" \
	--so-pin-file "$T/so-pin" --pin-file "$T/pin"
ok "the right one is taken" tool init --label z --parent endorsement --auth-file "$T/auth" \
	--so-pin-file "$T/so-pin" --pin-file "$T/pin"

echo "owner-auth-file = $T/auth" >"$TPM2_TOKEN_CONF"
ok "later the configuration names it for a key" \
	tool keygen --token z --label k --pin-file "$T/pin"
ok "for a new PIN" \
	tool pin change --token z --pin-file "$T/pin" --new-pin-file "$T/pin2"
tool doctor >"$T/out" 2>"$T/err"
out "and for doctor" 'Token "z" belongs to this TPM'
echo "owner-auth-file = $T/wrong" >"$TPM2_TOKEN_CONF"
rc 1 "with a wrong one nobody logs in" \
	tool list --login --token z --pin-file "$T/pin2"
err "and that is told" "authorisation of the parent's hierarchy"
ok "the list" tool list --token z
rc 1 "no wrong PIN was counted" grep -q "wrong PINs" "$T/out"
