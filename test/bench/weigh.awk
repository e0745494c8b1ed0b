# SPDX-License-Identifier: BSD-2-Clause
# weights.csv, then a log of commands ("NAME CODE RESPONSE OBJECTS SESSIONS"): for one of "count" operations of "work", the
# commands and their weighted milliseconds, and both again behind the kernel's resource manager, which puts 3 commands for each
# object that is loaded and 2 for each session around a command: ContextLoad, ContextSave, and FlushContext for objects.
function weight_of(command)
{
	if ((command "/" kind) in weight)
		return weight[command "/" kind]
	return command in weight ? weight[command] : weight["*"]
}
BEGIN { FS = "[, ]" }
/^#/ { next }
FNR == NR { weight[$1] = $2; next }
FNR == 1 {
	kind = work
	sub(/.*-/, "", kind)
	session = weight_of("ContextLoad") + weight_of("ContextSave")
	object = session + weight_of("FlushContext")
}
{
	commands++
	sum += weight_of($1)
	managed += 1 + 3 * $4 + 2 * $5
	managed_sum += weight_of($1) + object * $4 + session * $5
}
END { printf "%.4g,%.6g,%.4g,%.6g\n", commands / count, sum / count, managed / count, managed_sum / count }
