# SPDX-License-Identifier: BSD-2-Clause
# Counts (work,provider,commands,weighted), failures (work,provider) and rounds (round,work,provider,unit,value,operations)
# to one line a work and provider. Ratios are medians of what single rounds gave, not of medians.
function median(list, n,    i, j, x)
{
	for (i = 2; i <= n; i++) {
		x = list[i]
		for (j = i - 1; j >= 1 && list[j] > x; j--)
			list[j + 1] = list[j]
		list[j + 1] = x
	}
	lowest = list[1]
	highest = list[n]
	return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}
# How many times as long as OTHER it takes, in the same round.
function times(work, provider, other,    n, r, list)
{
	for (r = 1; r <= last; r++)
		if ((work, provider, r) in value && (work, other, r) in value)
			list[++n] = value[work, provider, r] / value[work, other, r]
	return n ? sprintf("%.4f", median(list, n)) : ""
}
function line(work, provider,    n, r, list, middle)
{
	for (r = 1; r <= last; r++)
		if ((work, provider, r) in value)
			list[++n] = value[work, provider, r]
	if (!n) {
		if ((work, provider) in failed)
			printf "%s,%s,failed,0,,,,,,,\n", work, provider
		return
	}
	middle = median(list, n)
	printf "%s,%s,%s,%d,%.6g,%.6g,%.6g,", work, provider, unit[work], n, middle, lowest, highest
	printf "%s,%s,%s\n", times(work, provider, "bare"), times(work, provider, "tpm2-token"), counts[work, provider]
}
function see(name, list, known)
{
	if (!(name in known))
		list[++known[""]] = name
	known[name] = 1
}
BEGIN {
	FS = ","
	print "work,provider,unit,rounds,median,lowest,highest,times_bare,times_tpm2_token,commands,weighted_ms"
}
NF == 4 { counts[$1, $2] = $3 "," $4 }
NF == 2 { failed[$1, $2] = 1 }
NF == 6 {
	see($2, works, known_works)
	see($3, providers, known_providers)
	value[$2, $3, $1] = $5
	unit[$2] = $4
	last = $1 > last ? $1 : last
}
END {
	for (i = 1; i <= known_works[""]; i++)
		for (j = 1; j <= known_providers[""]; j++)
			line(works[i], providers[j])
}
