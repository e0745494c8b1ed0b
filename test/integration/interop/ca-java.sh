#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Authorities in Java with keys in the TPM, by SunPKCS11: keytool alone, and a program with Bouncy Castle in the way of
# EJBCA. OpenSSL and GnuTLS find what they sign right.
. "$(dirname "$0")/frame.sh"

client "Java's authority" "$(dpkg-query -S "$(readlink -f "$(command -v keytool)")" 2>/dev/null | sed 's/:.*//')" keytool \
	openssl certtool script
why=
command -v javac >/dev/null || why="javac is not installed"
[ -e /usr/share/java/bcpkix.jar ] && [ -e /usr/share/java/bcutil.jar ] || why="libbcpkix-java is not installed"

gnutls_verifies()
{
	certtool --verify --load-ca-certificate "$work/ca.pem" --load-crl "$work/ca.crl" --infile "$work/$host.pem"
}

right()
{
	step verify "it is right"
	ok "for GnuTLS too" certtool --verify --load-ca-certificate "$work/ca.pem" --infile "$work/$host.pem"
}

revoked()
{
	step_rc 2 verify-crl "and the certificate refused"
	err "as revoked" 'certificate revoked'
	rc 1 "by GnuTLS too" gnutls_verifies
	out "for the same" 'revoked'
}

# signs_with PIN-FILE
signs_with()
{
	(cd "$work" && keytool -conf keytool.conf -gencert -alias "$key" -infile "$host.csr" -rfc -outfile "$host.pem" \
		-storepass "$(cat "$1")")
}

# program: compiled once.
program()
{
	if [ -e "$T/Authority.class" ]; then
		cp "$T/Authority.class" "$work"
	else
		step program "a program is compiled"
		cp "$work/Authority.class" "$T"
	fi
}

host=www.example.org
have_token
for type in "EC -groupname secp256r1" "EC -groupname secp384r1" "RSA -keysize 2048"; do
	key=${type##* }
	work=$T/user/work/$key
	mkdir "$work"
	echo "cd '$work'" >>"$T/user/environment"
	guide ca-java module="$module" key="$key" type="$type"
	part "keytool: an authority with a key of type ${type/-*[a-z] /}"
	step configuration "Java is told of the module"
	typed root "the authority has a key and certifies itself" < <(cat "$T/pin" "$T/pin")
	step request "a server asks"
	typed issue "and is certified" <"$T/pin"
	right
	typed revoke "the certificate is revoked" <"$T/pin"
	revoked
	[ "$key" != secp256r1 ] || continue
	rm "$work/$host.pem" "$work/ca.crl"
	part "a program: an authority with a key of type ${type/-*[a-z] /}"
	if [ -n "$why" ]; then
		for step in program program-issue program-crl program-revoke; do
			not_here $step "$why"
		done
		continue
	fi
	program
	typed program-issue "it certifies the server" <"$T/pin"
	right
	typed program-crl "a list that revokes nothing" <"$T/pin"
	step verify-crl "is right"
	ok "for GnuTLS too" gnutls_verifies
	typed program-revoke "a list that revokes the certificate" <"$T/pin"
	revoked
done
part "a wrong PIN"
rm -f "$work/$host.pem"
rc 1 "nobody is certified" signs_with "$T/wrong"
[ ! -s "$work/$host.pem" ]
verdict $? "there is no certificate"
ok "with the right one the same command does it" signs_with "$T/pin"
