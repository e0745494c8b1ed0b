#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A server's token: another user than root sees it, and signs with it while it may only read the store.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client OpenSC opensc pkcs11-tool openssl certtool script runuser
needs_system
part "the token is prepared"
tls_server_token
part "another user works with root's token"
step check "the user sees the token"
out "by its label" 'token label *: mine'
echo data >/run/data
chmod 644 /run/data
install -d -o www-data /run/www
ok "and signs with it" runuser -u www-data -- pkcs11-tool --module "$module" --login --pin "$(cat "$T/pin")" --sign \
	-m ECDSA-SHA256 --label ec1 -f openssl -i /run/data -o /run/www/signature
openssl x509 -in "$T/user/work/ec1.pem" -noout -pubkey >"$T/ec1.pub"
ok "which openssl verifies" openssl dgst -sha256 -verify "$T/ec1.pub" -signature /run/www/signature /run/data
rc 1 "a wrong PIN is refused" runuser -u www-data -- pkcs11-tool --module "$module" --login --pin wrong-00000 -O
err "as what it is" CKR_PIN_INCORRECT
