#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Python: PyKCS11, which is Debian's where Debian has it, and python-pkcs11 from PyPI.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/languages.sh"

pykcs11=1.5.20
python_pkcs11=0.10.1
asn1crypto=1.5.1

client PyKCS11 python3-pykcs11 /usr/bin/python3 openssl script
# Another Python may come first in PATH, which does not have Debian's packages.
printf '#!/bin/sh\nexec /usr/bin/python3 "$@"\n' >"$T/bin/python3"
chmod 755 "$T/bin/python3"

version=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
fetch_once "python$version-$pykcs11-$python_pkcs11-$asn1crypto" "/usr/bin/python3 -m venv '$T/loader'
	'$T/loader/bin/pip' download -q --only-binary :all: -d . 'pykcs11==$pykcs11' \
		'python-pkcs11==$python_pkcs11' 'asn1crypto==$asn1crypto'"
no_venv=$?
export PIP_NO_INDEX=1 PIP_FIND_LINKS=$fetched

have_token
guide python module="$module"
[ $no_venv != 0 ] || step install "libraries are installed in a folder of their own"
python=python3
if ! python3 -c 'import PyKCS11' 2>"$T/err"; then
	python=venv/bin/python
	client PyKCS11 "=$pykcs11" openssl
	[ $no_venv != 0 ] || ok "PyKCS11, too" "$T/user/work/venv/bin/pip" install -q pykcs11
fi
write with_pykcs11.py
write with_python_pkcs11.py
if [ $python = python3 ] || [ $no_venv = 0 ]; then
	keys_story module="$module" python=$python program=with_pykcs11.py
	keys_end
else
	part "makes keys"
	skip "PyKCS11" "Debian does not have it here, and PyPI is not reached"
fi
client python-pkcs11 "=$python_pkcs11" openssl
if [ $no_venv = 0 ]; then
	keys_story module="$module" python=venv/bin/python program=with_python_pkcs11.py
else
	part "makes keys"
	not_here install "PyPI is not reached, or python3-venv is not installed"
fi
