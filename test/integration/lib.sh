# SPDX-License-Identifier: BSD-2-Clause
# What integration tests share: a software TPM and a store of their own, and
# cases in the form of TAP. Sourced; the environment gives TOKEN_TOOL and
# TOKEN_MODULE, and TEST_TCTI where a TPM that is there already is to be used.
#
#   ok SENTENCE COMMAND...       the command succeeds
#   rc N SENTENCE COMMAND...     it ends with status N
#   out SENTENCE REGEX           its standard output matches (grep -E)
#   err SENTENCE REGEX           its standard error does
#   no_out SENTENCE REGEX        its standard output does not match
#   no_err SENTENCE REGEX        its standard error does not
#   err_lines N SENTENCE         its standard error has so many lines
#   quiet SENTENCE               its standard error is empty
#   skip SENTENCE WHY
#   skip_all WHY                 the whole test ends here
set -uo pipefail
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

cases=0
failures=0
skips=0
reason= # why the last one failed or was skipped
pids=()
T=$(mktemp -d /tmp/tpm2-token-test.XXXXXX)

finish()
{
	local pid
	for pid in "${pids[@]}"; do
		kill -- "$pid" 2>/dev/null
	done
	! mountpoint -q "$T/full" 2>/dev/null || umount "$T/full"
	! mountpoint -q "$T/machine" 2>/dev/null || umount -l "$T/machine"
	rm -rf "$T"
}

leave()
{
	local status=$?
	finish
	if [ "$status" = 77 ]; then
		exit 77
	fi
	echo "1..$cases"
	if [ "$failures" != 0 ] || [ "$cases" = 0 ] || [ "$status" != 0 ]; then
		exit 1
	fi
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

skip_all()
{
	reason=$1
	echo "SKIP: $1"
	exit 77
}

# needs PROGRAM...: the whole test is skipped without them.
needs()
{
	local program
	for program; do
		command -v "$program" >/dev/null || skip_all "$program is not installed"
	done
}

verdict()
{
	cases=$((cases + 1))
	if [ "$1" = 0 ]; then
		echo "ok $cases - $2"
		return
	fi
	failures=$((failures + 1))
	reason=$2
	echo "not ok $cases - $2"
	shift 2
	[ $# = 0 ] || echo "# command: $*"
	sed 's/^/# out: /' "$T/out" | tail -n 20
	sed 's/^/# err: /' "$T/err" | tail -n 20
}

skip()
{
	cases=$((cases + 1))
	skips=$((skips + 1))
	reason=$2
	echo "ok $cases - $1 # SKIP $2"
}

rc()
{
	local expected=$1 sentence=$2 status=0
	shift 2
	"$@" >"$T/out" 2>"$T/err" </dev/null || status=$?
	[ "$status" = "$expected" ]
	verdict $? "$sentence" "$@ (status $status, expected $expected)"
}

ok()
{
	rc 0 "$@"
}

out()
{
	grep -Eq -- "$2" "$T/out"
	verdict $? "$1" "wanted on stdout: $2"
}

err()
{
	grep -Eq -- "$2" "$T/err"
	verdict $? "$1" "wanted on stderr: $2"
}

no_out()
{
	! grep -Eq -- "$2" "$T/out"
	verdict $? "$1" "not wanted on stdout: $2"
}

no_err()
{
	! grep -Eq -- "$2" "$T/err"
	verdict $? "$1" "not wanted on stderr: $2"
}

quiet()
{
	[ ! -s "$T/err" ]
	verdict $? "$1" "wanted: nothing on stderr"
}

err_lines()
{
	[ "$(wc -l <"$T/err")" = "$1" ]
	verdict $? "$2" "wanted: $1 lines on stderr"
}

wait_for()
{
	local i
	for i in $(seq 100); do
		! "$@" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

# listens SOCKET: it has the flag of one that accepts connections; the file is there a moment earlier.
listens()
{
	grep -qs " 00010000 .* $1\$" /proc/net/unix || { [ ! -r /proc/net/unix ] && [ -S "$1" ]; }
}

# tpm_start NAME: a software TPM with state of its own; TPM2_TOKEN_TCTI and the tools use it.
tpm_start()
{
	tpm_at "$T/$1.sock" "$T/$1"
}

# tpm_at SOCKET STATE
tpm_at()
{
	mkdir -p "$2"
	swtpm socket --tpm2 --tpmstate dir="$2" --flags not-need-init,startup-clear \
		--server type=unixio,path="$1" --ctrl type=unixio,path="$1.ctrl" \
		>"$2.log" 2>&1 &
	tpm_pid=$!
	pids+=("$tpm_pid")
	wait_for listens "$1" || { echo "Bail out! swtpm does not start"; exit 1; }
	tpm_use "swtpm:path=$1"
}

tpm_use()
{
	export TPM2_TOKEN_TCTI=$1 TPM2TOOLS_TCTI=$1
	# A TPM's default is few tries, three with swtpm, which is what some of these tests use up at once.
	tpm2_dictionarylockout -s -n 1000 -t 10 -l 10 >"$T/da.log" 2>&1 || { cat "$T/da.log"; exit 1; }
}

tpm_stop()
{
	kill "$tpm_pid"
	wait "$tpm_pid" 2>/dev/null
	rm -f "${TPM2_TOKEN_TCTI#swtpm:path=}"
}

tool()
{
	"$TOKEN_TOOL" "$@"
}

# token_make LABEL: with the PINs of $T/so-pin and $T/pin.
token_make()
{
	ok "a token \"$1\" is made" tool init --label "$1" --so-pin-file "$T/so-pin" --pin-file "$T/pin"
}

key_make()
{
	ok "a key \"$1\" ($2) is made" tool keygen --label "$1" --type "$2" --pin-file "$T/pin"
}

needs swtpm tpm2_dictionarylockout
: "${TOKEN_TOOL:?the tool to test}" "${TOKEN_MODULE:?the module to test}"
unset TPM2_TOKEN_LOG TPM2_TOKEN_RESOURCE_MANAGER
umask 077
: >"$T/out"
: >"$T/err"
: >"$T/empty.conf"
export TPM2_TOKEN_CONF=$T/empty.conf TPM2_TOKEN_STORE=$T/store/tokens.sqlite HOME=$T
echo so-87654321 >"$T/so-pin"
echo user-123456 >"$T/pin"
echo wrong-00000 >"$T/wrong"
if [ -n "${TEST_TCTI-}" ]; then
	tpm_use "$TEST_TCTI"
else
	tpm_start tpm
fi
