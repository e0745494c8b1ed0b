#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# jarsigner: archives signed with an EC key that Java has made and an RSA key that it found on the token; openssl
# verifies what the archive holds, jarsigner the whole.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/sign.sh"

client jarsigner "$(dpkg-query -S "$(readlink -f "$(command -v jarsigner)")" 2>/dev/null | sed 's/:.*//')" \
	jarsigner keytool jar openssl certtool script
have_token
have_signing_certificate rsa1 rsa:2048
there sh -c 'echo hello >hello.txt && jar cf hello.jar hello.txt && cp hello.jar plain.jar'

# signed JAR TYPE: openssl, which knows nothing of Java, verifies the one signature in it.
signed()
{
	rm -rf "$T/user/work/META-INF"
	there jar xf "$1" META-INF
	set -- "$T/user/work/META-INF/"*".$2" "$T/user/work/META-INF/"*.SF
	ok "openssl verifies the signature" openssl cms -verify -binary -inform DER -in "$1" -content "$2" \
		-CAfile "$T/ca.pem" -purpose any -out "$T/signed"
	echo more >>"$2"
	rc 4 "but not that of another text" openssl cms -verify -binary -inform DER -in "$1" -content "$2" \
		-CAfile "$T/ca.pem" -purpose any -out "$T/signed"
}

guide jarsigner module="$module" authority="$T/ca.pem"
part "an EC key that Java makes"
step configuration "Java is told of the module"
typed key "a key pair" <"$T/pin"
typed request "a request" <"$T/pin"
ok "is right" openssl req -verify -noout -in "$T/user/work/code.csr"
ok "and granted" ca_sign "$T/user/work/code.csr" "$T/user/work/code.pem"
typed import "the certificate takes its place beside the key" <"$T/pin"
typed sign "an archive is signed" <"$T/pin"
step verify "jarsigner verifies it"
out "with its chain" 'jar verified'
signed hello.jar EC
part "an RSA key that is on the token"
there cp plain.jar hello.jar
typed sign-rsa "an archive is signed" <"$T/pin"
signed hello-rsa.jar RSA
there sh -c 'echo hello, you >hello.txt && jar uf hello-rsa.jar hello.txt'
rc 1 "one that was changed afterwards is not verified" there jarsigner -verify -strict hello-rsa.jar
out "for it was changed" 'digest error for hello.txt'
part "a wrong PIN"
rc 1 "signs nothing" there jarsigner -keystore NONE -storetype PKCS11 -storepass "$(cat "$T/wrong")" \
	-providerClass sun.security.pkcs11.SunPKCS11 -providerArg tpm.cfg -signedjar wrong.jar plain.jar code
out "and says so as Java does" 'keystore load: load failed'
