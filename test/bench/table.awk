# SPDX-License-Identifier: BSD-2-Clause
# bench.csv as tables in Markdown, or as columns for chart.gp:
#   want=works|jobs|commands|store|chart-works|chart-jobs|chart-store
function number(x)
{
	return x == "" ? "-" : x + 0 >= 100 ? sprintf("%.0f", x) : sprintf("%.3g", x)
}
function plot(x)
{
	return x == "" || x + 0 == 0 ? "?" : x
}
# A work of one of several sizes of the store.
function sized(work)
{
	return work ~ /^(start|search-[a-z]+|list|list-memory)-[0-9]+$/
}
function size_of(work)
{
	sub(/.*-/, "", work)
	return work
}
function stem_of(work)
{
	sub(/-[0-9]+$/, "", work)
	return work
}
function job(work)
{
	return work ~ /^job-/
}

# --- a table, as wide as its cells ---

function begin()
{
	rows = columns = 0
}
function cell(text)
{
	cells[rows, ++column] = text
	if (length(text) > width[column] || rows == 1)
		width[column] = length(text)
	columns = column > columns ? column : columns
}
function row()
{
	rows++
	column = 0
}
function rule(    j, k)
{
	for (j = 1; j <= columns; j++) {
		printf "| "
		for (k = 1; k < width[j]; k++)
			printf "-"
		printf j == 1 ? "- " : ": "
	}
	print "|"
}
function print_table(    i, j)
{
	for (i = 1; i <= rows; i++) {
		for (j = 1; j <= columns; j++)
			printf j == 1 ? "| %-*s " : "| %*s ", width[j], cells[i, j]
		print "|"
		if (i == 1)
			rule()
	}
}
function heads(text,    n, i, list)
{
	begin()
	row()
	n = split(text, list, "|")
	for (i = 1; i <= n; i++)
		cell(list[i])
}

# --- tables ---

function time_cell(work, provider)
{
	return unit[work, provider] == "failed" ? "failed" : number(median[work, provider])
}
function spread(middle, low, high)
{
	if (middle == "")
		return "-"
	return low == high ? rate(middle) : rate(middle) " (" rate(low) " to " rate(high) ")"
}
function rate(x)
{
	return x + 0 >= 10 ? number(x) : sprintf("%.2f", x)
}
function table_works(    i, j, w, p)
{
	heads("work|unit|bare|tpm2-token|tpm2-pkcs11|SoftHSM2|rate of bare|rate of one bare loop|shares")
	for (i = 1; i <= count; i++) {
		w = works[i]
		if (sized(w))
			continue
		row()
		cell(w)
		cell(unit_of[w])
		for (j = 1; j <= 4; j++)
			cell(time_cell(w, names[j]))
		p = w SUBSEP "tpm2-token"
		cell(spread(of_bare[p], of_bare_low[p], of_bare_high[p]))
		cell(spread(of_one[p], of_one_low[p], of_one_high[p]))
		cell(least[p] == "" ? "-" : sprintf("%.2f to %.2f", least[p], most[p]))
	}
	print_table()
}
# "COMMANDS / MILLISECONDS"
function cost_cell(commands, weighted)
{
	return commands == "" ? "-" : commands + 0 == 0 ? "0" : number(commands) " / " number(weighted)
}
function table_costs(jobs,    i, j, w, first)
{
	first = jobs ? 2 : 1
	heads((jobs ? "job" : "work|bare") "|tpm2-token|tpm2-pkcs11|" (jobs ? "" : "managed: bare|") \
		"managed: tpm2-token|managed: tpm2-pkcs11")
	for (i = 1; i <= count; i++) {
		w = works[i]
		if (job(w) != jobs || (sized(w) && w !~ /^start-/) || costs_nothing(w))
			continue
		row()
		cell(jobs ? title[w] : w)
		for (j = first; j <= 3; j++)
			cell(cost_cell(commands[w, names[j]], weighted[w, names[j]]))
		for (j = first; j <= 3; j++)
			cell(cost_cell(managed[w, names[j]], managed_weighted[w, names[j]]))
	}
	print_table()
}
# Nobody sends a command.
function costs_nothing(w,    j)
{
	for (j = 1; j <= 3; j++)
		if (commands[w, names[j]] + 0 > 0)
			return 0
	return 1
}
function table_store(    i, j, k, text)
{
	text = "work|unit|provider"
	for (k = 1; k <= size_count; k++)
		text = text "|" sizes[k]
	heads(text)
	for (i = 1; i <= stem_count; i++)
		for (j = 1; j <= 4; j++)
			if ((stems[i], names[j]) in stem_known)
				store_row(stems[i], names[j])
	print_table()
}
function store_row(stem, provider,    k)
{
	row()
	cell(stem)
	cell(unit_of[stem "-" sizes[1]])
	cell(shown[provider])
	for (k = 1; k <= size_count; k++)
		cell(time_cell(stem "-" sizes[k], provider))
}

