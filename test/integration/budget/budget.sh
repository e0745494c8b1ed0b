#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Command budgets of C_Initialize up to a whole process, counted by a TCTI between the module and the TPM: behind a
# resource manager and without one, beside other tokens, under a persistent parent and a primary key.
. "$(dirname "$0")/../lib.sh"
program=$top_builddir/test/integration/budget/budget
export TOKENTEST_LOG=$T/commands
export TPM2_TOKEN_TCTI=$top_builddir/test/tcti/.libs/tss2-tcti-tokentest.so:$TPM2_TOKEN_TCTI

# make LABEL [OPTION...]: a token with objects
make()
{
	local label=$1
	shift
	ok "a token \"$label\" is made" tool init --label "$label" --so-pin-file "$T/so-pin" --pin-file "$T/pin" "$@"
	# Only the user's own login counts: a TPM answers the first use of a seal after power-on with "retry".
	ok "with an RSA key" tool keygen --token "$label" --label rsa --type rsa:2048 --pin-file "$T/pin"
	ok "with an EC key" tool keygen --token "$label" --label ec --id 0e --pin-file "$T/pin"
	ok "with a certificate" tool cert add --token "$label" --id 0e --pin-file "$T/pin" "$T/cert.pem"
}

# holds PLACE LABEL
holds()
{
	local room manager=yes
	case $1 in *bare) manager=no ;; esac
	for room in $rooms; do
		# This software TPM has no resource manager that would clean up behind a process.
		tpm2_flushcontext --transient-object && tpm2_flushcontext --loaded-session
		: >"$TOKENTEST_LOG"
		TPM2_TOKEN_RESOURCE_MANAGER=$manager ok "$room: $1, token \"$2\" of $tokens" \
			"$program" "$TOKEN_MODULE" "$TOKENTEST_LOG" "$2" "$(cat "$T/pin")" "$1" "$room"
		grep '^ok\|^not ok' "$T/out" | sed 's/^/# /'
	done
}

rooms=$("$program" rooms)
needs openssl tpm2_flushcontext
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/cert.key" -subj /CN=budget \
	-out "$T/cert.pem" 2>"$T/err"

tokens=1
make first
for place in bare managed; do
	holds $place first
done

tokens=3
make middle
make last
for token in first middle last; do
	for place in bare managed; do
		holds $place $token
	done
done

tokens=1
export TPM2_TOKEN_STORE=$T/primary/tokens.sqlite
make primary --parent endorsement
for place in primary-bare primary-managed; do
	holds $place primary
done
