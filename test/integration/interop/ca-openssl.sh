#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A certificate authority of openssl ca: its key in the TPM signs its own certificate, a server's, lists of revoked
# certificates and OCSP answers. OpenSSL without the module, and GnuTLS, find them right.
. "$(dirname "$0")/frame.sh"

client "openssl ca" openssl openssl certtool ocsptool script
engine=yes
openssl engine pkcs11 >"$T/out" 2>&1 || engine=no
[ $engine = yes ] || openssl_provider >"$T/out" || skip_all "neither OpenSSL's engine pkcs11 nor pkcs11-provider is installed"

gnutls_verifies()
{
	certtool --verify --verify-profile medium --load-ca-certificate "$work/ca.pem" --load-crl "$work/ca.crl" \
		--infile "$work/$host.pem"
}

# asked_by_gnutls REGEX SENTENCE: ocsptool gets an answer that it verifies.
asked_by_gnutls()
{
	ok "GnuTLS asks, and verifies the answer" ocsptool --ask="http://127.0.0.1:$port/" --load-cert "$work/$host.pem" \
		--load-issuer "$work/ca.pem" --load-signer "$work/ca.pem"
	out "$2" "$1"
}

# authority WAY TYPE PRIVATE: the whole guide, with a key that openssl reaches in this way, by this name.
authority()
{
	port=$(free_port)
	key=$1-${2/:/-}
	work=$T/user/work/$key
	mkdir "$work"
	echo "cd '$work'" >>"$T/user/environment"
	guide ca-openssl key="$key" type="$2" ocsp="$port" pin_file="$T/user/pin" \
		private="$3pkcs11:token=mine;object=$key;type=private;pin-source=$T/user/pin"
	part "$1: an authority with a key of type $2"
	typed key "a key is made" <"$T/pin"
	typed pin "the PIN is written to a file" <"$T/pin"
	step configuration "the authority is set up"
	typed root "it certifies itself" <"$T/pin"
	step request "a server asks"
	step issue "and is certified"
	step crl "the list of revoked certificates"
	step verify "chain and list are right"
	ok "for GnuTLS too" gnutls_verifies
	ok "the list's signature too" certtool --verify-crl --load-ca-certificate "$work/ca.pem" --infile "$work/ca.crl"
	out "is verified" 'Verification output: Verified'
	part "$1: OCSP answers of a key of type $2"
	serve ocsp 'waiting for OCSP' "a responder starts"
	step ask "it is asked"
	out "and says that the certificate is good" "$host.pem: good"
	err "in an answer that is right" 'Response verify OK'
	asked_by_gnutls 'Certificate Status: good' "it is good"
	part "$1: revocation by a key of type $2"
	step revoke "the certificate is revoked"
	step_rc 2 verify "and refused"
	err "for this reason" 'certificate revoked'
	rc 1 "by GnuTLS too" gnutls_verifies
	out "for the same" 'revoked'
	serve_end
	serve ocsp 'waiting for OCSP' "the responder starts again"
	step ask "it is asked"
	out "and says so" "$host.pem: revoked"
	asked_by_gnutls 'Certificate Status: revoked' "it is revoked"
	serve_end
}

# wrong_pin WAY
wrong_pin()
{
	part "$1: a wrong PIN"
	printf %s wrong-00000 >"$T/user/pin"
	rm "$work/$host.pem"
	step request "another server asks"
	step_rc 1 issue "it is not certified"
	[ ! -s "$work/$host.pem" ]
	verdict $? "and has nothing"
}

host=www.example.org
have_token
if [ $engine = yes ]; then
	for type in ec:p256 ec:p384 rsa:2048; do
		authority engine "$type" org.openssl.engine:pkcs11:
	done
	wrong_pin engine
fi
if openssl_provider >"$T/out"; then
	guide openssl-provider module="$module" pin_file="$T/user/pin"
	step configuration "OpenSSL is given the provider"
	for type in ec:p256 ec:p384 rsa:2048; do
		authority provider "$type" ""
	done
	wrong_pin provider
fi
