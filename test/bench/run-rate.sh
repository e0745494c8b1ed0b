#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# make bench: the rate of signatures on a software TPM, bare Esys_Sign against
# C_SignInit + C_Sign. The arguments go to test/bench/rate: ROUNDS SIGNATURES.
. "$(dirname "$0")/../integration/lib.sh"
"${TOKEN_RATE:?the program to run}" "$TOKEN_MODULE" "$TPM2_TOKEN_TCTI" "$@"
verdict $? "the rate was measured"
