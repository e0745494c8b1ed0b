#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tpm2-token rm: by label, id and URI; asks first.
. "$(dirname "$0")/../lib.sh"

token_make t
key_make one ec:p256
ok "a key with an id" tool keygen --label two --id 0202 --pin-file "$T/pin"
ok "and a third" tool keygen --label three --id 0303 --pin-file "$T/pin"
rc 2 "rm wants to know what" tool rm --pin-file "$T/pin"
rc 1 "an unknown label" tool rm --label nothing --yes --pin-file "$T/pin"
err "is told, with the labels there are" '"one", "two", "three"'
rc 1 "without terminal and --yes nothing is removed" setsid "$TOKEN_TOOL" rm --label one --pin-file "$T/pin"
err "and that is told" 'nothing is removed'
rc 1 "a URI without object does not remove the token's content" tool rm --uri pkcs11:token=t --yes --pin-file "$T/pin"
serial=$(tool list --json | sed -n 's/.*"serial": "\(.*\)".*/\1/p')
token_make other
rc 1 "nor is it removed from another token than the URI's" tool rm --token t --uri 'pkcs11:token=other;object=one' --yes \
	--pin-file "$T/pin"
err "which is told" 'another token'
rc 1 "nor by another label than the URI's" tool rm --label one --uri 'pkcs11:token=t;object=two' --yes --pin-file "$T/pin"
err "which is told" 'another label'
rc 1 "nor by another id" tool rm --id 0303 --uri 'pkcs11:token=t;id=%02%02' --yes --pin-file "$T/pin"
err "which is told" 'another id'
ok "a URI with the token's serial number and --token agree" tool ssh --public --token t \
	--uri "pkcs11:serial=$serial;object=one" --label one
ok "still three keys" tool list --token t
out "one is there" ' one$'
ok "by label" tool rm --token t --label one --yes --pin-file "$T/pin"
out "both halves go" '^  private .* one$'
ok "by id" tool rm --token t --id 0202 --yes --pin-file "$T/pin"
ok "by URI, one half" tool rm --uri 'pkcs11:token=t;object=three;type=public' --yes --pin-file "$T/pin"
ok "what is left" tool list --token t --login --pin-file "$T/pin"
out "is a private key" '^  private .* three$'
no_out "and no other" ' (one|two)$|public'
rc 1 "a wrong PIN removes nothing" tool rm --token t --label three --yes --pin-file "$T/wrong"
