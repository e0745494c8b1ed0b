#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The module as it is installed, where a program has little: reached through p11-kit's proxy, with an empty environment,
# without a home, as a user whom nobody knows, and under the hardening of systemd's services. With TOKEN_INSTALLED it is
# the installed one; otherwise "make install" is made into a folder that is laid over the system's, for this test only.
# shellcheck disable=SC2016
if [ -z "${PLACES_NAMESPACE:-}" ]; then
	root=-r
	[ "$(id -u)" != 0 ] || root=
	unshare $root -m --propagation private mount --bind /mnt /mnt 2>/dev/null || {
		echo "SKIP: mount namespaces are not allowed here"
		exit 77
	}
	PLACES_NAMESPACE=$(id -u) exec unshare $root -m --propagation private "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"

needs pkcs11-tool openssl p11-kit findmnt
proxy=$(find /usr/lib -name p11-kit-proxy.so 2>/dev/null | head -n 1)
[ -n "$proxy" ] || { echo "SKIP: p11-kit-proxy.so is not installed"; exit 77; }
harden=${HARDEN:-${top_builddir:-$(dirname "$0")/../../..}/test/integration/install/harden}

# lay FOLDER: what "make install" has put into it, over what the system has in it.
lay()
{
	[ -d "$1" ] || { echo "SKIP: there is no $1"; exit 77; }
	mkdir -p "$T/over$1"
	cp -a "$1/." "$T/over$1/" 2>/dev/null
	cp -a "$T/root$1/." "$T/over$1/"
	mount --bind "$T/over$1" "$1"
}

# Files of the test are in /mnt, which no hardening hides.
umask 022
chmod 711 "$T"
chmod 666 "$T/tpm.sock" "$T/tpm.sock.ctrl"
mkdir -m 755 "$T/bin"
if [ -n "${TOKEN_INSTALLED:-}" ]; then
	module=$TOKEN_MODULE
	ok "the configuration is installed" test -f /etc/tpm2-token.conf
else
	ok "make install" env -u MAKEFLAGS -u MAKELEVEL make -C "$top_builddir" install DESTDIR="$T/root"
	module=$(cd "$T/root" && find usr/lib* -name tpm2-token.so | head -n 1)
	module=/${module:-none}
	lay "$(dirname "$module")"
	modules=$(cd "$T/root" && find usr -name tpm2-token.module -exec dirname {} \; | head -n 1)
	lay "/$modules"
	lay /etc
	cp "$(find "$T/root" -name tpm2-token -path '*/bin/*')" "$T/bin/"
	TOKEN_TOOL=/mnt/bin/tpm2-token
fi
[ ! -x "$harden" ] || cp "$harden" "$T/bin/harden"
printf 'store = /mnt/store/tokens.sqlite\ntcti = swtpm:path=/mnt/tpm.sock\n' >"$T/conf"
chmod 644 "$T/conf"
mount --bind "$T/conf" /etc/tpm2-token.conf
mount --bind "$T" /mnt
unset TPM2_TOKEN_CONF TPM2_TOKEN_STORE TPM2_TOKEN_TCTI
cd / || exit 1
head -c 32 /dev/urandom >"$T/hash"
chmod 644 "$T/hash" "$T/pin"

# Each of these has nothing in its environment but what stands there.
bare="env -i"
named="env -i PATH=$PATH HOME=$T"
ok "without any environment, the tool makes a token" $bare "$TOKEN_TOOL" init --label place --so-pin-file /mnt/so-pin \
	--pin-file /mnt/pin
ok "and a key" $bare "$TOKEN_TOOL" keygen --label key --pin-file /mnt/pin
ok "in the store that the configuration of the system names" test -s /mnt/store/tokens.sqlite
ok "the public key is read" $bare pkcs11-tool --module "$module" --read-object --type pubkey --label key \
	--output-file /mnt/key.der

# signs SENTENCE MODULE COMMAND...: pkcs11-tool, run by the command, makes a signature that OpenSSL verifies.
signs()
{
	local sentence=$1 library=$2
	shift 2
	mkdir -p -m 777 "$T/out.d"
	chmod 777 "$T/out.d"
	rm -f "$T/out.d/sig"
	ok "$sentence" "$@" pkcs11-tool --module "$library" --token-label place --login --pin "$(cat "$T/pin")" --sign \
		--mechanism ECDSA --signature-format openssl --label key --input-file /mnt/hash --output-file /mnt/out.d/sig
	ok "and it is right" openssl pkeyutl -verify -pubin -inkey "$T/key.der" -keyform DER -in "$T/hash" \
		-sigfile "$T/out.d/sig"
}

