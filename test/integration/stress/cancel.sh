#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A thread that was cancelled does not take the module's locks with it.
. "$(dirname "$0")/../lib.sh"
token_make cancel
ok "cancelled threads end their calls" "$top_builddir/test/integration/stress/cancel" "$TOKEN_MODULE" "$(cat "$T/pin")"
sed 's/^/# /' "$T/out"
