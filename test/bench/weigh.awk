# SPDX-License-Identifier: BSD-2-Clause
# weights.csv, then a log of commands: commands and weighted milliseconds of one of "count" operations of "work".
BEGIN { FS = "[, ]" }
/^#/ { next }
FNR == NR { weight[$1] = $2; next }
{
	kind = work
	sub(/.*-/, "", kind)
	commands++
	if (($1 "/" kind) in weight)
		sum += weight[$1 "/" kind]
	else if ($1 in weight)
		sum += weight[$1]
	else
		sum += weight["*"]
}
END { printf "%.4g,%.6g\n", commands / count, sum / count }
