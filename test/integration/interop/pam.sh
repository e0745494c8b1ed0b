#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# pam_pkcs11: su, started by another user, lets in who knows the PIN of a token with a certificate that is mapped to the
# account, and nobody with a wrong PIN, for another account, without the certificate, or with one of another authority. EC and
# RSA.
. "$(dirname "$0")/frame.sh"

client pam_pkcs11 libpam-pkcs11 pkcs11_inspect pklogin_finder su setpriv openssl certtool script
needs_system

# Two users of the test's own /etc; su is started by bob, and does not wait after a refusal.
echo a-password >"$T/password"
for line in alice:x:5001 bob:x:5002; do
	echo "$line:5000::/:/bin/sh" >>/etc/passwd
	echo "${line%%:*}:$(openssl passwd -6 -stdin <"$T/password"):19000::::::" >>/etc/shadow
done
sed -i 's/pam_unix.so/& nodelay/' /etc/pam.d/common-auth
printf '#!/bin/sh\ncd / && exec setpriv --reuid=5002 --regid=5000 --clear-groups "%s" "$@"\n' "$(command -v su)" >"$T/bin/su"
chmod 755 "$T/bin/su"

# lets_in SENTENCE FILE: the guide's check, with the answer in the file.
lets_in()
{
	typed check "$1" <"$2"
	out "and runs a command as alice" '^uid=5001\(alice\)'
}

# refuses SENTENCE FILE
refuses()
{
	typed_rc 1 check "$1" <"$2"
	no_out "and runs nothing" 'uid='
}

have_token
for type in ec:p256 rsa:2048; do
	kind=${type%:*}
	have_certificate "$kind" "$type" alice
	cp "$T/ca.pem" "$T/user/work/ca.pem"
	guide pam module="$module" user=alice
	part "a certificate is mapped to a user ($kind)"
	step configure "PAM is told of the token"
	typed inspect "pkcs11_inspect reads the certificate" <"$T/pin"
	out "and its subject" '^/CN=alice'
	rm -f /etc/pam_pkcs11/subject_mapping
	step map "it is said whose it is"
	step who "pklogin_finder reads the certificate"
	out "and says who it is" '^alice'
	part "su asks for the PIN ($kind)"
	cp -a /etc/pam.d/su "$T/su.before"
	step su "su is told to ask"
	lets_in "alice is let in by the PIN" "$T/pin"
	refuses "not by a wrong one" "$T/wrong"
	lets_in "but by the password" "$T/password"
	part "other certificates are refused ($kind)"
	echo "/CN=alice -> bob" >/etc/pam_pkcs11/subject_mapping
	refuses "a certificate that is another's does not let in" "$T/pin"
	echo "/CN=alice -> alice" >/etc/pam_pkcs11/subject_mapping
	lets_in "the user's own does" "$T/pin"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/other.key" -subj "/CN=test CA" \
		-out /etc/pam_pkcs11/authority.pem 2>"$T/err"
	refuses "a certificate of an authority that is not believed does not let in" "$T/pin"
	cp -a "$T/su.before" /etc/pam.d/su
	ok "key and certificate are removed" tool rm --label "$kind" --yes --pin-file "$T/pin"
done
