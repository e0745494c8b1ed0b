#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tpm2-token list: text and JSON, with and without login, whatever the labels hold.
. "$(dirname "$0")/../lib.sh"

json()
{
	perl -MJSON::PP -e 'local $/; my $j = decode_json(<STDIN>); for my $t (@{$j->{tokens}}) {
		print "token $t->{label} ", scalar @{$t->{objects}}, "\n";
		print "$_->{class} $_->{label} $_->{id} $_->{uri}\n" for @{$t->{objects}} }' <"$T/json"
}

ok "JSON without a token" tool list --json
cp "$T/out" "$T/json"
ok "it is an empty list" json
token_make 'a "quoted" label'
key_make one ec:p256
ok "a key with an id and a strange label" tool keygen --label $'two\n\e[31m"\\\xff' --id a1:b2 --pin-file "$T/pin"

ok "list needs no PIN" tool list
out "it shows public keys" '^  public +EC P-256 +id=a1b2'
no_out "but no private ones" private
ok "list" tool list
no_out "control characters do not reach the terminal" $'\e'
ok "list with login shows private keys" tool list --login --pin-file "$T/pin"
out "there is one" '^  private +EC P-256 +id=a1b2'
ok "a PIN that is given is for the login" tool list --pin-file "$T/pin"
out "private keys are shown, too" '^  private +EC P-256 +id=a1b2'
rc 1 "a wrong PIN is told" tool list --login --pin-file "$T/wrong"
err "as such" 'PIN'
err_lines 1 "in one line"
ok "list tells the wrong tries" tool list
out "one of the limit" 'wrong PINs 1 of'
ok "a right PIN" tool list --login --pin-file "$T/pin"
ok "resets them" tool list
no_out "nothing is counted" 'wrong PINs'

ok "JSON" tool list --json
cp "$T/out" "$T/json"
ok "it can be parsed" json
out "label and id are in it" 'id=%A1%B2'
ok "JSON with login" tool list --json --login --pin-file "$T/pin"
cp "$T/out" "$T/json"
ok "it can be parsed, too" json
out "all four objects are in it" '^token a "quoted" label 4$'

rc 1 "an unknown token is refused" tool list --token nothing
err "the labels that exist are listed" 'quoted'
ok "list works without a TPM" env TPM2_TOKEN_TCTI=device:/dev/null "$TOKEN_TOOL" list
out "and shows the keys" 'EC P-256'
full()
{
	"$TOKEN_TOOL" list >/dev/full
}
rc 1 "a full disk under standard output is an error" full
