#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A certificate to sign with: requested by the TPM's key, granted by an authority, and stored beside the key.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/sign.sh"

client certtool gnutls-bin certtool p11tool openssl script
have_token
for type in rsa:2048 ec:p256; do
	part "a request and a certificate for a key of type $type"
	have_signing_certificate "${type%:*}" "$type"
	ok "the request is right" openssl req -verify -noout -in "$T/user/work/${type%:*}.csr"
	step check "the certificate is on the token"
	out "for whom it is" 'CN *= *Jane Doe'
	out "and what for" 'Code Signing, E-mail Protection'
done
