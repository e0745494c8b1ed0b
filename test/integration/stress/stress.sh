#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# 64 threads on one token, for STRESS_SECONDS seconds (5).
. "$(dirname "$0")/../lib.sh"
token_make stress
ok "64 threads use it at once" "$top_builddir/test/integration/stress/stress" "$TOKEN_MODULE" "$(cat "$T/pin")" \
	"${STRESS_SECONDS:-5}"
sed 's/^/# /' "$T/out"
no_err "ThreadSanitizer has nothing to say" 'ThreadSanitizer'
