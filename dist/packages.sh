# SPDX-License-Identifier: BSD-2-Clause
# The Debian packages that building and testing need, and how scripts install
# them and make a build folder. Sourced by ./quickstart, ./check and test/fresh.

packages_build="gcc libc6-dev make autoconf automake libtool pkgconf
	libtss2-dev libssl-dev libsqlite3-dev libp11-kit-dev"
packages_quickstart="swtpm tpm2-tools openssh-client openssh-server"
packages_test="libcmocka-dev swtpm tpm2-tools opensc openssl openssh-client openssh-server git
	p11-kit p11-kit-modules softhsm2 sqlite3 perl mandoc libengine-pkcs11-openssl gnutls-bin curl"
# The clients of the guides, beside those above: what ./check runs, and what only "make check-interop" runs. A release
# need not have them all: its tests are skipped then.
packages_clients="nginx libnss3-tools openvpn iproute2 iputils-ping systemd python3-pykcs11 python3-venv
	default-jdk-headless"
packages_clients_more="apache2 stunnel4 haproxy pkcs11-provider charon-systemd strongswan-swanctl strongswan-pki
	libstrongswan-standard-plugins libstrongswan-extra-plugins libcharon-extra-plugins wpasupplicant hostapd eapoltest libbcpkix-java gnupg
	gnupg-pkcs11-scd gpgv pinentry-tty osslsigncode sbsigntool poppler-utils python3-uno unzip xmlsec1
	libxmlsec1-openssl firefox-esr chromium xvfb xdotool thunderbird libpam-pkcs11 knot knot-dnssecutils
	bind9-utils bind9-dnsutils ldnsutils cryptsetup-bin systemd-cryptsetup"
# Whoever has a LibreOffice with windows keeps it: the two exclude each other.
command -v soffice >/dev/null || packages_clients_more="$packages_clients_more libreoffice-writer-nogui"
# Languages that often do not come from Debian.
command -v go >/dev/null || packages_clients_more="$packages_clients_more golang-go"
command -v cargo >/dev/null || packages_clients_more="$packages_clients_more cargo"
command -v node >/dev/null || packages_clients_more="$packages_clients_more nodejs npm libnode-dev g++"
# To build packages and test them; the last three are for a container that is booted from what is installed then.
packages_deb="build-essential debhelper dpkg-dev libcmocka-dev lintian autopkgtest dbus systemd systemd-sysv"

# packages_missing NAME...: those that are not installed.
packages_missing()
{
	local name
	for name; do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
	done
}

# Runs a command as root.
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "Packages are missing, and to install them needs root or sudo: $*" >&2
		return 1
	fi
}

# Debian starts a service when its package is installed. Nobody asked for an SSH server on this machine, only for the
# program: it is neither started now nor at the next boot.
packages_without_services()
{
	local policy=/usr/sbin/policy-rc.d status=0
	if [ -e "$policy" ]; then
		policy=
	else
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null || return 1
		as_root chmod 755 "$policy"
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" \
		>/dev/null || status=1
	[ -z "$policy" ] || as_root rm -f "$policy"
	case " $* " in
	*" openssh-server "*)
		if command -v systemctl >/dev/null; then
			as_root systemctl disable ssh.service ssh.socket >/dev/null 2>&1 || true
		fi ;;
	esac
	return $status
}

# packages_install NAME...: nothing is done, and no network is needed, when all are there.
packages_install()
{
	local missing
	missing=$(packages_missing "$@" | sort -u)
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null || {
		echo "This script installs Debian packages. Install what these are here: $missing" >&2
		return 1
	}
	echo "Installing:" $missing
	as_root apt-get update -qq && packages_without_services $missing
}

# packages_install_known NAME...: those of them that this release has; without one of them some tests are skipped.
packages_install_known()
{
	local name known=()
	[ -n "$(packages_missing "$@")" ] && command -v apt-get >/dev/null || return 0
	as_root apt-get update -qq
	for name; do
		! apt-cache show "$name" >/dev/null 2>&1 || known+=("$name")
	done
	[ ${#known[@]} = 0 ] || packages_install "${known[@]}"
}

# work_folder: a new temporary folder. Its name has no space: autoconf and libtool refuse one.
work_folder()
{
	local base=${TMPDIR:-/tmp}
	case $base in
	/*[[:space:]]* | [!/]*) base=/tmp ;;
	esac
	mktemp -d "$base/tpm2-token.XXXXXX"
}

# source_copy FROM TO: the files of the clone, with changes that are not committed, without what was built in it.
source_copy()
{
	mkdir -p "$2"
	if git -C "$1" -c safe.directory='*' ls-files -z --cached --others --exclude-standard >"$2.list" 2>/dev/null
	then
		tar -C "$1" --null -T "$2.list" --ignore-failed-read -cf - 2>/dev/null | tar -C "$2" -xf -
	else
		tar -C "$1" --exclude=./build --exclude='./build-*' -cf - . | tar -C "$2" -xf -
	fi
	rm -f "$2.list"
}
