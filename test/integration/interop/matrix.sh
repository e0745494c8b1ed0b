#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# matrix.sh RESULTS: takes the results of a run into doc/clients.tsv, in place of those of the same guides on the same
# release, and writes doc/clients.md and the table of guides in README.md from it. Without RESULTS it only writes.
# matrix.sh --check: fails where these files, the guides and the tests do not fit together; writes nothing.
set -euo pipefail
export LC_ALL=C.UTF-8
top=$(cd "$(dirname "$0")/../../.." && pwd)
tests=$top/test/integration/interop
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The guides in the order of README's table: those of the tests in local.mk.
names()
{
	sed -n 's#^\(\t\|interop_more_tests += \)test/integration/interop/\([a-z0-9-]*\)\.sh.*#\2#p' "$top/test/integration/local.mk" | while read -r name; do
		! grep -q '^\. .*/frame\.sh"$' "$tests/$name.sh" || echo "$name"
	done
}

# merge OLD NEW...: rows of OLD that NEW has no news of, then NEW; in the order of the guides.
merge()
{
	names >"$work/names"
	awk -F'\t' '
		FILENAME == ARGV[1] { rank[$1] = FNR; next }
		FILENAME == ARGV[2] { old[++count] = $0; key[count] = $2 "\t" $1; next }
		{ row[++rows] = $0; new[$2 "\t" $1] = 1 }
		END {
			for (i = 1; i <= count; i++)
				if (!(key[i] in new))
					row[++rows] = old[i]
			for (i = 1; i <= rows; i++) {
				split(row[i], field, "\t")
				if (field[1] in rank)
					printf "%s\t%03d\t%06d\t%s\n", field[2], rank[field[1]], i, row[i]
			}
		}' "$work/names" "$@" | sort | cut -f4-
}

# One table a release; a line for each part of each client.
page()
{
	cat <<'END'
# Clients

What each client did with the module when its guide was followed. `make check-interop` runs the guides' own commands against
a software TPM, nothing else is replaced, and writes this page; the lines of a release stay until it is run again there.

END
	awk -F'\t' '
		$2 != release {
			release = $2
			printf "%s## %s\n\n| client | version | what | result |\n|---|---|---|---|\n", gap, release
			gap = "\n"
			name = ""
		}
		{
			result = $6 == "passed" ? "passed" : "**" $6 "**: " $7
			what = $5 == "-" ? "" : $5
			who = "[" $3 "](guides/" $1 ".md)"
			printf "| %s | %s | %s | %s |\n", who == name ? "" : who, who == name ? "" : $4, what, result
			name = who
		}' "$1"
}

# README's table: the guide, what it is for, and the versions that passed everything last, for each release.
table()
{
	local name
	echo '| guide | what it gives | proven with |'
	echo '|---|---|---|'
	names | while read -r name; do
		printf '| [%s](doc/guides/%s.md) | %s | %s |\n' "$(sed -n '1s/^# //p' "$top/doc/guides/$name.md")" "$name" \
			"$(sed -n '3,/^$/p' "$top/doc/guides/$name.md" | tr '\n' ' ' | sed 's/ *$//; s/\. .*/./')" \
			"$(proven "$name" "$1")"
	done
}

proven()
{
	awk -F'\t' -v name="$1" '
		$1 != name { next }
		{ client = $3 "\t" $2 }
		!(client in version) { order[++count] = client }
		{ version[client] = $4 }
		$6 == "passed" { passed[client]++ }
		$6 == "failed" { failed[client]++ }
		END {
			for (i = 1; i <= count; i++) {
				client = order[i]
				if (passed[client] && !failed[client]) {
					sub(/^[0-9]+:/, "", version[client])
					split(client, field, "\t")
					text = text (text ? "; " : "") field[1] " " version[client] " (" field[2] ")"
				}
			}
			print text ? text : "not yet"
		}' "$2"
}

# readme TSV: README.md with its table made anew.
readme()
{
	table "$1" >"$work/table"
	awk -v table="$work/table" '
		/^<!-- end of the guides -->$/ { inside = 0 }
		!inside
		/^<!-- guides: / {
			inside = 1
			while ((getline line <table) > 0)
				print line
		}' "$top/README.md"
}

complain()
{
	echo "$*"
	bad=1
}

check()
{
	local name
	bad=0
	for name in "$top"/doc/guides/*.md; do
		name=$(basename "$name" .md)
		[ -x "$tests/$name.sh" ] || complain "doc/guides/$name.md: no test runs it"
		awk '/^```/ { inside = !inside; if (inside && /^```(sh)?$/) exit 1 }' "$top/doc/guides/$name.md" ||
			complain "doc/guides/$name.md: a block that does not say which step, or of what kind, it is"
	done
	for name in $(names); do
		[ -f "$top/doc/guides/$name.md" ] || complain "$tests/$name.sh: no guide"
	done
	page "$top/doc/clients.tsv" | cmp -s - "$top/doc/clients.md" || complain "doc/clients.md is not what doc/clients.tsv says"
	readme "$top/doc/clients.tsv" | cmp -s - "$top/README.md" || complain "README.md's table is not what doc/clients.tsv says"
	[ $bad = 0 ] && echo "$(names | wc -l) guides, each with a test"
}

if [ "${1-}" = --check ]; then
	check
	exit
fi
touch "$top/doc/clients.tsv"
cat ${1+"$1"/*.tsv} </dev/null >"$work/new"
merge "$top/doc/clients.tsv" "$work/new" >"$work/clients.tsv"
page "$work/clients.tsv" >"$work/clients.md"
cp "$work/clients.tsv" "$top/doc/clients.tsv"
cp "$work/clients.md" "$top/doc/clients.md"
readme "$top/doc/clients.tsv" >"$work/README.md"
cp "$work/README.md" "$top/README.md"
