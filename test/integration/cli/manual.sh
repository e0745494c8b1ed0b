#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The manual and the completion know every command and option; the configuration page every key.
. "$(dirname "$0")/../lib.sh"

top=$(dirname "$0")/../../..
page=$top/man/tpm2-token.1
ok "the tool prints its table" tool help --table
cp "$T/out" "$T/table"

# Options of the page, by command: ".It Cm list" opens one, ".It Fl -json" is an option in it.
awk '/^\.Sh /{c=""; s=$2} s=="COMMANDS" && /^\.It Cm /{ c=$3; for (i=4; i<=NF && $i!="Ar" && $i!="Op"; i++) if ($i!="Cm") c=c" "$i }
	/^\.It Fl -/{ o=$3; a=""; if ($4=="Ar") a=$5; print (s=="COMMANDS" ? c : "") "\t-" o "\t" a }' "$page" \
	| sort -u >"$T/page.options"
awk -F'\t' '$1=="option"{ print $2"\t"$3"\t"$4 }' "$T/table" | sort -u >"$T/table.options"
ok "the page has every option under its command, and no other" diff "$T/table.options" "$T/page.options"
awk '/^\.Sh /{s=$2} s=="COMMANDS" && /^\.It Cm /{ c=$3; for (i=4; i<=NF && $i!="Ar" && $i!="Op"; i++) if ($i!="Cm") c=c" "$i; print c }' \
	"$page" | sort -u >"$T/page.commands"
awk -F'\t' '$1=="command"{ print $2 }' "$T/table" | sort -u >"$T/table.commands"
ok "and every command" diff "$T/table.commands" "$T/page.commands"

# same FORM FILE: as "make from-table" would write it.
same()
{
	"$top/tools/from-table" "$1" <"$T/table" | diff - "$top/$2"
}
ok "the completion for bash is made of this table" same bash dist/completion/tpm2-token
ok "that for zsh" same zsh dist/completion/_tpm2-token
ok "that for fish" same fish dist/completion/tpm2-token.fish
ok "and the page of mechanisms" same mechanisms man/tpm2-token-mechanisms.7
rc 1 "no table makes none" "$top/tools/from-table" bash
# completed WORD...: what bash offers for the last one.
completed()
{
	bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _tpm2_token
		printf "%s\n" "${COMPREPLY[@]}"' "$top/dist/completion/tpm2-token" "$@" | sort
}
ok "bash completes a command" completed tpm2-token key
out "by its name" '^keygen$'
ok "a second word" completed tpm2-token pin un
out "by its name, too" '^unblock$'
ok "an option" completed tpm2-token pin unblock --new
out "that this command has" '^--new-pin-fd$'
no_out "and no other" '^--pin-fd$'
ok "an argument" completed tpm2-token keygen --type rsa:2
out "that has few values" '^rsa:2048$'
ok "a file" completed tpm2-token cert add "$T/pi"
out "of this folder" '/pin$'
if command -v zsh >/dev/null; then
	ok "zsh reads its completion" zsh -n "$top/dist/completion/_tpm2-token"
else
	skip "zsh reads its completion" "zsh is not installed"
fi
if command -v fish >/dev/null; then
	# fish_completed LINE: what fish offers at its end.
	fish_completed()
	{
		fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$top/dist/completion/tpm2-token.fish" "$1"
	}
	ok "fish completes a second word" fish_completed "tpm2-token pin un"
	out "by its name" '^unblock'
	ok "and an option" fish_completed "tpm2-token pin unblock --new"
	out "that this command has" '^--new-pin-fd'
	no_out "and no other" '^--pin-fd'
else
	skip "fish completes" "fish is not installed"
fi

sort "$top/src/api/exports.sym" >"$T/exports"
awk '/^It exports/{on=1} on && /^\.Fn/{print $2} /^\.Pp/{on=0}' "$top/man/tpm2-token.7" | sort >"$T/page.exports"
ok "the page of concepts has every function that the module exports, and no other" diff "$T/exports" "$T/page.exports"
sed -n 's/^\(C_[A-Za-z]*\)(.*/\1/p' "$top/src/api/stub_3.c" | sort >"$T/stubs"
awk '/not offered:$/{on=1} on && /^\.Fn/{print $2} on && / \.$/{on=0}' "$top/man/tpm2-token.7" | sort >"$T/page.stubs"
ok "and every function that it does not offer" diff "$T/stubs" "$T/page.stubs"

sed -n 's/^.*{ CONF_[A-Z_]*,\( CONF_TYPE_[A-Z]*,\)\? "\([a-z-]*\)".*/\2/p' "$top/src/conf/conf.c" | sort >"$T/conf.keys"
ok "the configuration has keys" test -s "$T/conf.keys"
sed -n 's/^\.It Cm \([a-z-]*\).*/\1/p' "$top/man/tpm2-token.conf.5" | sort >"$T/page.keys"
ok "the page has every key, and no other" diff "$T/conf.keys" "$T/page.keys"
sed -n 's/^.*"\(TPM2_TOKEN_[A-Z_]*\)".*/\1/p' "$top/src/conf/conf.c" | sort -u >"$T/conf.env"
grep -oh 'TPM2_TOKEN_[A-Z_]*' "$top/man/tpm2-token.conf.5" | sort -u >"$T/page.env"
ok "and every environment variable" diff "$T/conf.env" "$T/page.env"
sed -n 's/^#\?\([a-z-]*\) = .*/\1/p' "$top/dist/tpm2-token.conf" | sort >"$T/example.keys"
ok "the example has every key" diff "$T/conf.keys" "$T/example.keys"

pages="tpm2-token.1 tpm2-token.conf.5 tpm2-token.7 tpm2-token-mechanisms.7"
# linted PAGE: mandoc's complaint that the other pages are not installed is none about this one.
linted()
{
	mandoc -T lint "$top/man/$1" >"$T/lint"
	! grep -v 'referenced manual not found\|^mandoc: outdated mandoc.db' "$T/lint"
}
if command -v mandoc >/dev/null; then
	for p in $pages; do
		ok "mandoc finds no fault in $p" linted "$p"
	done
else
	skip "mandoc finds no fault in the pages" "mandoc is not installed"
fi
if command -v man >/dev/null && command -v groff >/dev/null; then
	for p in $pages; do
		ok "man has no warning for $p" env MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$top/man/$p"
		quiet "not one"
	done
else
	skip "man has no warning for the pages" "man or groff is not installed"
fi
