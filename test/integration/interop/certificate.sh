#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A certificate for a key on the token: the request is signed by the TPM, openssl finds it right, a certificate
# authority certifies it, and what it gives is stored beside the key.
. "$(dirname "$0")/frame.sh"

client certtool gnutls-bin certtool p11tool openssl script
have_token
for type in ec:p256 rsa:2048; do
	part "a request and a certificate for a key of type $type"
	have_certificate "${type%:*}" "$type" www.example.org
	ok "the request is right" openssl req -verify -noout -in "$T/user/work/${type%:*}.csr"
	step check "the certificate is listed"
	out "as one" "object=${type%:*};type=cert"
done
