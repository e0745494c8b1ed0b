#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# curl: a page from a server that demands a certificate, in TLS 1.2 and 1.3, with an EC and an RSA key; the PIN typed,
# and from a file; without a certificate there is no page.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client curl curl curl openssl certtool script
openssl engine pkcs11 >"$T/out" 2>&1 || skip_all "OpenSSL's engine pkcs11 is not installed"
curl --engine pkcs11 -s file:///dev/null >"$T/out" 2>&1
[ $? != 4 ] || skip_all "this curl knows no engines"
have_token
have_certificate ec1 ec:p256 client
have_certificate rsa1 rsa:2048 client
tls_peer_make
for version in 1_2 1_3; do
	peer_serve -tls$version
	for key in ec1 rsa1; do
		part "TLS ${version/_/.} with $key"
		guide curl key=$key url="https://localhost:$port/" authority="$T/ca.pem" pin_file="$T/user/pin"
		typed fetch "curl asks for the PIN, and the server lets it in" <"$T/pin"
		out "knowing whom" 'Subject: CN *= *client'
		typed pin "the PIN is written to a file" <"$T/pin"
		step fetch-in-script "curl takes it from there"
		out "and is let in" 'Subject: CN *= *client'
	done
	! fetch "$port" >"$T/out" 2>"$T/err"
	verdict $? "without a certificate it is not let in"
	kill "$peer"
done
