#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The first guide: a token and a key, typed in at a terminal, and seen by p11-kit without a word of configuration.
. "$(dirname "$0")/frame.sh"

client p11-kit p11-kit p11-kit script
guide token
part "token and key made at a terminal"
step doctor "doctor looks at everything"
out "the TPM first" 'TPM'
have_token
typed key "a key is made" < <(cat "$T/pin")
step list "the token is listed"
out "by its label" '^Token "mine"'
out "with its key" 'laptop'
part "p11-kit lists the token"
step p11-kit "p11-kit knows the module"
out "and its token" 'token: mine$'
