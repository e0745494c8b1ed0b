#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# p11-kit: the token through the proxy, taken along to a machine that has none (p11-kit server), and used from one that has
# none (p11-kit remote). Machines are mount namespaces, each with an sshd; on the one without a token there is neither TPM nor
# store nor module.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/ssh.sh"

client p11-kit p11-kit p11-kit pkcs11-tool p11tool ssh sshd ssh-keygen openssl script
client=$p11_modules/p11-kit-client.so
proxy=$(dirname "$p11_modules")/p11-kit-proxy.so
[ -e "$client" ] && [ -e "$proxy" ] || skip_all "p11-kit-client.so or p11-kit-proxy.so is not installed"
needs_system

# Who logs in by ssh has a home of the test's own.
mkdir -p -m 700 "$T/elsewhere"
sed -i "s|^\($(id -un):.*:\)[^:]*:\([^:]*\)$|\1$T/elsewhere:\2|" /etc/passwd

# Makes a machine without a token of the namespace in which it runs.
cat >"$T/strip" <<END
mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p -m 755 /run/sshd &&
	mount -t tmpfs -o mode=755 tmpfs /usr/share/p11-kit/modules &&
	mount --bind /dev/null "$module" && mount --bind /dev/null /etc/tpm2-token.conf
END

# verifies FOLDER: a signature of the letter, by the key that the tool showed.
verifies()
{
	ok "openssl verifies the signature" openssl dgst -sha256 -verify "$T/laptop.pem" -signature "$1/letter.signature" \
		"$1/letter"
}

have_token
have_key laptop ec:p256
have_key rsa1 rsa:2048
tool ssh --public --label laptop >"$T/laptop.pub"
ssh-keygen -e -m PKCS8 -f "$T/laptop.pub" >"$T/laptop.pem"
ssh-keygen -q -t ed25519 -N '' -f "$T/login"
cp "$T/login.pub" "$T/authorized_keys"
sed -i "s|^IdentityFile .*|IdentityFile $T/login|" "$T/ssh_config"
export XDG_RUNTIME_DIR=/run/user/0
mkdir -p -m 700 "$XDG_RUNTIME_DIR"
guide p11-kit module="$module" client="$client" proxy="$proxy" modules=/etc/pkcs11/modules socket="$T/there.sock" \
	host="$(id -un)@server.example.org" other="$(id -un)@other.example.org"

part "p11-kit-proxy.so"
step proxy "pkcs11-tool sees the token through the proxy"
out "by its label" 'token label *: mine'

part "p11-kit server: the token taken along, over ssh"
sshd_in=(unshare -m --propagation private sh -c '. "$1"; shift; exec "$@"' sh "$T/strip")
sshd_start other.example.org
ok "the other machine has no token" ssh other.example.org p11-kit list-modules
no_out "by p11-kit" 'token: mine'
rc 1 "nor by the module" ssh other.example.org pkcs11-tool --module "$module" -L
step server "a server offers the token"
out "at a socket" '^unix:path='
pids+=("$(sed -n "s/^export P11_KIT_SERVER_PID='\(.*\)'/\1/p" "$T/user/environment")")
step forward "it is seen on the other machine"
out "by its label" 'token label *: mine'
typed sign-there "and signs there" <"$T/pin"
verifies "$T/elsewhere"
step server-end "the server ends"

part "p11-kit remote: the token of a server, over ssh"
sshd_in=(unshare -m --propagation private)
sshd_start server.example.org
. "$T/strip"
rc 1 "this machine has no token" pkcs11-tool --module "$module" -L
step remote "p11-kit is told where one is"
step list "p11tool lists it"
out "by its label" 'token=mine'
typed sign-here "pkcs11-tool signs with it" <"$T/pin"
verifies "$T/user/work"
typed check "p11tool signs and verifies" <"$T/pin"
export GNUTLS_PIN=$(cat "$T/pin")
ok "with an RSA key, too" p11tool --login --test-sign "pkcs11:token=mine;object=rsa1;type=private"
ok "with RSA-PSS, too" p11tool --login --test-sign --sign-params=RSA-PSS "pkcs11:token=mine;object=rsa1;type=private"
ok "a key is made there" p11tool --login --generate-privkey=ECDSA --curve=secp256r1 --label made \
	--outfile "$T/made.pem" "pkcs11:token=mine"
ok "and signs" p11tool --login --test-sign "pkcs11:token=mine;object=made;type=private"
rc 1 "a wrong PIN is refused" env GNUTLS_PIN="$(cat "$T/wrong")" p11tool --login --list-privkeys "pkcs11:token=mine"
sshd_end
ok "without the server p11tool works" p11tool --list-token-urls
no_out "but has no token" 'token=mine'
