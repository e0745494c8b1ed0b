#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# make bench: the bare TPM, this module, and where they are installed
# tpm2-pkcs11 and SoftHSM2, on the same work in one run, in turns.
#
#   -q           quick: a look in less than a minute
#   -c           count commands only, measure no time
#   -r ROUNDS    how often each is measured [7]
#   -f FACTOR    times the operations of each work [1]
#   -w REGEX     only works with such names
#   -p REGEX     only providers with such names
#   -s SIZES     objects in the store ["10 100 1000 10000 100000"]
#   -o FOLDER    for bench.md, bench.csv, bench-rounds.csv and bench.svg [bench]
here=$(dirname "$0")
. "$here/../integration/lib.sh"
. "$here/providers.sh"
. "$here/about.sh"
trap finish EXIT

rounds=7 works=. wanted=. folder=bench sizes="10 100 1000 10000 100000" pin=user-123456
# Where objects can only be made one by one, and each is a file or a transaction.
slow_sizes_max=100
minutes_whole=5
export BENCH_PERCENT=100
usage()
{
	sed -n 's/^#  /make bench BENCH_ARGS="":/p' "$0" >&2
	exit 2
}
while getopts qcr:f:w:p:s:o: option; do
	case $option in
	q) rounds=1 BENCH_PERCENT=20 sizes="10 1000" ;;
	c) rounds=0 BENCH_PERCENT=5 ;;
	r) rounds=$OPTARG ;;
	f) BENCH_PERCENT=${OPTARG}00 ;;
	w) works=$OPTARG ;;
	p) wanted=$OPTARG ;;
	s) sizes=$OPTARG ;;
	o) folder=$OPTARG ;;
	*) usage ;;
	esac
