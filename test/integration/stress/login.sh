#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Processes that log in at the same moment.
. "$(dirname "$0")/../lib.sh"
login()
{
	"$top_builddir/test/integration/stress/login" "$TOKEN_MODULE" "$(cat "$T/pin")" "$@"
}

token_make login
ok "sixteen processes log in" login right
sed 's/^/# /' "$T/out"
ok "one is killed while the TPM looks at its PIN" env TPM2_TOKEN_TCTI="$top_builddir/test/tcti/.libs/tss2-tcti-tokentest.so:$TPM2_TOKEN_TCTI" \
	TOKENTEST_DELAY=Unseal=2000 "$top_builddir/test/integration/stress/login" "$TOKEN_MODULE" "$(cat "$T/pin")" killed
sed 's/^/# /' "$T/out"
ok "sixteen processes guess" login wrong 6
sed 's/^/# /' "$T/out"
