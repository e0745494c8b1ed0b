#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Command budgets of C_Initialize up to a whole process, behind a resource
# manager and without one, counted by a TCTI between the module and the TPM.
. "$(dirname "$0")/../lib.sh"
program=$top_builddir/test/integration/budget/budget
export TOKENTEST_LOG=$T/commands
export TPM2_TOKEN_TCTI=$top_builddir/test/tcti/.libs/tss2-tcti-tokentest.so:$TPM2_TOKEN_TCTI

# Only the user's own login counts: a TPM answers the first use of a seal after power-on with "retry".
ok "a token is made" tool init --label budget --so-pin-file "$T/so-pin" --pin-file "$T/pin"
ok "a login before all others" tool list --login --pin-file "$T/pin"

# round yes|no: is the module told that there is a resource manager
round()
{
	: >"$TOKENTEST_LOG"
	TPM2_TOKEN_RESOURCE_MANAGER=$1 ok "all budgets hold, resource manager: $1" \
		"$program" "$TOKEN_MODULE" "$TOKENTEST_LOG" "$(cat "$T/pin")" "$1"
	grep '^ok\|^not ok' "$T/out" | sed 's/^/# /'
}

ok "a key pair for the whole process" tool keygen --label whole --pin-file "$T/pin"
round no
# The last one: what it leaves to a resource manager stays in this software TPM, which has none.
round yes
