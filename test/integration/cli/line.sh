#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The line: help, version, and what is refused with status 2.
. "$(dirname "$0")/../lib.sh"

ok "--version" "$TOKEN_TOOL" --version
out "is a version" '^tpm2-token [0-9]+\.[0-9]+'
ok "help" tool help
out "lists the commands" '^  pin unblock '
ok "help of one" tool help cert add
out "tells its operand" '^Usage: tpm2-token cert add \[OPTION\.\.\.\] FILE$'
ok "--help after a command" tool keygen --help
out "is the same" '--type TYPE'
rc 2 "no command" tool
rc 2 "an unknown command" tool frobnicate
err "one line says so" '^tpm2-token: there is no command "frobnicate"'
rc 2 "an unknown option" tool list --colour
rc 2 "a short option" tool list -x
rc 2 "an option of another command" tool list --type rsa
rc 2 "an option twice" tool list --token a --token b
rc 2 "an option without its argument" tool list --token
rc 2 "an argument too many" tool list --json=yes
rc 2 "a word too many" tool list it
rc 2 "a PIN on the line is no option" tool list --login --pin 1234
