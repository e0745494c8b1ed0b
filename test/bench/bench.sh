#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# make bench: the bare TPM, this module, and where they are installed
# tpm2-pkcs11 and SoftHSM2, on the same work in one run, in turns.
#
#   -r ROUNDS    how often each is measured [3]
#   -f FACTOR    times the operations of each work [1]
#   -w REGEX     only works with such names
#   -o FOLDER    for bench.csv, bench-rounds.csv and bench.svg [bench]
#   -s SIZES     objects in the store ["10 100 1000 10000 100000"]
here=$(dirname "$0")
. "$here/../integration/lib.sh"
. "$here/providers.sh"
trap finish EXIT

rounds=3 works=. folder=bench sizes="10 100 1000 10000 100000" pin=user-123456
# Where objects can only be made one by one, and each is a file or a transaction.
slow_sizes_max=100
export BENCH_FACTOR=1
usage()
{
	echo 'usage: make bench BENCH_ARGS="[-r ROUNDS] [-f FACTOR] [-w REGEX] [-s SIZES] [-o FOLDER]"' >&2
	exit 2
}
while getopts r:f:w:s:o: option; do
	case $option in
	r) rounds=$OPTARG ;;
	f) BENCH_FACTOR=$OPTARG ;;
	w) works=$OPTARG ;;
	s) sizes=$OPTARG ;;
	o) folder=$OPTARG ;;
	*) usage ;;
	esac
done
[ $# -lt "$OPTIND" ] && [[ $rounds =~ ^[1-9][0-9]*$ && $BENCH_FACTOR =~ ^[1-9][0-9]*$ ]] || usage

worker=$top_builddir/test/bench/worker
counting=
: >"$T/rounds"
: >"$T/counts"
: >"$T/failed"

# run PROVIDER STORE WORK...: the worker's line into $T/line; its status.
run()
{
	local provider=$1 store=$2 status=0
	shift 2
	provider_env "$provider" "$store"
	timeout 30 env "${settings[@]}" "$worker" "$module" "$@" >"$T/line" 2>"$T/err" || status=$?
	provider_tidy "$provider"
	return $status
}

# failed WORK PROVIDER: it is not tried again.
failed()
{
	echo "$1,$2" >>"$T/failed"
	echo "$2: $1 failed: $(tail -n 1 "$T/err" | cut -c 1-100)" >&2
}

# The commands of the worker's part of the log, an operation each: "COMMANDS MILLISECONDS".
weigh()
{
	tail -c "+$(($4 + 1))" "$counting" | head -c "$(($5 - $4))" |
		awk -v work="$6" -v count="$3" -f "$here/weigh.awk" "$here/weights.csv" -
}

# count_one PROVIDER STORE WORK LABEL
count_one()
{
	local status=0
	counting=$T/commands
	: >"$counting"
	run "$1" "$2" "$3" || status=$?
	if [ "$status" = 0 ]; then
		# shellcheck disable=SC2046
		echo "$4,$1,$(weigh $(cat "$T/line") "$3")" >>"$T/counts"
	elif [ "$status" != 3 ]; then
		failed "$4" "$1"
	fi
	counting=
}

# time_one ROUND PROVIDER STORE WORK LABEL
time_one()
{
	local unit value count status=0
	run "$2" "$3" "$4" || status=$?
	[ "$status" != 3 ] || return 0
	[ "$status" = 0 ] || { failed "$5" "$2"; return; }
	read -r unit value count _ <"$T/line"
	echo "$1,$5,$2,$unit,$value,$count" >>"$T/rounds"
}

# each_provider ROUND STORE WORK LABEL: who begins changes from round to round.
each_provider()
{
	local i provider keys=${3#keys-}
	[ "$keys" != "$3" ] || keys=0
	for ((i = 0; i < ${#providers[@]}; i++)); do
		provider=${providers[(i + $1) % ${#providers[@]}]}
		[ -f "$T/$provider-$2/filled" ] || [ "$provider" = bare ] || continue
		[ "$keys" -le "$(provider_keys "$provider")" ] || continue
		! grep -qFx "$4,$provider" "$T/failed" || continue
		if [ "$1" = 0 ]; then
			count_one "$provider" "$2" "$3" "$4"
		else
			time_one "$1" "$provider" "$2" "$3" "$4"
		fi
	done
}

fill()
{
	if [ "$1" != tpm2-token ] || [ "$2" -le 10 ]; then
		run "$1" "$2" objects "$2"
	else
		run "$1" "$2" objects 1 && env "${settings[@]}" "$top_builddir/test/bench/fill" "$2" 2>"$T/err"
	fi
}

setup()
{
	local i keys
	keys=$(provider_keys "$1")
	run "$1" keys setup && run "$1" keys setup-rsa2048 || return
	for ((i = 0; i < keys; i++)); do
		run "$1" keys setup-p256 $i || return
	done
}

# Stores: one with keys, the others with so many public objects.
stores_make()
{
	local provider size
	for provider in "${providers[@]:1}"; do
		setup "$provider" && : >"$T/$provider-keys/filled" || failed setup "$provider"
		for size in $sizes; do
			[ "$provider" = tpm2-token ] || [ "$size" -le $slow_sizes_max ] || continue
			fill "$provider" "$size" && : >"$T/$provider-$size/filled" || failed "$size objects" "$provider"
		done
	done
}

round()
{
	local work size
	for work in $("$worker" works); do
		[[ $work =~ $works ]] || continue
		each_provider "$1" keys "$work" "$work"
	done
	for size in $sizes; do
		for work in start search-id search-label search-class; do
			[[ $work-$size =~ $works ]] || continue
			each_provider "$1" "$size" "$work" "$work-$size"
		done
	done
}

chart()
{
	if ! command -v gnuplot >/dev/null; then
		echo "There is no chart, because gnuplot is not installed (Debian: gnuplot-nox)."
		return
	fi
	awk -v want=chart -f "$here/table.awk" "$folder/bench.csv" >"$T/chart" &&
		gnuplot -e "data='$T/chart'; out='$folder/bench.svg'" "$here/chart.gp" &&
		echo "$folder/bench.svg: the chart"
}

provider_find
tcti_own=$TPM2_TOKEN_TCTI
tpm_start peer
tcti_peer=$TPM2_TOKEN_TCTI
unset TPM2_TOKEN_TCTI TPM2_TOKEN_STORE
mkdir -p "$folder" || exit 1
stores_make
for ((n = 0; n <= rounds; n++)); do
	round "$n"
done
{ echo round,work,provider,unit,value,operations; cat "$T/rounds"; } >"$folder/bench-rounds.csv"
awk -f "$here/summary.awk" "$T/counts" "$T/failed" "$T/rounds" >"$folder/bench.csv"
awk -f "$here/table.awk" "$folder/bench.csv"
echo
echo "$folder/bench.csv: medians of $rounds rounds; $folder/bench-rounds.csv: each of them"
chart
