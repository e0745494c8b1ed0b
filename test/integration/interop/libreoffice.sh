#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# LibreOffice without windows: an OpenDocument and a PDF file signed with an RSA and with an EC key. xmlsec1 verifies the
# one, openssl the other; neither a changed document nor a wrong PIN passes.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/sign.sh"

client LibreOffice libreoffice-core-nogui soffice certutil modutil openssl certtool xmlsec1 unzip perl script
dpkg-query -W -f='${Version}' $package 2>/dev/null | grep -q . || package=libreoffice-core
/usr/bin/python3 -c 'import uno' 2>"$T/err" || skip_all "python3-uno is not installed"

# letter_make: an OpenDocument text, as LibreOffice saves it.
letter_make()
{
	echo "A letter" >"$T/letter.txt"
	timeout 60 soffice --headless -env:UserInstallation="file://$T/office" --convert-to odt --outdir "$T" "$T/letter.txt"
}

# with KEY
with()
{
	guide libreoffice module="$module" certificate="$1.pem" nss="$T/user/nss" authority="$T/ca.pem"
	cp "$T/letter.odt" "$T/user/work/"
}

xmlsec()
{
	(cd "$T/user/work/unpacked" &&
		xmlsec1 --verify --crypto openssl --trusted-pem "$T/ca.pem" META-INF/documentsignatures.xml)
}

# What LibreOffice writes there, run by root, must be open to all users, but this test's umask closes it.
spool=/var/spool/libreoffice/uno_packages/cache
if [ -n "${INTEROP_NAMESPACE-}" ] && [ -d $spool ]; then
	mount -t tmpfs -o mode=755 tmpfs $spool
fi
have_token
have_signing_certificate rsa1 rsa:2048
have_signing_certificate ec1 ec:p256
ok "LibreOffice writes a document" letter_make
[ -e "$T/letter.odt" ] || exit 1
with rsa1
write libreoffice-sign.py
step configuration "NSS is told of the module"
step profile "LibreOffice is told of NSS' folder"
for key in rsa1 ec1; do
	with $key
	part "an OpenDocument file signed with $key"
	rm -rf "$T/user/work/unpacked"
	typed sign "LibreOffice asks for the PIN and signs" <"$T/pin"
	step verify "xmlsec1 verifies the signature"
	err "and all that is signed" 'References \(ok/all\): ([0-9]+)/\1'
	part "a PDF file signed with $key"
	typed sign-pdf "LibreOffice asks for the PIN and signs" <"$T/pin"
	pdf_verified "$T/user/work/letter.pdf"
done
part "what is wrong"
ok "what was signed is verified" xmlsec
sed -i 's/A letter/B letter/' "$T/user/work/unpacked/content.xml"
rc 1 "what was changed afterwards is not" xmlsec
with rsa1
typed_rc 1 sign "a wrong PIN signs nothing" <"$T/wrong"
out "for it is wrong" 'The PIN is wrong'
cmp -s "$T/letter.odt" "$T/user/work/letter.odt"
verdict $? "and changes nothing"
