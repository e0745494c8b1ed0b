#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# More keys than the TPM has slots for, in turn: in one process, then in four at once.
. "$(dirname "$0")/../integration/lib.sh"

use=$top_builddir/test/vm/use
keys=256
echo 123456 >"$T/pin"
token_make "api tests"
ok "a process makes $keys keys" timeout 240 "$use" "$TOKEN_MODULE" make $keys
ok "one signs with all of them in turn" timeout 240 "$use" "$TOKEN_MODULE" sign 3
out "each time" ": $((3 * keys)) signatures with $keys keys, 0 failures"

users=()
for i in 1 2 3 4; do
	timeout 480 "$use" "$TOKEN_MODULE" sign 2 >"$T/use.$i" 2>&1 &
	users+=($!)
done
for i in 1 2 3 4; do
	wait "${users[i - 1]}"
	result=$?
	cp "$T/use.$i" "$T/out"
	verdict $result "of four at once, number $i finds all of its signatures right"
	out "as many as it wanted" ": $((2 * keys)) signatures with $keys keys, 0 failures"
done
