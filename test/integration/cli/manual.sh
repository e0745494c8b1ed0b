#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The manual and the completion know every command and option; the configuration page every key.
. "$(dirname "$0")/../lib.sh"

top=$(dirname "$0")/../../..
page=$top/man/tpm2-token.1
completion=$top/dist/tpm2-token.bash
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

complete_all()
{
	local missing=0 word
	for word in $(awk -F'\t' '$1=="command"{ print $2 } $1=="option"{ print $3 }' "$T/table" | tr ' ' '\n' | sort -u); do
		grep -qw -- "$word" "$completion" || { echo "missing: $word"; missing=1; }
	done
	return $missing
}
ok "the completion has every word" complete_all

sed -n 's/^.*{ CONF_[A-Z_]*,\( CONF_TYPE_[A-Z]*,\)\? "\([a-z-]*\)".*/\2/p' "$top/src/conf/conf.c" | sort >"$T/conf.keys"
ok "the configuration has keys" test -s "$T/conf.keys"
sed -n 's/^\.It Cm \([a-z-]*\).*/\1/p' "$top/man/tpm2-token.conf.5" | sort >"$T/page.keys"
ok "the page has every key, and no other" diff "$T/conf.keys" "$T/page.keys"
sed -n 's/^.*"\(TPM2_TOKEN_[A-Z_]*\)".*/\1/p' "$top/src/conf/conf.c" | sort -u >"$T/conf.env"
grep -oh 'TPM2_TOKEN_[A-Z_]*' "$top/man/tpm2-token.conf.5" | sort -u >"$T/page.env"
ok "and every environment variable" diff "$T/conf.env" "$T/page.env"
sed -n 's/^#\?\([a-z-]*\) = .*/\1/p' "$top/dist/tpm2-token.conf" | sort >"$T/example.keys"
ok "the example has every key" diff "$T/conf.keys" "$T/example.keys"

if command -v mandoc >/dev/null; then
	for p in tpm2-token.1 tpm2-token.conf.5 tpm2-token.7; do
		ok "mandoc finds no fault in $p" mandoc -T lint -W warning "$top/man/$p"
	done
else
	skip "mandoc finds no fault in the pages" "mandoc is not installed"
fi
