# SPDX-License-Identifier: BSD-2-Clause
# What the tests of programs that sign share. Sourced after frame.sh.
#
#   there COMMAND...             runs where the guide's steps run
#   have_signing_certificate LABEL TYPE: by the guide signing.md, the test being the authority

there()
{
	(cd "$T/user/work" && "$@")
}

have_signing_certificate()
{
	guide signing key="$1" type="$2"
	typed key "a key \"$1\" ($2) is made" <"$T/pin"
	typed request "a certificate to sign with is requested" <"$T/pin"
	ok "and granted" ca_sign "$T/user/work/$1.csr" "$T/user/work/$1.pem"
	typed store "and stored beside it" <"$T/pin"
}
