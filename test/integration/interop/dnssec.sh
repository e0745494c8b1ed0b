#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Zones signed with keys in the TPM: by Knot DNS, which also serves one, and by BIND. ldns finds them right, and delv the
# server's answer.
. "$(dirname "$0")/frame.sh"

client "Knot DNS" knot knotd kzonesign keymgr ldns-verify-zone delv script
algorithms="ecdsap256sha256/ec:p256 ecdsap384sha384/ec:p384 rsasha256/rsa:2048"
zone=example.org

# changed FILE: ldns finds the same zone wrong when a record says something else.
changed()
{
	sed 's/192\.0\.2\.2/192.0.2.3/' "$1" >"$T/changed.zone"
	! ldns-verify-zone "$T/changed.zone" >"$T/out" 2>"$T/err"
	verdict $? "but not with a changed record"
}

# zone_make PROGRAM ALGORITHM/TYPE: in a folder of its own, $work.
zone_make()
{
	algorithm=${2%/*}
	port=$(free_port)
	work=$T/user/work/$1-$algorithm
	mkdir "$work"
	echo "cd '$work'" >>"$T/user/environment"
	guide dnssec module="$module" zone="$zone" algorithm="$algorithm" type="${2#*/}" port="$port" pin_file="$T/user/pin"
	typed pin "the PIN is written to a file" <"$T/pin"
	step zone "a zone is written"
}

with_knot()
{
	part "a zone signed by $algorithm"
	step knot-configuration "Knot is told of the token"
	step knot-sign "a zone is signed"
	step knot-check "it is right"
	changed "$work/signed/$zone.zone"
	step knot-ds "the parent's record"
	out "is there" "DS [0-9]+ "
	part "answers signed by $algorithm"
	serve knot-server 'DNSSEC, next signing' "the server starts"
	step knot-ask "it is asked"
	out "and its answer validated" 'fully validated'
	serve_end
}

with_bind()
{
	part "a zone signed by $algorithm"
	for key in ksk zsk; do
		tool rm --label "$zone-$key" --yes --pin-file "$T/pin" >"$T/out" 2>"$T/err" # of the last algorithm
	done
	step bind-keys "keys are made"
	grep -q ^Label: "$work"/K*.private && ! grep -q ^PrivateKey: "$work"/K*.private
	verdict $? "which are not in files"
	step bind-sign "a zone is signed"
	step bind-check "it is right"
	changed "$work/$zone.zone.signed"
}

have_token
for row in $algorithms; do
	zone_make knot "$row"
	with_knot
done
part "a wrong PIN"
printf %s wrong-00000 >"$T/user/pin"
rm "$work/signed/$zone.zone"
step_rc 1 knot-sign "signs nothing"
[ ! -e "$work/signed/$zone.zone" ]
verdict $? "there is no signed zone"

client BIND bind9-utils
why=
command -v dnssec-keyfromlabel >"$T/out" || why="bind9-utils is not installed"
openssl_provider >"$T/out" || why="its tools need pkcs11-provider, which is not installed"
if [ -n "$why" ]; then
	part "a zone"
	for step in bind-keys bind-sign bind-check; do
		not_here $step "$why"
	done
	exit
fi
guide openssl-provider module="$module" pin_file="$T/user/pin"
step configuration "OpenSSL is given the provider"
for row in $algorithms; do
	zone_make bind "$row"
	with_bind
done
part "a wrong PIN"
printf %s wrong-00000 >"$T/user/pin"
rm "$work"/*.signed
step_rc 1 bind-sign "signs nothing"
[ ! -e "$work/$zone.zone.signed" ]
verdict $? "there is no signed zone"
