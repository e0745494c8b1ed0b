#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A preforking server: parent and children sign at the same time.
. "$(dirname "$0")/../lib.sh"
# A child leaves in memory what a thread of its parent may have been changing.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
token_make prefork
key_make key ec:p256
ok "parent and children sign" "$top_builddir/test/integration/stress/prefork" "$TOKEN_MODULE" "$(cat "$T/pin")"
sed 's/^/# /' "$T/out"
