#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The benchmark does not rot: each of its works is done once by the bare TPM
# and by this module, with few operations, and the commands come out as counted
# elsewhere. Nothing is timed.
. "$(dirname "$0")/../integration/lib.sh"
bench=$(dirname "$0")
worker=$top_builddir/test/bench/worker
csv=$T/out-folder/bench.csv

# has SENTENCE REGEX: a line of the figures.
has()
{
	ok "$1" grep -Eq -- "$2" "$csv"
}

ok "the benchmark counts commands" "$BASH" "$bench/bench.sh" -c -s "10 20" -p '^(bare|tpm2-token)$' -o "$T/out-folder"
out "a table of the usual jobs is printed" '^\| ssh login +\|.* / '
no_err "no work failed" ' failed: '
for work in $("$worker" works) start-20 search-id-20 search-label-20 search-class-20 list-20 list-memory-20; do
	has "this module does the work $work" "^$work,tpm2-token,([^,]*,){16}[0-9]"
done
has "a bare signature is one command" '^sign-p256,bare,([^,]*,){16}1,60,4,89$'
has "a signature of this module is one, behind a resource manager six" '^sign-p256,tpm2-token,([^,]*,){16}1,60,6,113$'
has "with two keys in turns nine, for both stay loaded" '^keys-2,tpm2-token,([^,]*,){16}1,60,9,142$'
has "with three keys a FlushContext and a Load, too, and fifteen" '^keys-3,tpm2-token,([^,]*,){16}[^,]*,[^,]*,15,225$'
has "a login is four commands" '^login,tpm2-token,([^,]*,){16}4,'
has "16 threads need no more" '^threads-16,tpm2-token,([^,]*,){16}1,'
has "a start and a search need none" '^start-20,tpm2-token,([^,]*,){16}0,'
