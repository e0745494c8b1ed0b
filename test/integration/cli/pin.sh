#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tpm2-token pin change, pin unblock: the count of tries, and what survives.
. "$(dirname "$0")/../lib.sh"

token_make t
key_make k ec:p256
echo new-pin-1 >"$T/new"
ok "the user changes the PIN" tool pin change --pin-file "$T/pin" --new-pin-file "$T/new"
rc 1 "the old one is refused" tool list --login --pin-file "$T/pin"
ok "the new one is right" tool list --login --pin-file "$T/new"
rc 1 "a wrong old PIN changes nothing" tool pin change --pin-file "$T/wrong" --new-pin-file "$T/pin"
ok "still the new one" tool list --login --pin-file "$T/new"
echo so-new-2 >"$T/so-new"
ok "the security officer changes the SO PIN" tool pin change --so --so-pin-file "$T/so-pin" --new-pin-file "$T/so-new"

tries=$("$TOKEN_TOOL" list --json | sed -n 's/.*"tries_max": \([0-9]*\).*/\1/p')
[ "$tries" -ge 1 ] && [ "$tries" -le 100 ]
verdict $? "a token allows some wrong tries ($tries)"
for i in $(seq "$tries"); do
	"$TOKEN_TOOL" list --login --pin-file "$T/wrong" >"$T/out" 2>"$T/err"
done
rc 1 "one more" tool list --login --pin-file "$T/wrong"
err "too many wrong PINs lock the token" 'locked|[Tt]oo many'
err "it says what unlocks it" 'pin unblock'
rc 1 "now the right PIN is refused, too" tool list --login --pin-file "$T/new"
rc 1 "a wrong SO PIN does not unblock" tool pin unblock --so-pin-file "$T/so-pin" --new-pin-file "$T/pin"
ok "the SO PIN does" tool pin unblock --so-pin-file "$T/so-new" --new-pin-file "$T/pin"
ok "the user's new PIN works" tool list --login --pin-file "$T/pin"
out "and the key is still there" '^  private .* k$'
echo abc >"$T/short"
rc 1 "a new PIN that is too short is refused" tool pin change --pin-file "$T/pin" --new-pin-file "$T/short"
ok "and the old one stays" tool list --login --pin-file "$T/pin"

# The security officer's tries are counted, too, and there is nobody to unlock that PIN.
token_make officer
for i in $(seq "$tries"); do
	"$TOKEN_TOOL" pin unblock --token officer --so-pin-file "$T/wrong" --new-pin-file "$T/pin" >"$T/out" 2>"$T/err"
done
rc 1 "one more" tool pin unblock --token officer --so-pin-file "$T/so-pin" --new-pin-file "$T/pin"
err "too many wrong SO PINs lock that PIN" '[Tt]oo many'
no_err "and it does not say to do the same again" 'pin unblock'
ok "doctor" tool doctor --module "$TOKEN_MODULE"
out "says to keep the user's PIN" 'Keep the user'
ok "which works" tool list --token officer --login --pin-file "$T/pin"
for i in $(seq "$tries"); do
	"$TOKEN_TOOL" list --token officer --login --pin-file "$T/wrong" >"$T/out" 2>"$T/err"
done
ok "when it is locked, too, doctor" tool doctor --module "$TOKEN_MODULE"
no_out "does not say to unblock it" 'pin unblock'
out "but to make another token" 'make another token'

# A TPM that locks itself after three wrong tries, as swtpm does by default: the token stops before, and the security
# officer is still let in.
export TPM2_TOKEN_STORE=$T/strict/token.sqlite
tpm_start strict
tpm2_dictionarylockout -s -n 3 -t 1000 -l 1000 >"$T/da.log" 2>&1
token_make strict
for i in 1 2 3 4; do
	"$TOKEN_TOOL" list --login --pin-file "$T/wrong" >"$T/out" 2>"$T/err"
done
err "the token stops" 'locked|[Tt]oo many'
tpm2_getcap properties-variable >"$T/caps" 2>&1
grep -q 'inLockout: *0' "$T/caps"
verdict $? "before the TPM locks itself"
ok "the security officer unblocks the PIN" tool pin unblock --so-pin-file "$T/so-pin" --new-pin-file "$T/pin"
ok "the user is let in" tool list --login --pin-file "$T/pin"
