#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run the API tests: "run_api.sh" against our module with a software TPM of
# its own, "run_api.sh softhsm" against SoftHSM, to test the tests.
# API_PROGRAM, API_MODULE and SOFTHSM_MODULE say where things are, API_CONF what
# is configured, TEST_TCTI which TPM to use in place of an own one, API_PRELOAD a
# library for the program, API_DEEPBIND that the module is to prefer its own symbols.
set -u

build=${abs_top_builddir:-$PWD}
program=${API_PROGRAM:-$build/test/integration/api/api}
module=${API_MODULE:-$build/.libs/tpm2-token.so}
softhsm=${SOFTHSM_MODULE:-/usr/lib/softhsm/libsofthsm2.so}
dir=$(mktemp -d) || exit 99
tpm_pid=

finish() {
	[ -n "$tpm_pid" ] && kill "$tpm_pid" 2>/dev/null && wait "$tpm_pid" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 99' INT TERM

skip() {
	echo "skipped: $1"
	exit 77
}

# Ports are taken at random until one is free: swtpm ends at once if it is not.
start_tpm() {
	local port try
	mkdir "$dir/tpm"
	for try in 1 2 3 4 5 6 7 8; do
		port=$((20000 + (RANDOM % 20000) / 2 * 2))
		swtpm socket --tpm2 --tpmstate dir="$dir/tpm" --flags not-need-init,startup-clear \
			--server type=tcp,port=$port,bindaddr=127.0.0.1 \
			--ctrl type=tcp,port=$((port + 1)),bindaddr=127.0.0.1 >"$dir/swtpm.log" 2>&1 &
		tpm_pid=$!
		export TPM2TOOLS_TCTI="swtpm:host=127.0.0.1,port=$port"
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			kill -0 "$tpm_pid" 2>/dev/null || break
			# Wrong PINs are part of the tests: they must not lock this TPM.
			tpm2_dictionarylockout -s -n 100000 -t 1 -l 1 >/dev/null 2>&1 && return 0
			sleep 0.1
		done
		kill "$tpm_pid" 2>/dev/null
		wait "$tpm_pid" 2>/dev/null
	done
	cat "$dir/swtpm.log"
	return 1
}

use_tpm() {
	export TPM2TOOLS_TCTI=$TEST_TCTI
	tpm2_dictionarylockout -s -n 100000 -t 1 -l 1
}

run_ours() {
	command -v swtpm >/dev/null && command -v tpm2_dictionarylockout >/dev/null ||
		skip "swtpm or tpm2-tools is missing"
	if [ -n "${TEST_TCTI-}" ]; then
		use_tpm || exit 99
	else
		start_tpm || exit 99
	fi
	printf '%s\n' "${API_CONF-}" >"$dir/conf"
	export TPM2_TOKEN_CONF="$dir/conf" TPM2_TOKEN_STORE="$dir/store.db"
	export TPM2_TOKEN_TCTI=$TPM2TOOLS_TCTI
	${API_PRELOAD:+env LD_PRELOAD="$API_PRELOAD"} "$program" "$module"
}

run_softhsm() {
	[ -e "$softhsm" ] || skip "SoftHSM is missing"
	mkdir "$dir/tokens"
	printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' \
		"$dir/tokens" >"$dir/softhsm2.conf"
	SOFTHSM2_CONF="$dir/softhsm2.conf" "$program" "$softhsm" reference
}

case ${1:-ours} in
ours) run_ours ;;
softhsm) run_softhsm ;;
*) echo "usage: run_api.sh [ours|softhsm]" >&2; exit 99 ;;
esac
