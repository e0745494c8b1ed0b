#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An authority of certtool and one below it, both with keys in the TPM: certificates and a list of revoked ones, which
# GnuTLS without the private keys and OpenSSL find right.
. "$(dirname "$0")/frame.sh"

client certtool gnutls-bin certtool openssl script

openssl_verifies()
{
	openssl verify -CAfile "$work/root.pem" -untrusted "$work/below.pem" -CRLfile "$work/below.crl" -crl_check -x509_strict \
		"$work/$host.pem"
}

host=www.example.org
have_token
for type in ec:p256 ec:p384 rsa:2048; do
	key=${type/:/-}
	work=$T/user/work/$key
	mkdir "$work"
	echo "cd '$work'" >>"$T/user/environment"
	guide ca-certtool key="$key" type="$type" pin_file="$T/user/pin" authority="pkcs11:token=mine;object=$key" \
		pin="pin-source=$T/user/pin"
	part "authorities with keys of type $type"
	typed key "keys are made" < <(cat "$T/pin" "$T/pin")
	typed pin "the PIN is written to a file" <"$T/pin"
	typed root "the authority certifies itself" <"$T/pin"
	typed below "and one below" <"$T/pin"
	step request "a server asks"
	step issue "and is certified"
	step crl "the list of revoked certificates"
	step verify "chain and list are right"
	out "the chain" 'Chain verification output: Verified'
	ok "for OpenSSL too" openssl_verifies
	part "revocation by a key of type $type"
	step revoke "the certificate is revoked"
	step_rc 1 verify "and refused"
	out "for this reason" 'revoked'
	rc 2 "by OpenSSL too" openssl_verifies
	err "for the same" 'certificate revoked'
done

part "a wrong PIN"
printf %s wrong-00000 >"$T/user/pin"
rm "$work/$host.pem"
step_rc 1 issue "nobody is certified"
err "for this reason" 'Error in provided PIN'
[ ! -s "$work/$host.pem" ]
verdict $? "there is no certificate"
