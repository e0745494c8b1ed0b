#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Authorities in Go with crypto11: a root and, below it, one whose keys take turns, all in the TPM. OpenSSL and GnuTLS find
# what they sign right.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/languages.sh"

client crypto11 = go gcc openssl certtool script
go_libraries
package="=$crypto11"
# What Go fetches and builds stays for the next run, outside of the sources.
export GOMODCACHE=$cache/go/modules GOCACHE=$cache/go-build GOTOOLCHAIN=local GOFLAGS=-modcacherw
timeout 60 go mod download "github.com/ThalesGroup/crypto11@$crypto11" >"$T/out" 2>"$T/err" ||
	skip_all "crypto11 $crypto11 is neither cached nor to be had from Go's module proxy"

# gnutls_verifies [OPTION...]
gnutls_verifies()
{
	certtool --verify --load-ca-certificate "$work/root.pem" "$@" --infile "$work/web.chain"
}

right()
{
	step verify "it is right"
	out "in the workload's name" 'URI:spiffe://example.org/web'
	ok "for GnuTLS too" gnutls_verifies
}

# revoked_by_openssl LABEL: the list of this authority revokes the certificate.
revoked_by_openssl()
{
	openssl verify -CAfile "$work/root.pem" -untrusted "$work/$1.pem" -CRLfile "$work/authority.crl" -crl_check "$work/web.pem"
}

# program: built once.
program()
{
	if [ -e "$T/authority" ]; then
		cp -a "$T/authority" "$work"
	else
		step program "the program is written"
		step build "and built"
		cp -a "$work/authority" "$T"
	fi
}

keys()
{
	tool list | grep -c below-
}

have_token
for type in ec:p256 ec:p384 rsa:2048; do
	work=$T/user/work/${type/:/-}
	mkdir "$work"
	echo "cd '$work'" >>"$T/user/environment"
	guide ca-go crypto11=$crypto11 module="$module" type="$type" pin_file="$T/user/pin"
	part "a root and an authority with keys of type $type"
	typed pin "the PIN is written to a file" <"$T/pin"
	program
	step root "the root has a key and certifies itself"
	step rotate "an authority below it"
	step request "a workload asks"
	step issue "and is certified"
	right
	part "rotation and revocation with keys of type $type"
	cp "$work/web.pem" "$work/first.pem"
	step rotate "the next key"
	step issue "certifies the same workload"
	right
	ok "what the first has signed stays right" openssl verify -CAfile "$work/root.pem" -untrusted "$work/below-a.pem" \
		"$work/first.pem"
	! openssl verify -CAfile "$work/root.pem" -untrusted "$work/below-b.pem" "$work/first.pem" >"$T/out" 2>"$T/err"
	verdict $? "but was not signed by the second"
	step revoke "the second certificate is revoked"
	rc 2 "and refused" revoked_by_openssl below-b
	err "for this reason" 'certificate revoked'
	rc 1 "by GnuTLS too" gnutls_verifies --load-crl "$work/authority.crl"
	out "for the same" 'revoked'
	step rotate "the third key"
	[ "$(keys)" = 2 ]
	verdict $? "replaces the first: two are on the token"
	for key in root below-a below-b; do
		tool rm --label $key --yes --pin-file "$T/pin" >"$T/out" 2>"$T/err"
	done
done
part "a wrong PIN"
cp "$work/web.pem" "$T/before.pem"
echo wrong-00000 >"$T/user/pin"
step_rc 1 issue "nobody is certified"
err "for this reason" CKR_PIN_INCORRECT
ok "nothing is written" cmp "$T/before.pem" "$work/web.pem"
