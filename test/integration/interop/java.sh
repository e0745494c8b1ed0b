#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Java's SunPKCS11: KeyStore, signatures, decryption and pairs of the session, and JSSE's client in mutual TLS 1.2 and 1.3,
# with EC and RSA.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/languages.sh"
. "$(dirname "$0")/tls.sh"

client "Java" "$(dpkg-query -S "$(readlink -f "$(command -v javac)")" 2>/dev/null | sed 's/:.*//')" java javac openssl script
have_token
tls_client_make
tls_peer_make
cp "$T/ca.pem" "$T/user/work/authority.pem"
for algorithm in EC RSA; do
	[ $algorithm = EC ] && key=ec1 type=ec:p256 || key=rsa1 type=rsa:2048
	have_certificate $key $type localhost
	names=(module="$module" key=$key algorithm=$algorithm)
	guide java "${names[@]}"
	write Keys.java
	part "the KeyStore, with $key"
	step configuration "Java is told of the module"
	step compile "the program is compiled"
	typed list "its entries" <"$T/pin"
	out "are the key" "$key: $algorithm, with its private key"
	keys_sign $key
	part "a pair of the session, $algorithm"
	typed generate "is made, and signs" <"$T/pin"
	step verify-generated "what openssl verifies"
	for version in 1_2 1_3; do
		part "client, TLS ${version/_/.} with $key"
		peer_serve -tls$version
		guide java "${names[@]}" url="https://localhost:$port/"
		typed fetch "a page that demands a certificate" <"$T/pin"
		out "is received, in that version" "Protocol *: TLSv${version/_/.}"
		out "for this certificate" 'Subject: CN *= *localhost'
		kill "$peer"
	done
	ok "the key and its certificate are removed" tool rm --label $key --yes --pin-file "$T/pin"
done
part "a pair by keytool"
typed pair "is made" <"$T/pin"
typed list "and seen" <"$T/pin"
out "with its private key" 'secrets: RSA, with its private key'
keys_decrypt
part "a wrong PIN"
typed_rc 1 list "is refused" <"$T/wrong"
out "by its name" CKR_PIN_INCORRECT
