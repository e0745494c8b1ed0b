#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tpm2-token ssh: lines that ssh-keygen agrees with.
. "$(dirname "$0")/../lib.sh"

token_make t
key_make ec1 ec:p256
key_make rsa1 rsa:2048
ok "no PIN is needed" tool ssh --module /path/module.so
out "an EC key's line" '^ecdsa-sha2-nistp256 AAAA[^ ]* ec1$'
out "an RSA key's line" '^ssh-rsa AAAA[^ ]* rsa1$'
out "the line for ssh_config" '^PKCS11Provider /path/module.so$'
ok "only the keys" tool ssh --public
cp "$T/out" "$T/ours"
ok "without comments, and as many as there are" test "$(wc -l <"$T/ours")" = 2
ok "only one" tool ssh --public --label ec1
cut -d' ' -f1,2 "$T/out" >"$T/line"
ssh-keygen -l -f "$T/line" >"$T/out" 2>"$T/err"
verdict $? "ssh-keygen reads it"
rc 1 "an unknown label" tool ssh --label nothing
err "is told, with the labels there are" 'ec1'
