#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Keys that may leave go from one token to another on the same TPM, and to one
# on another TPM, and sign there; OpenSSL has the public halves from the first.
. "$(dirname "$0")/../lib.sh"
needs openssl
program=$top_builddir/test/integration/move/move
mkdir "$T/keys"
printf 'the SHA-256 of nothing at all...' >"$T/data"

# arrive LABEL: they sign in that token, and after a new login are still there.
arrive()
{
	local key
	rm -f "$T/keys"/*.sig
	ok "they come into the token \"$1\"" "$program" "$TOKEN_MODULE" "$(cat "$T/pin")" "$1" in "$T/keys"
	for key in ec-kwp ec-kw rsa-kwp rsa-kw; do
		[ "${key#ec}" = "$key" ] || raw_to_der "$T/keys/$key.sig"
		ok "$key signs there" openssl pkeyutl -verify -pubin -keyform DER -inkey "$T/keys/$key.der" \
			-in "$T/data" -sigfile "$T/keys/$key.sig"
	done
	ok "they are listed" tool list --token "$1" --login --pin-file "$T/pin"
	out "with their labels" 'rsa-kw'
}

# raw_to_der FILE: an ECDSA signature r || s as OpenSSL wants it.
raw_to_der()
{
	local hex
	hex=$(od -An -v -tx1 "$1" | tr -d ' \n')
	printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "${hex:0:64}" "${hex:64}" >"$T/asn1"
	openssl asn1parse -genconf "$T/asn1" -noout -out "$1"
}

token_make first
token_make second
ok "keys leave the token \"first\"" "$program" "$TOKEN_MODULE" "$(cat "$T/pin")" first out "$T/keys"
arrive second
tpm_start other
export TPM2_TOKEN_STORE=$T/other-store/tokens.sqlite
token_make third
arrive third
