#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# pdfsig: a PDF document signed with an RSA and with an EC key; openssl verifies the signatures, and pdfsig the whole.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/sign.sh"

client pdfsig poppler-utils pdfsig certutil modutil openssl certtool perl script
have_token
have_signing_certificate rsa1 rsa:2048
have_signing_certificate ec1 ec:p256
pdf_make >"$T/user/work/letter.pdf"

# setup KEY
setup()
{
	rm -rf "$T/user/nss" "$T/user/work/"signed-*.pdf
	guide pdf module="$module" key="$1" nss="$T/user/nss" authority="$T/ca.pem"
	step configuration "NSS is told of the module"
	typed pin "the PIN is read" <"$T/pin"
}

# sign_again: pdfsig of Debian 12 gives up with an EC key when two signatures differ in length; the guide says so.
sign_again()
{
	begin sign
	for _ in $(seq 40); do
		rm -f "$T/user/work/signed-letter.pdf"
		run_shell "$T/step" 2>"$T/again" && return
		grep 'unable update signature' "$T/again" || break
	done
	cat "$T/again"
	return 1
}

part "a document signed with an RSA key"
setup rsa1
step list "pdfsig lists what can sign"
out "the keys by their names" '^mine:rsa1 *$'
step sign "a document is signed"
step verify "pdfsig verifies it"
out "as valid" 'Signature is Valid'
out "whole" 'Total document signed'
out "by somebody who is trusted" 'Certificate is Trusted'
pdf_verified "$T/user/work/signed-letter.pdf"
part "a document signed with an EC key"
setup ec1
ok "a document is signed" sign_again
step verify "pdfsig verifies it"
out "as valid" 'Signature is Valid'
pdf_verified "$T/user/work/signed-letter.pdf"
part "a wrong PIN"
setup rsa1
step forget "the PIN is forgotten"
typed pin "another is read" <"$T/wrong"
step_rc 2 sign "it signs nothing"
out "for it is wrong" 'Password was not accepted'
[ ! -e "$T/user/work/signed-letter.pdf" ]
verdict $? "nothing is written"
