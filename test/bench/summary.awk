# SPDX-License-Identifier: BSD-2-Clause
# What was counted, what failed and what each round gave, to one line a work and provider:
#   count,WORK,PROVIDER,COMMANDS,WEIGHTED,MANAGED,MANAGED_WEIGHTED
#   failed,WORK,PROVIDER
#   round,ROUND,WORK,PROVIDER,UNIT,VALUE,OPERATIONS,LEAST,MOST
# Rates are medians of what single rounds gave, not of medians. LEAST and MOST are of all rounds.
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
# "MEDIAN,LOWEST,HIGHEST" of how many times as fast it is as OTHER at OTHER_WORK, in the same round.
function rate(work, provider, other_work, other,    n, r, list, middle)
{
	for (r = 1; r <= last; r++)
		if ((work, provider, r) in value && (other_work, other, r) in value && value[work, provider, r] > 0)
			list[++n] = value[other_work, other, r] / value[work, provider, r]
	if (!n)
		return ",,"
	middle = median(list, n)
	return sprintf("%.4g,%.4g,%.4g", middle, lowest, highest)
}
function times(work, provider,    n, r, list, middle)
{
	for (r = 1; r <= last; r++)
		if ((work, provider, r) in value)
			list[++n] = value[work, provider, r]
	if (!n)
		return (work, provider) in failed ? "failed,0,,," : ",0,,,"
	middle = median(list, n)
	return sprintf("%s,%d,%.6g,%.6g,%.6g", unit[work], n, middle, lowest, highest)
}
function line(work, provider,    one)
{
	if (!((work, provider) in known_pairs))
		return
	one = work ~ /^(threads|processes)-/ ? "threads-1" : "-"
	printf "%s,%s,%s,%s,%s,%s,%s,%s,%s\n", work, provider, times(work, provider), \
		rate(work, provider, work, "bare"), rate(work, provider, one, "bare"), rate(work, provider, work, "tpm2-token"), \
		least[work, provider], most[work, provider], \
		(work, provider) in counts ? counts[work, provider] : ",,,"
}
function see(name, list, known)
{
	if (!(name in known))
		list[++known[""]] = name
	known[name] = 1
}
function see_pair(work, provider)
{
	see(work, works, known_works)
	see(provider, providers, known_providers)
	known_pairs[work, provider] = 1
}
BEGIN {
	FS = ","
	print "work,provider,unit,rounds,median,lowest,highest,rate_of_bare,rate_of_bare_lowest,rate_of_bare_highest," \
		"rate_of_one_loop,rate_of_one_loop_lowest,rate_of_one_loop_highest," \
		"rate_of_tpm2_token,rate_of_tpm2_token_lowest,rate_of_tpm2_token_highest,share_least,share_most," \
		"commands,weighted_ms,managed_commands,managed_weighted_ms"
}
$1 == "count" {
	see_pair($2, $3)
	counts[$2, $3] = $4 "," $5 "," $6 "," $7
}
$1 == "failed" {
	see_pair($2, $3)
	failed[$2, $3] = 1
}
$1 == "round" {
	see_pair($3, $4)
	value[$3, $4, $2] = $6
	unit[$3] = $5
	last = $2 > last ? $2 : last
	if ($8 != "" && (!(($3, $4) in least) || $8 < least[$3, $4]))
		least[$3, $4] = $8
	if ($9 != "" && $9 > most[$3, $4])
		most[$3, $4] = $9
}
END {
	for (i = 1; i <= known_works[""]; i++)
		for (j = 1; j <= known_providers[""]; j++)
			line(works[i], providers[j])
}
