#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Four processes with a store each, which know nothing of each other, on one TPM without a resource manager: each flushes
# what the others have loaded. They sign with twelve keys in turns, and then begin, log in, sign and end again and again.
# STRANGERS_ROUNDS: multiplies how often (1).
. "$(dirname "$0")/../lib.sh"
many=$top_builddir/test/integration/stress/many
rounds=${STRANGERS_ROUNDS:-1}

store()
{
	export TPM2_TOKEN_STORE=$T/store$1/tokens.sqlite
}

# all SENTENCE WORK...: in each store at the same time
all()
{
	local i status sentence=$1 begun=()
	shift
	for i in 1 2 3 4; do
		store $i
		"$many" "$TOKEN_MODULE" "$(cat "$T/pin")" "$@" >"$T/out$i" 2>"$T/err$i" &
		begun[i]=$!
		pids+=($!)
	done
	for i in 1 2 3 4; do
		status=0
		wait "${begun[i]}" || status=$?
		cp "$T/out$i" "$T/out"
		cp "$T/err$i" "$T/err"
		verdict $status "store $i: $sentence"
		sed 's/^/# /' "$T/out"
	done
}

for i in 1 2 3 4; do
	store $i
	token_make "store $i"
	ok "it has twelve keys" "$many" "$TOKEN_MODULE" "$(cat "$T/pin")" make 12
done
all "every signature is right" sign 12 0 $((120 * rounds))
all "every login succeeds" login $((25 * rounds))
