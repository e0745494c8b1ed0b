#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# OpenSSL through pkcs11-provider: requests, signatures, TLS 1.2 and 1.3 as server and as client, and a key by a file
# that holds its URI.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client pkcs11-provider pkcs11-provider openssl curl certtool script
openssl_provider >"$T/out" || skip_all "pkcs11-provider is not installed"
have_token
have_certificate ec1 ec:p256 localhost
have_certificate rsa1 rsa:2048 localhost
tls_client_make
tls_peer_make
for key in ec1 rsa1; do
	port=$(free_port)
	guide openssl-provider key=$key module="$module" listen="127.0.0.1:$port" pin_file="$T/user/pin"
	part "requests and signatures with $key"
	typed pin "the PIN is written to a file" <"$T/pin"
	step configuration "OpenSSL is configured"
	step request "a request"
	ok "is right" openssl req -verify -noout -in "$T/user/work/another.csr"
	step sign "a signature"
	step verify "is right"
	part "s_server with $key"
	serve server ACCEPT "a server starts"
	for version in 1.2 1.3; do
		ok "it answers in TLS $version" fetch "$port" --tlsv$version --tls-max $version
	done
	serve_end
	part "s_client with $key"
	for version in 1_2 1_3; do
		peer_serve -tls$version
		ok "it is let in, in TLS ${version/_/.}" env OPENSSL_CONF="$T/user/work/tpm.cnf" bash -c "(printf 'GET / HTTP/1.0\r\n\r\n'
			sleep 2) | openssl s_client -connect 127.0.0.1:$port -ign_eof -CAfile '$T/ca.pem' \
			-cert '$T/user/work/$key.pem' -key 'pkcs11:token=mine;object=$key;type=private'"
		out "and answered" 'Subject: CN *= *localhost'
		kill "$peer"
	done
	part "a key file with the URI of $key"
	step key-file "the file is written"
	step key-file-sign "and used"
	step verify "its signature is right"
done
