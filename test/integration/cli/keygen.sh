#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tpm2-token keygen: every type, and what it prints.
. "$(dirname "$0")/../lib.sh"

token_make t
for type in ec:p256 ec:p384 ec:p521 rsa:2048 rsa:3072; do
	if [ "$type" = rsa:3072 ] && ! tpm2_testparms rsa3072 >/dev/null 2>&1; then
		skip "a key \"$type\" is made" "this software TPM has no RSA-3072"
		continue
	fi
	if [ "$type" = ec:p521 ] && ! tpm2_testparms ecc521 >/dev/null 2>&1; then
		skip "a key \"$type\" is made" "this software TPM has no P-521"
		continue
	fi
	key_make "key $type" "$type"
	out "its URI is printed" '^URI: pkcs11:token=t;id=(%[0-9A-F]{2})+;object=key%20'
	sed -n 's/^SSH: //p' "$T/out" >"$T/k.pub"
	ok "ssh-keygen reads its public key" ssh-keygen -l -f "$T/k.pub"
	out "with the right size" "^(${type##*:}|256|384|521) "
done
ok "a key with an id" tool keygen --label l --id 00ff --pin-file "$T/pin"
out "has it" 'id=%00%FF'
ok "a key that always asks" tool keygen --label careful --always-authenticate --pin-file "$T/pin"
ok "list says so" tool list --login --pin-file "$T/pin"
out "of the private key" '^  private .*careful  \(always asks for the PIN\)$'
usage()
{
	pkcs11-tool --module "$TOKEN_MODULE" --login --pin "$(cat "$T/pin")" -O --type "$1" | grep -A4 "label: *$2\$"
}
if pkcs11-tool --module "$TOKEN_MODULE" -L >"$T/out" 2>&1; then
	ok "an RSA key that decrypts" tool keygen --label opens --type rsa:2048 --decrypt --pin-file "$T/pin"
	ok "is listed" usage privkey opens
	out "as what it is" 'Usage: .*decrypt, sign'
	ok "an EC key that agrees" tool keygen --label agrees --decrypt --pin-file "$T/pin"
	ok "is listed" usage privkey agrees
	out "as what it is" 'Usage: .*sign, derive'
	ok "a key of before" usage privkey careful
	out "only signs" 'Usage: *sign$'
else
	skip "keys that decrypt" "there is no pkcs11-tool, or it can not load a module that is built with ASan"
fi
rc 2 "an unknown type is refused" tool keygen --type dsa --pin-file "$T/pin"
rc 1 "an id that is not hex is refused" tool keygen --id xyz --pin-file "$T/pin"
# OpenSSH reads labels of up to 255 bytes, and gives up on all keys of a token that has a longer one.
long=$(printf 'x%.0s' {1..255})
ok "a label of 255 bytes" tool keygen --label "$long" --pin-file "$T/pin"
rc 1 "a longer one is refused" tool keygen --label "${long}x" --pin-file "$T/pin"
err "by its name" 'CKA_LABEL'
rc 1 "and so is an id of more than 100 bytes" tool keygen --id "$(printf 'ab%.0s' {1..101})" --pin-file "$T/pin"
err "by its name" 'CKA_ID'
rc 1 "a wrong PIN makes no key" tool keygen --label no --pin-file "$T/wrong"
err_lines 1 "in one line"
rc 1 "an unknown token" tool keygen --token nothing --pin-file "$T/pin"
err "is told, with those there are" '"?t"?'
