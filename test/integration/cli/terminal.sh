#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The terminal: PINs are asked for without echo, twice where they are new.
. "$(dirname "$0")/../lib.sh"

needs perl script
# asked N: so many questions for a PIN have been on the terminal.
asked()
{
	[ "$(grep -ao 'PIN[^:]*: ' "$T/tty" | wc -l)" -ge "$1" ]
}

# drive COMMAND: answers each question with a line of standard input; what the terminal showed is the output.
drive()
{
	: >"$T/tty"
	(
		count=0
		while read -r line; do
			count=$((count + 1))
			wait_for asked $count
			printf '%s\n' "$line"
		done
	) | script -qefc "$1" "$T/tty"
}
init()
{
	printf 'so-secret\nso-secret\nmy-secret\nmy-secret\n' | drive "'$TOKEN_TOOL' init --label tty"
}
mistyped()
{
	printf 'so-secret\nso-sicret\n' | drive "'$TOKEN_TOOL' init --label other"
}
# A shell in the background ignores the interrupt, and so do its children: perl takes that back.
cat >"$T/interrupted" <<EOF
trap : INT
"$TOKEN_TOOL" init --label other
echo status \$?
stty -a
EOF
interrupted()
{
	printf '\003\n' | drive "exec perl -e '\$SIG{INT} = \"DEFAULT\"; exec qw(bash $T/interrupted)'"
}
rc 0 "init asks for four PINs" init
out "first the security officer's" 'New PIN of the security officer \(SO PIN\): '
out "each again" 'New PIN of the user, again: '
no_out "and shows none" secret
rc 1 "two that differ are refused" mistyped
out "and it says so" 'not the same'
rc 0 "an interrupted question" interrupted
out "ends the program" 'status 130'
out "and the terminal has its echo" '[^-]echo '
