#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tpm2-token doctor: what is well, and what is not.
. "$(dirname "$0")/../lib.sh"

ok "doctor works before there is a token" tool doctor --module "$TOKEN_MODULE"
out "it finds the TPM" '^ok +tpm'
token_make t
ok "all is well" tool doctor --module "$TOKEN_MODULE"
out "but the lockout authorisation is empty" '^warning +lockout'
rc 1 "without a TPM something is bad" env TPM2_TOKEN_TCTI=device:/dev/null "$TOKEN_TOOL" doctor
out "and it says what" '^BAD +tpm'
chmod 777 "$T/store"
rc 1 "a folder that all may write to is bad" tool doctor
out "and it says which" "$T/store"
