#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tpm2-token cert add: PEM and DER, found by the key, and what is no certificate.
. "$(dirname "$0")/../lib.sh"

needs openssl
token_make t
key_make k ec:p256
tool ssh --public >"$T/k.pub"
ssh-keygen -e -m PKCS8 -f "$T/k.pub" >"$T/k.pem"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/ca.key" -subj /CN=ca -out "$T/ca.pem" \
	2>"$T/openssl"
openssl req -new -key "$T/ca.key" -subj /CN=me -out "$T/csr" 2>"$T/openssl"
openssl x509 -req -in "$T/csr" -force_pubkey "$T/k.pem" -CA "$T/ca.pem" -CAkey "$T/ca.key" -CAcreateserial \
	-out "$T/cert.pem" 2>"$T/openssl"
openssl x509 -in "$T/cert.pem" -outform DER -out "$T/cert.der"

ok "a PEM file" tool cert add "$T/cert.pem" --label mine --pin-file "$T/pin"
out "goes to its key" 'that of its key'
ok "list shows it" tool list
out "as a certificate" '^  cert .* mine$'
[ "$(sed -n 's/.*id=\([0-9a-f]*\).*/\1/p' "$T/out" | sort -u | wc -l)" = 1 ]
verdict $? "key and certificate share one id"
ok "a DER file" tool cert add "$T/cert.der" --pin-file "$T/pin"
ok "it gets the label of the key" tool list
out "k" '^  cert .* k$'
ok "an id that is not the key's" tool cert add "$T/cert.der" --id 77 --label apart --pin-file "$T/pin"
out "is not said to be" 'id 77; its key has another id'
rc 1 "a certificate without key is refused" tool cert add "$T/ca.pem" --pin-file "$T/pin"
err "it says what to do" '--id HEX'
ok "unless an id is given" tool cert add "$T/ca.pem" --id ca --label CA --pin-file "$T/pin"
rc 1 "a label that is too long for OpenSSH is refused" tool cert add "$T/cert.pem" --label "$(printf 'x%.0s' {1..256})" \
	--pin-file "$T/pin"
err "by its name" 'CKA_LABEL'
rc 1 "a key is no certificate" tool cert add "$T/ca.key" --pin-file "$T/pin"
head -c 100 "$T/cert.der" >"$T/cut"
rc 1 "half a certificate is none" tool cert add "$T/cut" --pin-file "$T/pin"
rc 1 "an endless file is none" tool cert add /dev/zero --pin-file "$T/pin"
err "and it is not read for ever" 'too large'
rc 1 "a file that is not there" tool cert add "$T/none" --pin-file "$T/pin"
rc 2 "a file must be named" tool cert add
rc 1 "a wrong PIN stores nothing" tool cert add "$T/cert.pem" --label no --pin-file "$T/wrong"
