#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Children of a process that uses the module, also while other threads are in it.
. "$(dirname "$0")/../lib.sh"
# A child leaves in memory what a thread of its parent may have been changing.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
token_make fork
key_make key ec:p256
ok "children start clean, and parents go on" "$top_builddir/test/integration/stress/fork" "$TOKEN_MODULE" "$(cat "$T/pin")"
sed 's/^/# /' "$T/out"
