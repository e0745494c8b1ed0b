#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# pkcs11-spy: programs work with it between them and the module, and its file tells each call.
. "$(dirname "$0")/frame.sh"

client pkcs11-spy opensc-pkcs11 pkcs11-tool ssh-keygen openssl script
spy=$p11_modules/pkcs11-spy.so
proxy=$(dirname "$p11_modules")/p11-kit-proxy.so
[ -e "$spy" ] || skip_all "pkcs11-spy is not installed"
[ -e "$proxy" ] || skip_all "p11-kit's proxy is not installed"
have_token
have_key laptop ec:p256
tool ssh --public --label laptop >"$T/laptop.pub"
ssh-keygen -e -m PKCS8 -f "$T/laptop.pub" >"$T/laptop.pem"

# returned FUNCTION CODE: what the file says of its last call.
returned()
{
	[ "$(awk -v name="$1" '$1 ~ /^[0-9]+:$/ { inside = $2 == name } inside && $1 == "Returned:" { code = $3 }
		END { print code }' "$T/user/work/spy.log")" = "$2" ]
	verdict $? "$1 returned $2"
}

guide pkcs11-spy module="$module" spy="$spy" proxy="$proxy"
part "a program that knows PKCS#11 2.40"
step watch "ssh-keygen lists the keys through the spy"
cmp -s "$T/out" "$T/laptop.pub"
verdict $? "the same as without"
step calls "the file has its calls"
out "in order" '^1: C_Initialize'
returned C_FindObjects CKR_OK
returned C_Finalize CKR_OK

part "a program that takes the newest, through p11-kit's proxy"
typed newest "pkcs11-tool signs through both" <"$T/pin"
ok "openssl verifies the signature" openssl dgst -sha256 -verify "$T/laptop.pem" \
	-signature "$T/user/work/letter.signature" "$T/user/work/letter"
step check "the signature is in the file"
returned C_Login CKR_OK
returned C_Sign CKR_OK
grep -q 'CKA_CLASS *CKO_PRIVATE_KEY' "$T/user/work/spy.log"
verdict $? "and what was looked for"
rc 1 "with a wrong PIN it does not sign" env PKCS11SPY="$proxy" PKCS11SPY_OUTPUT="$T/user/work/spy.log" pkcs11-tool \
	--module "$spy" --token-label mine --login --pin "$(cat "$T/wrong")" --sign -m ECDSA --label laptop -i "$T/laptop.pem"
returned C_Login CKR_PIN_INCORRECT
step remove "the file is removed"

part "directly, by the interface of 3.2"
head -c 32 /dev/urandom >"$T/data"
case $(dpkg-query -W -f='${Version}' opensc-pkcs11) in
0.26.*) skip "pkcs11-tool signs" "the spy of OpenSC 0.26 has no list of functions for it, and it dies" ;;
*)
	ok "pkcs11-tool signs" env PKCS11SPY="$module" PKCS11SPY_OUTPUT="$T/spy.log" pkcs11-tool --module "$spy" \
		--token-label mine --login --pin "$(cat "$T/pin")" --sign -m ECDSA --label laptop -f openssl -i "$T/data" \
		-o "$T/signature"
	ok "openssl verifies the signature" openssl pkeyutl -verify -pubin -inkey "$T/laptop.pem" -in "$T/data" \
		-sigfile "$T/signature" ;;
esac
