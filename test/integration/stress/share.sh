#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Threads share the token fairly, and a key generation that takes long holds up nobody who needs no TPM.
. "$(dirname "$0")/../lib.sh"
share()
{
	"$top_builddir/test/integration/stress/share" "$TOKEN_MODULE" "$(cat "$T/pin")" "$@"
}

token_make share
key_make key ec:p256
ok "eight threads sign" share fair
sed 's/^/# /' "$T/out"
export TPM2_TOKEN_TCTI=$top_builddir/test/tcti/.libs/tss2-tcti-tokentest.so:$TPM2_TOKEN_TCTI
export TOKENTEST_DELAY=Create=5000
ok "one thread makes a key, the other goes on" share generation
sed 's/^/# /' "$T/out"
