#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# GnuTLS: a token, keys and certificates with p11tool and certtool; TLS with a key on the token on either side.
. "$(dirname "$0")/../lib.sh"

needs p11tool certtool gnutls-serv gnutls-cli openssl
export GNUTLS_PIN=$(cat "$T/pin") GNUTLS_SO_PIN=$(cat "$T/so-pin")
url="pkcs11:token=g"
p11()
{
	p11tool --provider "$TOKEN_MODULE" --batch "$@"
}
user()
{
	p11 --login "$@"
}
cert()
{
	certtool --provider "$TOKEN_MODULE" --template "$T/template" "$@"
}

token_make t
ok "p11tool lists the token" p11 --list-token-urls
one=$(grep token=t "$T/out")
[ -n "$one" ]
verdict $? "by its label"
ok "it is made anew" p11 --initialize "$one" --label g
ok "with a PIN" p11 --initialize-pin "$url"
ok "the tool sees it" tool list
out "by the new label" '^Token "g"'
printf 'cn = "localhost"\ndns_name = "localhost"\nsigning_key\ntls_www_client\ntls_www_server\n' >"$T/template"

ok "an EC key" user --generate-privkey=ECDSA --curve=secp256r1 --label ec1 --outfile "$T/ec1.pub" "$url"
ok "an RSA key" user --generate-privkey=RSA --bits=2048 --label rsa1 --outfile "$T/rsa1.pub" "$url"
rc 1 "an Ed25519 key is refused" user --generate-privkey=EdDSA --curve=ed25519 --label ed1 --outfile "$T/ed1.pub" "$url"
for key in ec1 rsa1; do
	private="$url;object=$key;type=private"
	ok "a signature with $key" user --test-sign "$private"
	[ "$(cat "$T/out" "$T/err" | grep -c '\.\.\. ok$')" = 3 ]
	verdict $? "is right by the private and by the public object"
	ok "a certificate of $key" cert --generate-self-signed --load-privkey "$private" \
		--load-pubkey "$T/$key.pub" --outfile "$T/$key.pem"
	ok "is right" openssl verify -CAfile "$T/$key.pem" "$T/$key.pem"
	ok "a request of $key" cert --generate-request --load-privkey "$private" --load-pubkey "$T/$key.pub" \
		--outfile "$T/$key.csr"
	ok "is right" openssl req -in "$T/$key.csr" -verify -noout
	ok "the certificate is written" user --write --load-certificate "$T/$key.pem" --label "$key" "$url"
	ok "and read without login" p11 --export "$url;object=$key;type=cert" --outfile "$T/back.pem"
	openssl x509 -in "$T/back.pem" 2>"$T/err" | cmp - <(openssl x509 -in "$T/$key.pem")
	verdict $? "as it was"
done
ok "RSA-PSS" user --test-sign --sign-params=RSA-PSS "$url;object=rsa1;type=private"
ok "--list-all without login" p11 --list-all "$url"
no_out "shows no private key" 'type=private'
ok "with login" user --list-all "$url"
out "it does" 'type=private'
ok "--list-all-certs" p11 --list-all-certs "$url"
[ "$(grep -c type=cert "$T/out")" = 2 ]
verdict $? "shows two"
openssl genpkey -algorithm rsa -out "$T/in.key" 2>"$T/err"
ok "a private key is imported" user --write --load-privkey "$T/in.key" --label in "$url"
ok "and listed" user --list-privkeys "$url;object=in"
out "as one" 'type=private'
rc 1 "a wrong PIN is refused" env GNUTLS_PIN=wrong-00000 p11tool --provider "$TOKEN_MODULE" --login --list-privkeys "$url"

# serve OPTIONS: gnutls-serv on a free port, as $port.
serve()
{
	for try in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 20000))
		: >"$T/serv.log" # nothing of the last one
		gnutls-serv --http -p "$port" "$@" >"$T/serv.log" 2>&1 </dev/null &
		server=$!
		pids+=("$server")
		wait_for grep -q -e '^HTTP Server listening.*done' -e failed -e rror "$T/serv.log"
		! grep -q 'IPv4.*done' "$T/serv.log" || return 0
		kill "$server" 2>/dev/null
	done
	return 1
}
connect()
{
	printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 gnutls-cli --provider "$TOKEN_MODULE" -p "$port" \
		--x509cafile "$1" --sni-hostname localhost --verify-hostname localhost 127.0.0.1 "${@:2}"
}

cert --generate-privkey --key-type ecdsa --outfile "$T/server.key" >"$T/out" 2>&1
cert --generate-self-signed --load-privkey "$T/server.key" --outfile "$T/server.pem" >"$T/out" 2>&1
cat "$T/ec1.pem" "$T/rsa1.pem" >"$T/clients.pem"
serve --x509keyfile "$T/server.key" --x509certfile "$T/server.pem" --x509cafile "$T/clients.pem" \
	--require-client-cert --verify-client-cert
for key in ec1 rsa1; do
	for version in 1.3 1.2; do
		ok "a client with $key in TLS $version" connect "$T/server.pem" --x509certfile "$T/$key.pem" \
			--x509keyfile "$url;object=$key;type=private" --priority "NORMAL:-VERS-ALL:+VERS-TLS$version"
		out "is let in" 'HTTP/1.0 200'
	done
done
kill "$server"
serve --provider "$TOKEN_MODULE" --x509keyfile "$url;object=rsa1;type=private" \
	--x509certfile "$url;object=rsa1;type=cert"
for i in 1 2; do
	ok "a server with rsa1" connect "$T/rsa1.pem"
	out "answers" 'HTTP/1.0 200'
done
