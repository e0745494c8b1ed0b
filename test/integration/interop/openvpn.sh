#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# OpenVPN: packets go through a tunnel whose two ends have their keys in the TPM, EC and RSA, in TLS 1.2 and 1.3; session
# keys are renewed, and the client connects again, without the PIN; with a wrong PIN, or without the token, there is no
# tunnel, and the server tries a wrong PIN only once.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/net.sh"

client OpenVPN openvpn openvpn openssl certtool script systemd-socket-activate
net_make
[ -c /dev/net/tun ] || skip_all "there is no /dev/net/tun"
needs_system

# server_start: the guide's services, as systemd would run them.
server_start()
{
	systemd-socket-activate -l /run/openvpn-pin.sock --accept --inetd /etc/openvpn/pin >"$T/pin.log" 2>&1 &
	answers=$!
	pids+=($answers)
	wait_for test -S /run/openvpn-pin.sock
	net_run server openvpn --cd /etc/openvpn/server --config office.conf >"$T/server.log" 2>&1 &
	pids+=($!)
	wait_for grep -q 'Initialization Sequence Completed' "$T/server.log"
	verdict $? "the server starts" "$(cat "$T/server.log")"
}

server_end()
{
	net_end server
	kill $answers
	rm -f /run/openvpn-pin.sock
}

# client_log N REGEX: so many lines are in the client's log.
client_log()
{
	[ "$(grep -acE -- "$2" "$T/serve.log")" -ge "$1" ]
}

client_connects()
{
	serve_typed client-start 'Initialization Sequence Completed' "it asks for the PIN and connects" <"$T/pin"
	client_log 1 "Control Channel: TLSv$version,"
	verdict $? "by TLS $version" "$(tail "$T/serve.log")"
	grep -q "\[$key.example.org\] Peer Connection Initiated" "$T/server.log"
	verdict $? "the server knows whom" "$(tail "$T/server.log")"
	step check "packets go through the tunnel"
}

# The module has signed for a process whose child, the script "up", ran in between.
client_renews()
{
	ok "packets go through the tunnel" net_run client ping -q -c 25 -i 0.05 -W 10 10.8.0.1
	wait_for client_log 2 "Control Channel: TLSv$version,"
	verdict $? "session keys are renewed meanwhile" "$(tail "$T/serve.log")"
	kill -USR1 "$(net_pid client openvpn)"
	wait_for client_log 2 'Initialization Sequence Completed'
	verdict $? "after SIGUSR1 the client connects again" "$(tail "$T/serve.log")"
	step check "packets go through the tunnel"
	[ "$(grep -ac 'token Password:' "$T/serve.log")" = 1 ]
	verdict $? "the PIN was asked for once"
}

no_tunnel()
{
	! net_run client ping -c 1 -W 1 10.8.0.1 >"$T/out" 2>"$T/err"
	verdict $? "there is no tunnel"
}

guide openvpn
not_here client-service "systemd does not run here"
not_here server-service "systemd does not run here"
have_token
have_certificate ec1 ec:p256 ec1.example.org
have_certificate rsa1 rsa:2048 rsa1.example.org
net_host ec1.example.org
net_host rsa1.example.org
for keys in "rsa1 ec1" "ec1 rsa1"; do
	read -r key server_key <<<"$keys"
	guide openvpn module="$module" server=$server_key.example.org client=$key.example.org authority="$T/ca.pem"
	on server
	typed pin "the server's PIN is written to a file" <"$T/pin"
	step answer "from which OpenVPN is answered"
	step server "the server is configured with $server_key"
	ok "systemd understands the service" systemd-analyze verify /etc/systemd/system/openvpn-pin.socket
	server_start
	on client
	step identity "OpenVPN lists the certificates"
	step client-unit "the client's service is configured"
	for version in 1.2 1.3; do
		part "TLS $version, client with $key, server with $server_key"
		step client "the client is configured"
		printf '%s\n' "tls-version-max $version" "reneg-pkts 10" "script-security 2" "up /bin/true" "verb 3" \
			>>/etc/openvpn/client/office.conf
		no_tunnel
		client_connects
		part "TLS $version, session keys renewed and connected again with $key"
		client_renews
		net_end client
	done
	server_end
done

part "a wrong PIN"
step client "the client is configured"
server_start
serve_typed client-start 'TLS handshake failed' "with a wrong PIN it does not connect" < <(cat "$T"/{wrong,wrong,wrong})
no_tunnel
net_end client
serve_typed client-start 'Initialization Sequence Completed' "afterwards the right PIN works" <"$T/pin"
net_end client
server_end
cp "$T/wrong" /etc/tpm2-token.pin
server_start
serve_typed client-start 'UDPv4 link remote' "a client comes to a server with a wrong PIN" <"$T/pin"
wait_for net_empty server
verdict $? "and the server ends" "$(tail "$T/server.log")"
ok "the token is asked" tool list
out "it was one try" 'wrong PINs 1 of'
net_end client
part "without the token"
mv "$store" "$store.away"
serve_typed client-start 'Please insert mine token' "without the token it does not connect" </dev/null
net_end client