signs "a signature with an empty environment" "$module" $bare
signs "a signature without a home" "$module" env -u HOME
signs "a signature with a home that is not there" "$module" env HOME=/nonexistent
signs "a signature with nothing open" "$module" bash -c 'exec "$@" <&- 3>&-' x
ok "p11-kit knows the module" $named p11-kit list-modules
out "by its file" '(^| )tpm2-token'
out "and the token" 'place'
signs "a signature through p11-kit's proxy" "$proxy" $named
signs "a signature through p11-kit's proxy, with an empty environment" "$proxy" $bare

# A service's own user, of whom the password database knows nothing.
if [ "$PLACES_NAMESPACE" = 0 ] && command -v setpriv >/dev/null; then
	cp -a "$T/store" "$T/service"
	chown -R 54321:54321 "$T/service"
	sed 's,/mnt/store,/mnt/service,' "$T/conf" >"$T/service.conf"
	chmod 644 "$T/service.conf"
	unknown="setpriv --reuid=54321 --regid=54321 --clear-groups $bare TPM2_TOKEN_CONF=/mnt/service.conf"
	signs "a signature by a user without a name" "$module" $unknown
	rc 1 "who can not read the store of root" $unknown TPM2_TOKEN_CONF=/etc/tpm2-token.conf "$TOKEN_TOOL" list
else
	skip "a signature by a user without a name" "only root can become that user, with setpriv"
fi

hardening="-p ProtectHome=yes -p ProtectSystem=strict -p PrivateTmp=yes -p NoNewPrivileges=yes
	-p MemoryDenyWriteExecute=yes -p SystemCallFilter=@system-service"
# as_service COMMAND...: in a transient unit. It is outside of our mounts, and gets what it needs of them by name.
as_service()
{
	systemd-run --quiet --wait --pipe --collect $hardening -p BindPaths="$T:/mnt" -p ReadWritePaths=/mnt \
		-p Environment=TPM2_TOKEN_CONF=/mnt/conf "$@"
}

# calls GROUP: the names of all system calls in it.
calls()
{
	local word
	for word in $(systemd-analyze --no-pager syscall-filter "$1" |
		sed -n 's/^ \+\([@a-z_0-9-]\+\)$/\1/p'); do
		case $word in
		@*) calls "$word" ;;
		*) echo "$word" ;;
		esac
	done
}

# read_only: every mount but /mnt and the kernel's own; homes are empty, and temporary folders new.
read_only='
	for folder in /root /home /run/user; do
		[ ! -d $folder ] || mount -t tmpfs -o mode=000 tmpfs $folder
	done
	mount -t tmpfs tmpfs /tmp
	mount -t tmpfs tmpfs /var/tmp
	mount --rbind / / 2>/dev/null
	findmnt -rno TARGET | sort -u | while read -r folder; do
		case $folder in
		/mnt | /proc* | /sys* | /dev*) ;;
		*) mount -o remount,bind,ro "$folder" 2>/dev/null ;;
		esac
	done
	exec "$@"'
as_likeness()
{
	unshare -m --propagation private bash -c "$read_only" x $bare /mnt/bin/harden "$@" <"$T/calls"
}

if [ -d /run/systemd/system ] && [ "$PLACES_NAMESPACE" = 0 ] && systemd-run --quiet --wait true 2>/dev/null; then
	likeness="systemd's hardening"
	hardened=as_service
	if [ -z "${TOKEN_INSTALLED:-}" ]; then
		cp "$module" "$T/bin/tpm2-token.so"
		module=/mnt/bin/tpm2-token.so
	fi
elif [ -x "$T/bin/harden" ] && command -v systemd-analyze >/dev/null; then
	likeness="the likeness of systemd's hardening"
	hardened=as_likeness
	calls @system-service | sort -u >"$T/calls"
else
	hardened=
fi
if [ -n "$hardened" ]; then
	ok "a program runs under $likeness" $hardened true
	rc 1 "the system can not be written" $hardened touch /usr/places-test
	rc 1 "nor /etc" $hardened touch /etc/places-test
	$hardened ls -A /root >"$T/out" 2>"$T/err"
	[ ! -s "$T/out" ]
	verdict $? "no home is seen"
	rc 1 "nor this test's own temporary folder" $hardened test -e "$T/pin"
	! $hardened unshare -m true >"$T/out" 2>"$T/err"
	verdict $? "and a forbidden system call ends a program"
	signs "a signature under $likeness" "$module" $hardened
	ok "a new key under $likeness" $hardened "$TOKEN_TOOL" keygen --label other --pin-file /mnt/pin
	signs "a signature through p11-kit's proxy under it" "$proxy" $hardened
else
	skip "a signature under systemd's hardening" "systemd does not run, and systemd-analyze is not installed"
fi

# A store that can not be written: keys are used, and not made.
mount --bind /mnt/store /mnt/store
mount -o remount,bind,ro /mnt/store
signs "a signature with a store that is read-only" "$module" $bare
rc 1 "a new key is refused" $bare "$TOKEN_TOOL" keygen --label third --pin-file /mnt/pin
err_lines 1 "with one line"
umount /mnt/store
umount /etc/tpm2-token.conf
