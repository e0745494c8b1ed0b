#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# p11tool and certtool: a token, keys and certificates, found through p11-kit and by the path of the module.
. "$(dirname "$0")/frame.sh"

client p11tool gnutls-bin p11tool certtool openssl script
have_token
guide p11tool
part "a certificate authority, by p11-kit"
step list-tokens "p11tool lists the token"
out "by its label" 'token=mine'
typed key "a key is made" <"$T/pin"
step list "it is listed"
out "by its label" 'object=ca;type=public'
typed test "it signs" <"$T/pin"
typed authority "and certifies itself" <"$T/pin"
ok "rightly" openssl verify -CAfile "$T/user/work/ca.pem" "$T/user/work/ca.pem"
typed write "the certificate is stored" <"$T/pin"
step export "and read"
openssl x509 -in "$T/out" 2>"$T/err" | cmp - <(openssl x509 -in "$T/user/work/ca.pem")
verdict $? "as it was"

part "a token is made, with keys and certificates"
export GNUTLS_PIN=$(cat "$T/pin") GNUTLS_SO_PIN=$(cat "$T/so-pin")
url="pkcs11:token=g"
p11()
{
	p11tool --provider "$module" --batch "$@"
}
user()
{
	p11 --login "$@"
}
cert()
{
	certtool --provider "$module" --template "$T/template" "$@"
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
rc 1 "a wrong PIN is refused" env GNUTLS_PIN=wrong-00000 p11tool --provider "$module" --login --list-privkeys "$url"
