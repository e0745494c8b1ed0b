#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# p11tool and certtool: a token, keys and certificates, found through p11-kit and by the path of the module.
. "$(dirname "$0")/frame.sh"

client p11tool gnutls-bin p11tool certtool pkcs11-tool openssl script
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

part "its other functions"
ec=";object=ec1;type=private" rsa=";object=rsa1;type=private"
ok "--list-mechanisms" p11 --list-mechanisms "$url"
out "has ECDSA" 'CKM_ECDSA '
ok "--info" user --info "$url$ec"
out "says what it is" 'Private key \(EC/ECDSA-SECP256R1\)'
ok "--export-pubkey" user --export-pubkey "$url$ec" --outfile "$T/exported.pub"
ok "is the public half" cmp <(openssl pkey -pubin -in "$T/exported.pub" -outform DER) \
	<(openssl pkey -pubin -in "$T/ec1.pub" -outform DER)
ok "--list-certs" user --list-certs "$url"
[ "$(grep -c type=cert "$T/out")" = 2 ]
verdict $? "shows two that have a key"
ok "--generate-random" p11 --generate-random 32 --outfile "$T/random" "$url"
[ "$(stat -c %s "$T/random")" -ge 32 ]
verdict $? "gives as much as wanted"
ok "--test-sign of another hash" user --test-sign --hash SHA384 "$url$ec"
ok "--test-sign of another hash, RSA" user --test-sign --hash SHA512 "$url$rsa"
ok "--test-sign of another hash, RSA-PSS" user --test-sign --sign-params=RSA-PSS --hash SHA384 "$url$rsa"
ok "--mark-decrypt" user --generate-privkey=RSA --bits=2048 --mark-decrypt --label rsa2 --id 09 --outfile "$T/rsa2.pub" "$url"
printf 'a secret of some length' >"$T/plain"
ok "openssl encrypts for it" openssl pkeyutl -encrypt -pubin -inkey "$T/rsa2.pub" -in "$T/plain" -out "$T/cipher"
ok "it decrypts" pkcs11-tool --module "$module" --token-label g --login --pin "$GNUTLS_PIN" --decrypt -m RSA-PKCS --id 09 \
	-i "$T/cipher" -o "$T/back"
ok "rightly" cmp "$T/plain" "$T/back"
ok "--mark-always-authenticate" user --generate-privkey=ECDSA --curve=secp256r1 --mark-always-authenticate --label each \
	--outfile "$T/each.pub" "$url"
ok "signs" user --test-sign "$url;object=each;type=private"
ok "--set-label" user --set-label renamed "$url;object=each;type=private"
ok "--set-id" user --set-id 0102 "$url;object=renamed;type=private"
ok "the key has both" user --list-privkeys --only-urls "$url;object=renamed"
out "as it was told" 'id=%01%02;object=renamed;type=private'

part "certificates of an authority"
ca_make
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/leaf.key" -subj /CN=leaf -out "$T/leaf.csr" \
	2>"$T/err"
ca_sign "$T/leaf.csr" "$T/leaf.pem" 2>"$T/err"
ok "--mark-ca" user --write --load-certificate "$T/ca.pem" --label ca --mark-ca "$url"
ok "a certificate by it" user --write --load-certificate "$T/leaf.pem" --label leaf --id 05 "$url"
ok "and its key" user --write --load-privkey "$T/leaf.key" --label leaf --id 05 "$url"
ok "sign" user --test-sign "$url;object=leaf;type=private"
ok "the officer trusts it" p11 --so-login --write --load-certificate "$T/ca.pem" --label trusted --mark-trusted --mark-ca "$url"
ok "--list-all-trusted" p11 --list-all-trusted "$url"
out "shows it" 'object=trusted;type=cert'
no_out "and no other" 'object=ca;type=cert'
ok "--export-chain" p11 --export-chain "$url;object=leaf;type=cert" --outfile "$T/chain.pem"
[ "$(grep -c BEGIN "$T/chain.pem")" = 2 ]
verdict $? "has both certificates"
rc 1 "the user may not trust one" user --write --load-certificate "$T/ca.pem" --label no --mark-trusted "$url"

part "objects are written and deleted, PINs changed"
ok "a secret key is written" user --write --secret-key=000102030405060708090a0b0c0d0e0f --label secret "$url"
ok "a public key is written" user --write --load-pubkey "$T/rsa1.pub" --label alone "$url"
for object in "secret;type=secret-key" "alone;type=public" leaf; do
	ok "--delete $object" user --delete "$url;object=$object"
	out "deletes" '[12] objects deleted'
	rc 2 "and it is gone" user --list-all "$url;object=$object"
done
ok "--initialize-so-pin" env GNUTLS_NEW_SO_PIN=officer-4321 p11tool --provider "$module" --batch --initialize-so-pin "$url"
ok "the new one sets the user's" env GNUTLS_SO_PIN=officer-4321 GNUTLS_PIN=new-user-4321 p11tool --provider "$module" --batch \
	--initialize-pin "$url"
rc 1 "the user's old one is refused" user --test-sign "$url$ec"
ok "the new one is not" env GNUTLS_PIN=new-user-4321 p11tool --provider "$module" --batch --login --test-sign "$url$ec"