done
[ $# -lt "$OPTIND" ] && [[ $rounds =~ ^[0-9]+$ && $BENCH_PERCENT =~ ^[1-9][0-9]*$ ]] || usage

worker=$top_builddir/test/bench/worker
counting= managed=auto
: >"$T/lines"

say()
{
	echo "$*" >&2
}

# run PROVIDER STORE WORK...: the worker's line into $T/line; its status.
run()
{
	local provider=$1 store=$2 status=0
	shift 2
	provider_env "$provider" "$store"
	timeout 60 env "${settings[@]}" "$worker" "$module" "$@" >"$T/line" 2>"$T/err" || status=$?
	provider_tidy "$provider"
	return $status
}

# why WORK PROVIDER
why()
{
	say "  $2: $1 failed: $(tail -n 2 "$T/err" | paste -sd ';' | cut -c 1-150)"
}

# run_some PROVIDER STORE WORK: processes that start at once damage the store of SoftHSM2 now and then. So they get a copy, and
# may try three times.
run_some()
{
	local status=0 tries
	if [[ $3 != processes-* ]]; then
		# shellcheck disable=SC2046
		run "$@" $(provider_count "$1" "$3")
		return
	fi
	for tries in again again last; do
		status=0
		rm -rf "$T/$1-spare"
		[ ! -d "$T/$1-$2" ] || cp -r "$T/$1-$2" "$T/$1-spare"
		run "$1" spare "$3" || status=$?
		[ "$status" = 1 ] && [ "$tries" = again ] || break
		why "$3, which is tried again," "$1"
	done
	return $status
}

# failed WORK PROVIDER: it is not tried again.
failed()
{
	echo "failed,$1,$2" >>"$T/lines"
	why "$@"
}

# weigh WORK: the commands of the worker's part of the log.
weigh()
{
	local count from to
	read -r _ _ count from to _ <"$T/line"
	tail -c "+$((from + 1))" "$counting" | head -c "$((to - from))" |
		awk -v work="$1" -v count="$count" -f "$here/weigh.awk" "$here/weights.csv" -
}

# count_commands PROVIDER STORE WORK: into "weighed"; the worker's status.
count_commands()
{
	local status=0
	counting=$T/commands
	: >"$counting"
	run_some "$@" || status=$?
	[ "$status" != 0 ] || weighed=$(weigh "$3")
	counting=
	return $status
}

# Behind a resource manager this module leaves more loaded. There is none here, so several processes would take each
# other's room: nothing is told of them.
count_managed()
{
	local as_it_is=${weighed%,*,*}
	if [[ $3 == processes-* ]]; then
		weighed=$as_it_is,,
	elif [ "$1" = tpm2-token ]; then
		managed=yes
		count_commands "$@" && weighed=$as_it_is,${weighed#*,*,} || weighed=$as_it_is,,
		managed=auto
	fi
}

# count_one PROVIDER STORE WORK LABEL
count_one()
{
	local status=0 weighed
	count_commands "$1" "$2" "$3" || status=$?
	[ "$status" != 3 ] || return 0
	[ "$status" = 0 ] || { failed "$4" "$1"; return; }
	count_managed "$1" "$2" "$3"
	echo "count,$4,$1,$weighed" >>"$T/lines"
}

# time_one ROUND PROVIDER STORE WORK LABEL
time_one()
{
	local unit value count least most status=0
	run_some "$2" "$3" "$4" || status=$?
	[ "$status" != 3 ] || return 0
	[ "$status" = 0 ] || { failed "$5" "$2"; return; }
	read -r unit value count _ _ least most <"$T/line"
	echo "round,$1,$5,$2,$unit,$value,$count,$least,$most" >>"$T/lines"
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
		! grep -qFx "failed,$4,$provider" "$T/lines" || continue
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

# A process for each key of those who leave it in the TPM.
setup()
{
	local i keys
	keys=$(provider_keys "$1")
	run "$1" keys setup && run "$1" keys setup-rsa2048 1 || return
	i=$keys
	[ "$1" != tpm2-pkcs11 ] || i=1
	for ((; i <= keys; i++)); do
		run "$1" keys setup-p256 $i || return
	done
}

# Stores: one with keys, the others with so many public objects.
stores_make()
{
	local provider size
	for provider in "${providers[@]}"; do
		[ "$provider" != bare ] || continue
		setup "$provider" && : >"$T/$provider-keys/filled" || why "making keys" "$provider"
		for size in $sizes; do
			[ "$provider" = tpm2-token ] || [ "$size" -le $slow_sizes_max ] || continue
			fill "$provider" "$size" && : >"$T/$provider-$size/filled" || why "making $size objects" "$provider"
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
		for work in start search-id search-label search-class list list-memory; do
			[[ $work-$size =~ $works ]] || continue
			each_provider "$1" "$size" "$work" "$work-$size"
		done
	done
}

rounds_all()
{
	local n begin
	for ((n = 0; n <= rounds; n++)); do
		begin=$SECONDS
		round "$n"
		if [ "$n" = 0 ]; then
			say "Commands are counted ($((SECONDS - begin)) s)."
		else
			say "Round $n of $rounds took $((SECONDS - begin)) s; about $(((SECONDS - begin) * (rounds - n))) s are left."
		fi
	done
}

table()
{
	awk -v want="$1" -f "$here/table.awk" "$folder/bench.csv"
}

report()
{
	about
	if [ "$rounds" != 0 ]; then
		printf '\n#### Times\n\n'
		table works
		printf '\n#### Objects in the store\n\n'
		table store
	fi
	printf '\n#### Usual jobs: commands / weighted ms\n\n'
	table jobs
	printf '\n#### Commands / weighted ms, an operation\n\n'
	table commands
}

chart()
{
	local part
	[ "$rounds" != 0 ] || return 0
	if ! command -v gnuplot >/dev/null; then
		say "There is no chart, because gnuplot is not installed (Debian: gnuplot-nox)."
		return
	fi
	for part in works jobs store; do
		table "chart-$part" >"$T/$part"
	done
	gnuplot -e "works='$T/works'; jobs='$T/jobs'; store='$T/store'; out='$folder/bench.svg'" "$here/chart.gp" &&
		say "$folder/bench.svg: the chart"
}

load=$(load)
provider_find
tcti_own=$TPM2_TOKEN_TCTI
tpm_start peer
tcti_peer=$TPM2_TOKEN_TCTI
unset TPM2_TOKEN_TCTI TPM2_TOKEN_STORE
mkdir -p "$folder" || exit 1
[ ${#missing[@]} = 0 ] || say "$(printf '%s\n' "${missing[@]}")"
say "Stores with keys and objects are made for ${providers[*]}; then commands are counted; then follow $rounds rounds of" \
	"measuring. On an idle machine a whole run takes about $minutes_whole minutes, a quick one (-q) less than one."
stores_make
say "Stores are made ($SECONDS s)."
rounds_all
{ echo round,work,provider,unit,value,operations,share_least,share_most; sed -n 's/^round,//p' "$T/lines"; } >"$folder/bench-rounds.csv"
awk -f "$here/summary.awk" "$T/lines" >"$folder/bench.csv"
report >"$folder/bench.md"
cat "$folder/bench.md"
say
say "$folder/bench.md: the tables; $folder/bench.csv: their figures; $folder/bench-rounds.csv: each round's"
chart
