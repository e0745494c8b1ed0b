#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# NSS' own tools: certificates listed without a PIN, mutual TLS 1.2 and 1.3 on either side with an EC and an RSA key, letters
# signed for openssl and decrypted from it, a key from a file brought into the TPM; a wrong PIN, and no token.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client NSS libnss3-tools certutil modutil cmsutil tstclnt selfserv pk12util curl openssl certtool script
have_token
have_certificate ec1 ec:p256 localhost
have_certificate rsa1 rsa:2048 localhost
tls_client_make
tls_peer_make
db=$T/nssdb
guide nss module="$module" db="$db" authority="$T/ca.pem" key=ec1

part "certutil and modutil list the token"
step database "a database is made, with the module"
step authority "it knows an authority"
ok "modutil sees the token" modutil -dbdir "sql:$db" -list tpm2-token
out "by its label" 'Token Name: *mine'
step certificates "the certificates are listed without a PIN"
for key in ec1 rsa1; do
	out "that of $key with a key" "^mine:$key +u,u,u"
done
typed keys "the keys are listed, with the PIN" <"$T/pin"
out "an EC key" 'ec .*ec1'
out "an RSA key" 'rsa .*rsa1'
rc 255 "not with a wrong one" certutil -K -d "sql:$db" -h mine -f "$T/wrong"
err "which is said" 'Incorrect password/PIN'
typed pin "the PIN is written to a file" <"$T/pin"

for version in 1.2 1.3; do
	peer_serve "-tls${version/./_}"
	for key in ec1 rsa1; do
		part "tstclnt, TLS $version with $key"
		guide nss db="$db" key=$key server=localhost port="$port"
		typed fetch "a server that demands a certificate serves it" <"$T/pin"
		out "knowing whom" 'Subject: CN *= *localhost'
		out "in TLS $version" "Protocol *: TLSv$version"
	done
	! tstclnt -4 -d "sql:$db" -h localhost -p "$port" -A "$T/user/work/request" -o >"$T/out" 2>"$T/err"
	verdict $? "without a certificate it does not"
	! tstclnt -4 -d "sql:$db" -h localhost -p "$port" -A "$T/user/work/request" -n mine:ec1 -W "$T/wrong" >"$T/out" 2>"$T/err"
	verdict $? "with a wrong PIN neither"
	kill "$peer"
done
for key in ec1 rsa1; do
	part "selfserv with $key, mutual TLS"
	listen=$(free_port)
	guide nss db="$db" key=$key listen="$listen"
	serve server 'About to call accept' "a server starts"
	tls_server_serves "$listen"
	serve_end
done

for type in rsa ec; do
	part "cmsutil, mail with a key of type $type"
	guide nss db="$db" type=$type email=me@example.org authority="$T/ca.pem"
	typed mail-key "certutil makes a key in the TPM, and a request" <"$T/pin"
	ok "which is granted" ca_sign "$T/user/work/mail.csr" "$T/user/work/mail.pem"
	typed mail-store "the certificate is stored" <"$T/pin"
	typed sign "a letter is signed" <"$T/pin"
	step verify "openssl verifies it"
	out "whole" '^a letter'
	step encrypt "openssl encrypts it"
	# NSS 3.87 reads no letter to an EC key, wherever the key is.
	if [ $type = rsa ] || ! grep -q "BAD_DER" <(cmsutil -D -d "sql:$db" -f "$T/pin" -i "$T/user/work/secret.cms" 2>&1); then
		typed decrypt "and it is decrypted" <"$T/pin"
		out "whole" '^a letter'
		rc 1 "but not with a wrong PIN" cmsutil -D -d "sql:$db" -f "$T/wrong" -i "$T/user/work/secret.cms"
	fi
done

part "pk12util brings in a key"
openssl pkcs12 -export -inkey "$T/client.key" -in "$T/client.pem" -name old -passout pass:of-the-file \
	-out "$T/user/work/old.p12"
{ cat "$T/pin"; echo of-the-file; } >"$T/both"
typed import "a key from a file comes into the TPM" <"$T/both"
ok "where it signs" cmsutil -S -d "sql:$db" -N mine:old -G -f "$T/pin" -i "$T/user/work/letter" -o "$T/old.cms"
ok "so that openssl is content" openssl cms -verify -inform DER -purpose any -in "$T/old.cms" -CAfile "$T/ca.pem"
typed remove "it is removed" <"$T/pin"
step certificates "and"
no_out "is not there any more" 'mine:old'

part "modutil changes the PIN"
echo user-654321 >"$T/new-pin"
ok "the PIN is changed" modutil -dbdir "sql:$db" -force -changepw mine -pwfile "$T/pin" -newpwfile "$T/new-pin"
rc 255 "the old one is wrong" certutil -K -d "sql:$db" -h mine -f "$T/pin"
ok "the new one right" certutil -K -d "sql:$db" -h mine -f "$T/new-pin"
step forget "the module is removed from the database"
step certificates "and"
no_out "no token is there" 'mine:'
