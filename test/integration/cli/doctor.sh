#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tpm2-token doctor: what is well, and what is not.
. "$(dirname "$0")/../lib.sh"

ok "doctor works before there is a token" tool doctor --module "$TOKEN_MODULE"
out "it finds the TPM" '^ok +tpm'
token_make t
ok "all is well" tool doctor --module "$TOKEN_MODULE"
out "but the lockout authorisation is empty" '^warning +lockout'
tool list --json >"$T/before"
tpm=$TPM2_TOKEN_TCTI
tpm_start another
tpm2_dictionarylockout -s -n 3 -t 10 -l 10 >"$T/da.log" 2>&1
rc 1 "with another TPM, which allows fewer tries, something is bad" tool doctor --module "$TOKEN_MODULE"
out "and it says what" '^BAD +token +Token "t" does not fit'
tpm_use "$tpm"
tool list --json >"$T/after"
ok "the token takes nothing from that one" cmp "$T/before" "$T/after"
rc 1 "without a TPM something is bad" env TPM2_TOKEN_TCTI=device:/dev/null "$TOKEN_TOOL" doctor
out "and it says what" '^BAD +tpm'
chmod 777 "$T/store"
rc 1 "a folder that all may write to is bad" tool doctor
out "and it says which" "$T/store"
