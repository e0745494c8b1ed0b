#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# 256 keys in turns on a TPM without a resource manager, which has room for three: in one process, and in four at once, of which
# one is killed while it works. Every signature is right, and costs no more commands than doc/performance.md says.
. "$(dirname "$0")/../lib.sh"
many=$top_builddir/test/integration/stress/many
keys=256 rounds=3
tcti=$top_builddir/test/tcti/.libs/tss2-tcti-tokentest.so:$TPM2_TOKEN_TCTI

# many_begin NAME FIRST COUNT: a process that signs; its commands into $T/commandsNAME
many_begin()
{
	: >"$T/out$1"
	TOKENTEST_LOG=$T/commands$1 TPM2_TOKEN_TCTI=$tcti \
		"$many" "$TOKEN_MODULE" "$(cat "$T/pin")" sign $keys "$2" "$3" >"$T/out$1" 2>"$T/err$1" &
	begun[$1]=$!
	pids+=($!)
}

# many_end NAME
many_end()
{
	local status=0
	wait "${begun[$1]}" 2>/dev/null || status=$?
	cp "$T/out$1" "$T/out"
	cp "$T/err$1" "$T/err"
	return $status
}

# at_most COMMANDS NAME SENTENCE
at_most()
{
	local n
	n=$(wc -l <"$T/commands$2")
	[ "$n" -le $(($1 * keys * rounds)) ]
	verdict $? "$3: $((n * 100 / keys / rounds)) for 100 signatures"
	cut -d ' ' -f 1 "$T/commands$2" | sort | uniq -c | sed 's/^ */# /'
}

token_make many
ok "it has $keys keys" "$many" "$TOKEN_MODULE" "$(cat "$T/pin")" make $keys
declare -A begun
many_begin alone 0 $((keys * rounds))
many_end alone
verdict $? "one process: every signature is right"
at_most 4 alone "at most four commands each"

for i in 1 2 3; do
	many_begin $i $((i * keys / 4)) $((keys * rounds))
done
many_begin killed 0 1000000
while ! grep -q begun "$T/outkilled" && kill -0 "${begun[killed]}"; do
	sleep 0.1
done
kill -KILL "${begun[killed]}"
many_end killed
[ $? = 137 ]
verdict $? "one of four is killed while it works"
for i in 1 2 3; do
	many_end $i
	verdict $? "process $i: every signature is right"
	at_most 6 $i "at most six commands each"
done
many_begin later 0 $keys
many_end later
verdict $? "and so it is in one that begins then"
