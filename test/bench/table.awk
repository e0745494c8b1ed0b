# SPDX-License-Identifier: BSD-2-Clause
# bench.csv as a table to read; want=chart: as columns for chart.gp.
function cell(work, provider, field)
{
	if (!((work, provider) in median))
		return "-"
	if (median[work, provider] == "")
		return field == "median" ? "failed" : "-"
	if (field == "median")
		return number(median[work, provider])
	if (field == "commands")
		return commands[work, provider] == "" || provider == "softhsm2" ? "-" : number(commands[work, provider])
	return weighted[work, provider] == "" || provider == "softhsm2" ? "-" : number(weighted[work, provider])
}
function number(x)
{
	return x >= 100 ? sprintf("%.0f", x) : x >= 10 ? sprintf("%.1f", x) : x >= 1 ? sprintf("%.2f", x) : x > 0 ? sprintf("%.3f", x) : "0"
}
function table(    i, w)
{
	printf "%-23s %-4s|%9s%11s%12s%10s |%8s |%6s%11s%12s |%6s%11s%12s\n", "", "", "", "median", "", "", \
		"rate of", "", "commands", "", "", "weighted ms", ""
	printf "%-23s %-4s|%9s%11s%12s%10s |%8s |%6s%11s%12s |%6s%11s%12s\n", "work", "unit", "bare", "tpm2-token", \
		"tpm2-pkcs11", "softhsm2", "bare", "bare", "tpm2-token", "tpm2-pkcs11", "bare", "tpm2-token", "tpm2-pkcs11"
	for (i = 1; i <= count; i++) {
		w = works[i]
		printf "%-23s %-4s|%9s%11s%12s%10s |%8s |%6s%11s%12s |%6s%11s%12s\n", w, unit[w], \
			cell(w, "bare", "median"), cell(w, "tpm2-token", "median"), cell(w, "tpm2-pkcs11", "median"), \
			cell(w, "softhsm2", "median"), ratio[w] == "" ? "-" : sprintf("%.3f", 1 / ratio[w]), \
			cell(w, "bare", "commands"), cell(w, "tpm2-token", "commands"), cell(w, "tpm2-pkcs11", "commands"), \
			cell(w, "bare", "weighted"), cell(w, "tpm2-token", "weighted"), cell(w, "tpm2-pkcs11", "weighted")
	}
}
function chart(    i, j, w, names, n, c)
{
	n = split("bare tpm2-token tpm2-pkcs11 softhsm2", names, " ")
	print "work bare tpm2-token tpm2-pkcs11 SoftHSM2"
	for (i = 1; i <= count; i++) {
		w = works[i]
		if (unit[w] != "ms" || w ~ /^search-(label|class)|^start-1000?$|^search-id-1000?$|^threads-1$/)
			continue
		printf "\"%s\"", w
		for (j = 1; j <= n; j++) {
			c = median[w, names[j]]
			printf " %s", c == "" ? "?" : c
		}
		printf "\n"
	}
}
BEGIN { FS = "," }
NR == 1 { next }
{
	if (!($1 in unit))
		works[++count] = $1
	if ($3 != "failed" || !($1 in unit))
		unit[$1] = $3
	median[$1, $2] = $5
	commands[$1, $2] = $10
	weighted[$1, $2] = $11
	if ($2 == "tpm2-token")
		ratio[$1] = $8
}
END {
	if (want == "chart")
		chart()
	else
		table()
}
