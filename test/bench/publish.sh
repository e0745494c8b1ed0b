#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What "make bench" left in FOLDER becomes part of the documentation in DOC: the tables between two marks of
# performance.md, and performance.csv and performance.svg beside it.
#
#   publish.sh FOLDER DOC
set -eu
folder=$1 doc=$2
for file in bench.md bench.csv bench.svg; do
	[ -s "$folder/$file" ] || { echo "publish.sh: $folder/$file is not there" >&2; exit 1; }
done
grep -q '^<!-- bench: begin' "$doc/performance.md" || { echo "publish.sh: performance.md has no marks" >&2; exit 1; }
awk -v tables="$folder/bench.md" '
	/^<!-- bench: end/ { skip = 0 }
	!skip
	/^<!-- bench: begin/ {
		skip = 1
		print ""
		while ((getline line <tables) > 0)
			print line
		print ""
	}' "$doc/performance.md" >"$folder/performance.md"
cp "$folder/performance.md" "$doc/performance.md"
cp "$folder/bench.csv" "$doc/performance.csv"
# gnuplot leaves spaces at the ends of lines.
sed 's/[ 	]*$//' "$folder/bench.svg" >"$doc/performance.svg"
