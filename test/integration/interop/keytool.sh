#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# keytool: makes its pair in the session and copies the private key to the token.
. "$(dirname "$0")/frame.sh"

client keytool "$(dpkg-query -S "$(readlink -f "$(command -v keytool)")" 2>/dev/null | sed 's/:.*//')" keytool openssl pkcs11-tool script
have_token
guide keytool module="$module"
part "a pair, a request, a list"
step configuration "Java is told of the module"
typed key "an EC pair" <"$T/pin"
typed request "a request" <"$T/pin"
ok "is right" openssl req -verify -noout -in "$T/user/work/ec1.csr"
typed list "it is listed" <"$T/pin"
out "as a private key" 'ec1, PrivateKeyEntry'
typed delete "it is removed" <"$T/pin"

part "EC and RSA pairs, in processes of their own"
cat >"$T/java.cfg" <<EOF
name = Token
library = $module
slotListIndex = 0
EOF
last=(-providerClass sun.security.pkcs11.SunPKCS11 -providerArg "$T/java.cfg")
# Java makes RSA pairs itself if it is not told who does.
maker=("${last[@]}" -providername SunPKCS11-Token)
keys()
{
	local command=$1
	shift
	keytool "$command" -keystore NONE -storetype PKCS11 -storepass "$(cat "$T/pin")" "$@"
}

ok "an EC pair" keys -genkeypair "${maker[@]}" -alias ec1 -keyalg EC -groupname secp256r1 -dname CN=ec -validity 10
ok "an RSA pair" keys -genkeypair "${maker[@]}" -alias rsa1 -keyalg RSA -keysize 2048 -dname CN=rsa -validity 10
ok "pkcs11-tool looks at them" pkcs11-tool --module "$TOKEN_MODULE" --login --pin "$(cat "$T/pin")" -O --type privkey
[ "$(grep -c 'Access:.* local' "$T/out")" = 2 ]
verdict $? "both were made in the TPM"
ok "-list" keys -list "${last[@]}"
out "shows the EC key" '^ec1, PrivateKeyEntry'
out "shows the RSA key" '^rsa1, PrivateKeyEntry'
ok "the tool lists them" tool list --pin-file "$T/pin"
for alias in ec1 rsa1; do
	ok "a request signed with $alias, in a process of its own" keys -certreq "${last[@]}" -alias $alias -file "$T/$alias.csr"
	ok "is good" openssl req -in "$T/$alias.csr" -verify -noout
done
ok "-delete" keys -delete "${last[@]}" -alias rsa1
ok "-list" keys -list "${last[@]}"
no_out "shows the deleted key no more" '^rsa1'
out "and the other one still" '^ec1, PrivateKeyEntry'
