#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# osslsigncode and sbsign: a program signed with an RSA and an EC key, the PIN typed and from a file. Each one's work is
# verified by the other's authors, and not if it was changed.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/sign.sh"

client osslsigncode osslsigncode osslsigncode sbsign sbverify openssl certtool as ld script
openssl engine pkcs11 >"$T/out" 2>&1 || skip_all "OpenSSL's engine pkcs11 is not installed"
printf '.globl main\nmain: ret\n' | as -o "$T/hello.o" &&
	ld -m i386pep -e main --subsystem 10 -o "$T/user/work/hello.exe" "$T/hello.o" 2>"$T/err" ||
	skip_all "this ld makes no programs for Windows"
have_token
have_signing_certificate rsa1 rsa:2048
have_signing_certificate ec1 ec:p256
for key in rsa1 ec1; do
	part "a program signed with $key"
	rm -f "$T/user/work/"*-hello.exe
	guide osslsigncode module="$module" key=$key pin_file="$T/user/pin" authority="$T/ca.pem"
	typed sign "osslsigncode asks for the PIN, and signs" <"$T/pin"
	step verify "it verifies what it did"
	ok "sbverify verifies it" there sbverify --cert "$T/ca.pem" signed-hello.exe
	typed pin "the PIN is written to a file" <"$T/pin"
	step sign-in-script "osslsigncode takes it from there, and signs"
	ok "sbverify verifies it" there sbverify --cert "$T/ca.pem" scripted-hello.exe
	printf '\220' | there dd of=scripted-hello.exe bs=1 seek=1024 conv=notrunc 2>"$T/err"
	rc 1 "but not one that was changed" there sbverify --cert "$T/ca.pem" scripted-hello.exe
done
part "a wrong PIN"
cp "$T/wrong" "$T/user/pin"
rm "$T/user/work/scripted-hello.exe"
step_rc 255 sign-in-script "signs nothing"
grep -q 'PIN incorrect' "$T/out" "$T/err"
verdict $? "for it is wrong"
[ ! -e "$T/user/work/scripted-hello.exe" ]
verdict $? "nothing is written"

client sbsign sbsigntool sbsign
for key in rsa1 ec1; do
	part "a program signed with $key"
	guide osslsigncode module="$module" key=$key authority="$T/ca.pem"
	typed sign-efi "sbsign asks for the PIN, and signs" <"$T/pin"
	step verify-efi "sbverify verifies it"
	if osslsigncode --version | grep -q 'osslsigncode 2\.5\b'; then
		skip "osslsigncode does, too" "version 2.5 finds none of sbsign's signatures right"
	else
		ok "osslsigncode does, too" there osslsigncode verify -CAfile "$T/ca.pem" signed.efi
	fi
done
part "a wrong PIN"
rm "$T/user/work/signed.efi"
typed_rc 1 sign-efi "signs nothing" <"$T/wrong"
[ ! -e "$T/user/work/signed.efi" ]
verdict $? "nothing is written"