# --- charts ---

function chart_works(    i, j, w)
{
	print "work bare tpm2-token tpm2-pkcs11 SoftHSM2"
	for (i = 1; i <= count; i++) {
		w = works[i]
		if (sized(w) || job(w) || unit_of[w] != "ms")
			continue
		printf "\"%s\"", w
		for (j = 1; j <= 4; j++)
			printf " %s", plot(median[w, names[j]])
		printf "\n"
	}
}
function chart_jobs(    i, w)
{
	print "job tpm2-token \"tpm2-token, managed\" tpm2-pkcs11 \"tpm2-pkcs11, managed\""
	for (i = 1; i <= count; i++) {
		w = works[i]
		if (job(w))
			printf "\"%s\" %s %s %s %s\n", title[w], plot(weighted[w, "tpm2-token"]), plot(managed_weighted[w, "tpm2-token"]), \
				plot(weighted[w, "tpm2-pkcs11"]), plot(managed_weighted[w, "tpm2-pkcs11"])
	}
}
function chart_store(    i, j, k, n, list)
{
	n = split("start search-id list", list, " ")
	printf "objects"
	for (j = 2; j <= 4; j++)
		for (i = 1; i <= n; i++)
			printf " \"%s, %s\"", list[i], shown[names[j]]
	printf "\n"
	for (k = 1; k <= size_count; k++) {
		printf "%s", sizes[k]
		for (j = 2; j <= 4; j++)
			for (i = 1; i <= n; i++)
				printf " %s", plot(median[list[i] "-" sizes[k], names[j]])
		printf "\n"
	}
}

BEGIN {
	FS = ","
	split("bare tpm2-token tpm2-pkcs11 softhsm2", names, " ")
	for (i = 1; i <= 4; i++)
		shown[names[i]] = names[i] == "softhsm2" ? "SoftHSM2" : names[i]
	title["job-ssh-login"] = "ssh login"
	title["job-ssh-agent"] = "ssh login, running agent"
	title["job-tls-client-rsa2048"] = "TLS client, RSA-2048"
	title["job-luks-unlock"] = "LUKS unlock, RSA-2048"
	title["job-keygen"] = "key generation, P-256"
}
FNR == 1 { next }
{
	p = $1 SUBSEP $2
	if (!($1 in work_known))
		works[++count] = $1
	work_known[$1] = 1
	unit[p] = $3
	if ($3 != "" && $3 != "failed")
		unit_of[$1] = $3
	median[p] = $5
	of_bare[p] = $8; of_bare_low[p] = $9; of_bare_high[p] = $10
	of_one[p] = $11; of_one_low[p] = $12; of_one_high[p] = $13
	least[p] = $17; most[p] = $18
	if ($2 != "softhsm2") {
		commands[p] = $19; weighted[p] = $20
		managed[p] = $21; managed_weighted[p] = $22
	}
}
sized($1) {
	if (!(size_of($1) in size_known))
		sizes[++size_count] = size_of($1)
	size_known[size_of($1)] = 1
	if (!(stem_of($1) in stem_seen))
		stems[++stem_count] = stem_of($1)
	stem_seen[stem_of($1)] = 1
	stem_known[stem_of($1), $2] = 1
}
END {
	if (want == "works")
		table_works()
	else if (want == "jobs")
		table_costs(1)
	else if (want == "commands")
		table_costs(0)
	else if (want == "store")
		table_store()
	else if (want == "chart-works")
		chart_works()
	else if (want == "chart-jobs")
		chart_jobs()
	else if (want == "chart-store")
		chart_store()
}
