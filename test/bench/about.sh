# SPDX-License-Identifier: BSD-2-Clause
# Where and with what a run was made, in sentences; sourced by bench.sh.

# package NAME PATTERN...: "NAME VERSION, " where such a package of Debian is installed.
package()
{
	local name=$1 version
	shift
	version=$(dpkg-query -W -f '${db:Status-Abbrev}${Version}\n' "$@" 2>/dev/null | sed -n 's/^ii //p' | head -n 1)
	[ -z "$version" ] || printf '%s %s, ' "$name" "$version"
}

# file NAME FILE: the same by the name of a library that comes from no package.
file()
{
	[ -z "$2" ] || dpkg-query -S "$2" >/dev/null 2>&1 || printf '%s (%s), ' "$1" "$(basename "$(readlink -f "$2")")"
}

processor()
{
	echo "$(getconf _NPROCESSORS_ONLN) processors ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1))"
}

about()
{
	local packages
	packages=$(package tpm2-tss 'libtss2-esys*'; package OpenSSL 'libssl3*'; package swtpm swtpm
		package tpm2-pkcs11 libtpm2-pkcs11-1; file tpm2-pkcs11 "$peer"
		package SoftHSM2 libsofthsm2; file SoftHSM2 "$soft")
	echo "$(date -u +%Y-%m-%d), $(. /etc/os-release; echo "$PRETTY_NAME"), $(processor)."
	echo "${packages%, }."
	echo "Rounds: $rounds, of ${BENCH_PERCENT}% of the operations, in $((SECONDS / 60)) min $((SECONDS % 60)) s." \
		"Load of the machine (processes that want to run): $load before, $(load) at the end, the benchmark among them."
	[ ${#missing[@]} = 0 ] || printf '%s\n' "${missing[@]}"
}

load()
{
	cut -d ' ' -f 1 /proc/loadavg
}
