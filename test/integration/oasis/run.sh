#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The mandatory test cases of the OASIS PKCS #11 profiles, each on a token with
# what the case expects to find. The files are OASIS's and not part of this
# project: they are looked for in OASIS_DIR, else beside the source.
. "$(dirname "$0")/../lib.sh"

cases_dir=${OASIS_DIR:-$top_srcdir/../shared/oasis}
[ -d "$cases_dir" ] || { echo "SKIP: the OASIS test cases are not in $cases_dir (OASIS_DIR)"; exit 77; }
here=$top_builddir/test/integration/oasis
pin=12345678
echo "$pin" >"$T/pin"

# token NAME: an empty token in a store of its own. Its label is the one that the cases have.
token()
{
	export TPM2_TOKEN_STORE=$T/$1/tokens.sqlite
	token_make token1
}

prepare()
{
	ok "the token has what no tool can make: $1" "$here/prepare" "$TOKEN_MODULE" "$pin" "$1"
}

# passes CASE: what the run has to say of it, deviations too, is part of this test's output.
passes()
{
	ok "$1 passes" "$here/oasis" "$TOKEN_MODULE" "$pin" "$cases_dir/$1.xml"
	sed 's/^/# /' "$T/out"
}

token bl
passes BL-M-1-32
token ext
passes EXT-M-1-32
token auth
prepare keys
passes AUTH-M-1-32

# The certificate is the one of the test case itself; three public keys make five public objects.
token cert
sed -n 's/.*type="VALUE" value="\(3082[0-9a-f]*\)".*/\1/p' "$cases_dir/CERT-M-1-32.xml" |
	sed 's/../\\x&/g' | xargs -0 printf %b | head -c 889 >"$T/root.der"
prepare roots
ok "and the certificate" tool cert add "$T/root.der" --id 01 --label GlobalSign --pin-file "$T/pin"
for key in 1 2 3; do
	key_make "key$key" ec:p256
done
passes CERT-M-1-32

# A runner that can not fail is worth nothing.
sed 's/MinPinLen value="4"/MinPinLen value="5"/' "$cases_dir/BL-M-1-32.xml" >"$T/changed.xml"
export TPM2_TOKEN_STORE=$T/bl/tokens.sqlite
rc 1 "a case with another value fails" "$here/oasis" "$TOKEN_MODULE" "$pin" "$T/changed.xml"
out "and says where" 'MinPinLen is 4 .*, not 5'
