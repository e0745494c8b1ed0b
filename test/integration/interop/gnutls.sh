#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# GnuTLS: a client and a server with keys on the token, mutual TLS 1.2 and 1.3 with EC and RSA.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client GnuTLS gnutls-bin gnutls-cli gnutls-serv certtool openssl curl script
have_token
have_certificate ec1 ec:p256 localhost
have_certificate rsa1 rsa:2048 localhost
tls_client_make
tls_peer_make
for key in ec1 rsa1; do
	for version in 1_2 1_3; do
		part "client, TLS ${version/_/.} with $key"
		peer_serve -tls$version
		guide gnutls key=$key host=localhost port="$port" authority="$T/ca.pem" pin_file="$T/user/pin"
		typed client "the handshake succeeds" <"$T/pin"
		out "in that version" "Description: \(TLS${version/_/.}"
		kill "$peer"
	done
	port=$(free_port)
	part "server with $key, mutual TLS"
	guide gnutls key=$key port="$port" authority="$T/ca.pem" pin_file="$T/user/pin"
	typed pin "the PIN is written to a file" <"$T/pin"
	serve server 'IPv4.*done' "gnutls-serv starts"
	tls_server_serves "$port"
	serve_end
done
