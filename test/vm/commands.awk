# SPDX-License-Identifier: BSD-2-Clause
# Reads the log of swtpm (level 5): what commands came between two marks. A mark is a StirRandom with a text: "begin
# NAME", "end". One line for each pair with commands.
BEGIN {
	for (i = 32; i < 127; i++)
		char[sprintf("%02X", i)] = sprintf("%c", i)
	split("0144 Startup 0145 Shutdown 0150 ObjectChangeAuth 0151 PolicySecret 0153 Create 0154 ECDH_ZGen " \
		"0155 HMAC 0156 Import 0157 Load 0159 RSA_Decrypt 015D Sign 015E Unseal 0161 ContextLoad " \
		"0162 ContextSave 0165 FlushContext 0167 LoadExternal 0173 ReadPublic 0176 StartAuthSession " \
		"017A GetCapability 017B GetRandom 0131 CreatePrimary", words, " ")
	for (i = 1; i in words; i += 2)
		name[words[i]] = words[i + 1]
}

function count(code)
{
	if (!(code in seen))
		order[++kinds] = code
	seen[code]++
	total++
}

function begin(what)
{
	inside = what
	total = kinds = 0
	split("", seen)
	split("", order)
}

function end(    i, line)
{
	for (i = 1; i <= kinds; i++)
		line = line (i > 1 ? ", " : "") (order[i] in name ? name[order[i]] : "0x" order[i]) " " seen[order[i]]
	if (inside != "" && total > 0)
		printf "# %s: %d commands: %s\n", inside, total, line
	inside = ""
}

function mark(hex, n,    i, text)
{
	for (i = 13; i <= n; i++)
		text = text char[hex[i]]
	if (text ~ /^begin /)
		begin(substr(text, 7))
	else if (text == "end")
		end()
	else
		count("0146")
}

function command(    hex, n, code)
{
	n = split(bytes, hex, " ")
	code = hex[9] hex[10]
	if (code == "0146")
		mark(hex, n)
	else if (inside != "" && n >= 10)
		count(code)
	bytes = ""
}

/SWTPM_IO_Read/ { command(); reading = 1; next }
/^ *[0-9A-F][0-9A-F] / || /^ *[0-9A-F][0-9A-F]$/ { if (reading) bytes = bytes " " $0; next }
{ reading = 0 }
END { command() }
