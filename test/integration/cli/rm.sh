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
ok "still three keys" tool list
out "one is there" ' one$'
ok "by label" tool rm --label one --yes --pin-file "$T/pin"
out "both halves go" '^  private .* one$'
ok "by id" tool rm --id 0202 --yes --pin-file "$T/pin"
ok "by URI, one half" tool rm --uri 'pkcs11:token=t;object=three;type=public' --yes --pin-file "$T/pin"
ok "what is left" tool list --login --pin-file "$T/pin"
out "is a private key" '^  private .* three$'
no_out "and no other" ' (one|two)$|public'
rc 1 "a wrong PIN removes nothing" tool rm --label three --yes --pin-file "$T/wrong"
