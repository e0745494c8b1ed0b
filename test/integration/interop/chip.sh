#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A TPM like most chips, without EncryptDecrypt2: AES keys on the token are refused, or sealed where
# the configuration says so, and do what openssl does with the same key.
. "$(dirname "$0")/../lib.sh"

needs pkcs11-tool openssl
export TOKENTEST_HIDE=EncryptDecrypt2
export TPM2_TOKEN_TCTI=$top_builddir/test/tcti/.libs/tss2-tcti-tokentest.so:$TPM2_TOKEN_TCTI
export TPM2_TOKEN_CONF=$T/conf
: >"$T/conf"
user()
{
	pkcs11-tool --module "$TOKEN_MODULE" --token-label t --login --pin "$(cat "$T/pin")" "$@"
}
# sealed COMMAND...: with the option
sealed()
{
	echo "seal-aes = yes" >"$T/conf"
	"$@"
	local status=$?
	: >"$T/conf"
	return $status
}
hex()
{
	od -An -v -tx1 "$1" | tr -d ' \n'
}

ok "a token is made" tool init --label t --so-pin-file "$T/so-pin" --pin-file "$T/pin"
rc 1 "an AES key is refused" user --keygen --key-type aes:16 --label aes --id 01 --sensitive
err "as a template that can not be" 'CKR_TEMPLATE_INCONSISTENT'
rc 1 "the log" env TPM2_TOKEN_LOG=error pkcs11-tool --module "$TOKEN_MODULE" --token-label t --login \
	--pin "$(cat "$T/pin")" --keygen --key-type aes:16 --label aes --id 01 --sensitive
err "names the option" 'seal-aes = yes'
printf 'a key of sixteen' >"$T/key"
printf 'blocks of data, two of them.....' >"$T/blocks"
ok "with the option an AES key is taken" sealed user --write-object "$T/key" --type secrkey --key-type aes:16 --label aes \
	--id 01 --sensitive --usage-decrypt
iv=000102030405060708090a0b0c0d0e0f
ok "it encrypts, with the option or without" user --encrypt -m AES-CBC --id 01 --iv $iv -i "$T/blocks" -o "$T/cipher"
ok "as openssl does" openssl enc -aes-128-cbc -nopad -K "$(hex "$T/key")" -iv $iv -in "$T/blocks" -out "$T/expected"
ok "to the same" cmp "$T/cipher" "$T/expected"
! grep -qaF "$(cat "$T/key")" "$TPM2_TOKEN_STORE"*
verdict $? "its value is nowhere in the store"
