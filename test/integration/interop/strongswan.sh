#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# strongSwan: a packet goes through a tunnel whose two ends have their keys in the TPM, EC and RSA; each proves again
# that it has its key; with a wrong PIN, or without the token, there is no tunnel.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/net.sh"

client strongSwan charon-systemd charon-systemd swanctl pki openssl certtool script
[ -e /usr/lib/ipsec/plugins/libstrongswan-pkcs11.so ] || skip_all "strongSwan's plugin pkcs11 is not installed"
net_make
needs_system

# ipsec_in_kernel: it encrypts packets; if not, strongSwan does so itself, in user space.
ipsec_in_kernel()
{
	ip -n server xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1000 mode tunnel \
		aead 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f10111213 128 2>"$T/err" &&
		ip -n server xfrm state flush
}

ipsec_configure()
{
	rm -rf /etc/swanctl/conf.d/* /etc/ipsec.conf
	printf '%s\n' 'charon-systemd {' 'filelog {' 'stderr {' 'default = 1' '}' '}' '}' >/etc/strongswan.d/log.conf
	ipsec_in_kernel && return
	[ -e /usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so ] ||
		skip_all "neither this kernel nor strongSwan, without libcharon-extra-plugins, encrypts packets"
	[ -c /dev/net/tun ] || skip_all "there is no /dev/net/tun"
	printf '%s\n' 'kernel-libipsec {' 'load = yes' '}' >/etc/strongswan.d/charon/kernel-libipsec.conf
}

# charon_start MACHINE: what the guide's service is.
charon_start()
{
	: >"$T/$1.log"
	net_run "$1" charon-systemd >>"$T/$1.log" 2>&1 &
	pids+=($!)
	wait_for net_run "$1" swanctl --stats >"$T/out" 2>"$T/err"
	verdict $? "strongSwan starts on the $1" "$(tail "$T/$1.log")"
	grep -q "loaded PKCS#11 .* 'tpm2'" "$T/$1.log"
	verdict $? "with the module"
}

no_tunnel()
{
	! net_run client ping -c 1 -W 1 10.8.0.1 >"$T/out" 2>"$T/err"
	verdict $? "there is no tunnel"
}

# proven MACHINE PEER SCHEME: its log says that the peer has signed so.
proven()
{
	grep -q "authentication of '$2.example.org' with $3.* successful" "$T/$1.log"
	verdict $? "the $1 has verified $2's signature" "$(grep IKE "$T/$1.log" | tail)"
}

declare -A scheme=([ec1]=ECDSA_WITH_SHA256 [rsa1]=RSA_EMSA_PKCS1_SHA2)
guide strongswan
not_here restart "systemd does not run here"
have_token
have_certificate ec1 ec:p256 ec1.example.org
have_certificate rsa1 rsa:2048 rsa1.example.org
net_host ec1.example.org
net_host rsa1.example.org
ipsec_configure
net_apart
ip -n server address add 10.8.0.1/24 dev lo
for keys in "rsa1 ec1" "ec1 rsa1"; do
	read -r key peer <<<"$keys"
	on server
	guide strongswan module="$module" key=$peer gateway=$peer.example.org authority="$T/ca.pem"
	step module "the gateway's module is configured"
	typed gateway "and the gateway, with $peer" <"$T/pin"
	on client
	guide strongswan module="$module" key=$key client=$key.example.org gateway=$peer.example.org authority="$T/ca.pem"
	step module "the client's module is configured"
	part "pki with $key"
	typed request "pki signs a request with $key" <"$T/pin"
	ok "openssl verifies it" openssl req -in "$T/user/work/request.pem" -noout -verify -subject
	out "and reads whose it is" "CN *= *$key.example.org"
	part "a tunnel, client with $key, gateway with $peer"
	step client "and the client, with $key"
	charon_start server
	on server
	step gateway-load "the gateway's configuration is loaded"
	on client
	charon_start client
	no_tunnel
	typed client-load "its configuration is loaded, and the PIN typed" <"$T/pin"
	step client-start "the client connects"
	step check "a packet goes through the tunnel"
	proven client $peer ${scheme[$peer]}
	proven server $key ${scheme[$key]}
	part "a new proof, client with $key, gateway with $peer"
	for log in client server; do
		: >"$T/$log.log"
	done
	ok "the client demands it" net_run client swanctl --rekey --reauth --ike office
	wait_for grep -q 'CHILD_SA office.* established' "$T/client.log"
	proven client $peer ${scheme[$peer]}
	proven server $key ${scheme[$key]}
	step check "a packet goes through the tunnel"
	net_end client
	net_end server
done

part "a wrong PIN"
charon_start server
on server
step gateway-load "the gateway's configuration is loaded"
on client
charon_start client
typed client-load "on the client a wrong PIN is typed" <"$T/wrong"
out "which is refused" 'loading private key from token failed'
ok "the token is asked" tool list
out "it was one try" 'wrong PINs 1 of'
step_rc 1 client-start "the client does not connect"
no_tunnel
typed client-load "the right PIN is typed" <"$T/pin"
step client-start "afterwards it connects"
step check "and a packet goes through the tunnel"
net_end client
part "without the token"
net_run client sh -c 'echo "store = /run/nowhere/token.sqlite" >>/etc/tpm2-token.conf'
charon_start client
! net_run client swanctl --load-all --noprompt >"$T/out" 2>"$T/err"
verdict $? "the client has no token any more"
err "and no certificate" 'unable to load certificate'
step_rc 1 client-start "it does not connect"
no_tunnel
