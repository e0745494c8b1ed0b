#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# wpa_supplicant: EAP-TLS over a cable to an authenticator, hostapd, which opens the port, in TLS 1.2 and 1.3 with an EC
# and an RSA key, the PIN typed at a terminal, handed over, or in the file, and again without it; the same by RADIUS, as
# for Wi-Fi. With a wrong PIN, which is tried once, or without the token, the port stays shut.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/net.sh"
. "$(dirname "$0")/tls.sh"

client wpa_supplicant wpasupplicant wpa_supplicant wpa_cli eapol_test hostapd openssl certtool script
openssl engine pkcs11 >"$T/out" 2>&1 || skip_all "OpenSSL's engine pkcs11 is not installed"
net_make
needs_system

# authenticator_start: at the other end of the cable, with a RADIUS server in it, both new to the client.
authenticator_start()
{
	net_end server
	net_run server hostapd -d "$T/hostapd.conf" >"$T/hostapd.log" 2>&1 &
	pids+=($!)
	wait_for grep -q AP-ENABLED "$T/hostapd.log"
	verdict $? "an authenticator is there" "$(tail "$T/hostapd.log")"
}

authenticator_configure()
{
	tls_peer_make
	echo '* TLS' >"$T/eap_user"
	echo '192.0.2.0/24 secret' >"$T/radius_clients"
	cat >"$T/hostapd.conf" <<-END
		interface=cable
		driver=wired
		ieee8021x=1
		use_pae_group_addr=1
		eap_server=1
		eap_user_file=$T/eap_user
		ca_cert=$T/ca.pem
		server_cert=$T/peer.pem
		private_key=$T/peer.key
		tls_flags=[ENABLE-TLSv1.3]
		radius_server_clients=$T/radius_clients
		radius_server_auth_port=1812
	END
}

# authorised N: the authenticator has opened the port so often.
authorised()
{
	[ "$(grep -ac 'IEEE 802.1X: authorizing port' "$T/hostapd.log")" -ge "$1" ]
}

# tls_is VERSION: what the authenticator saw.
tls_is()
{
	grep -aq "Using TLS version TLSv$1" "$T/hostapd.log"
	verdict $? "by TLS $1" "$(grep -a 'TLS version' "$T/hostapd.log")"
}

port_open()
{
	wait_for authorised 1
	verdict $? "the authenticator opens the port" "$(tail "$T/serve.log")"
	step check "wpa_supplicant tells its state"
	out "the port is open" '^suppPortStatus=Authorized'
	out "with a certificate" 'selectedMethod=13'
}

port_shut()
{
	step check "wpa_supplicant tells its state"
	out "the port is shut" '^suppPortStatus=Unauthorized'
	! authorised 1
	verdict $? "on the other side too"
}

have_token
have_certificate ec1 ec:p256 ec1.example.org
have_certificate rsa1 rsa:2048 rsa1.example.org
authenticator_configure
configuration=/etc/wpa_supplicant/wpa_supplicant-wired-cable.conf
on client
guide wpa-supplicant
not_here service "systemd does not run here"
not_here wifi-service "there is no radio"
for key in ec1 rsa1; do
	guide wpa-supplicant interface=cable key=$key identity=$key.example.org network=localhost authority="$T/ca.pem"
	for version in 1.2 1.3; do
		part "cable, TLS $version with $key"
		step configuration "wpa_supplicant is configured"
		[ $version = 1.2 ] || sed -i 's/^}/phase1="tls_disable_tlsv1_3=0"\n}/' $configuration
		authenticator_start
		serve_typed start 'CTRL-EVENT-CONNECTED' "it asks for the PIN and connects" <"$T/pin"
		port_open
		tls_is $version
		ok "it proves again who it is" net_run client wpa_cli -i cable reauthenticate
		wait_for authorised 2
		verdict $? "without the PIN" "$(tail "$T/serve.log")"
		net_end client
	done
	part "Wi-Fi by RADIUS with $key"
	typed wifi "the PIN is written to the file" <"$T/pin"
	authenticator_start
	step wifi-test "an access point would have let it in"
	out "by what the server said" '^SUCCESS$'
done

part "without a terminal"
authenticator_start
serve start 'CTRL-REQ' "without a terminal it waits for the PIN"
port_shut
typed pin "which is handed over" <"$T/pin"
port_open
net_end client
part "a wrong PIN"
authenticator_start
serve start 'CTRL-REQ' "it waits for the PIN"
typed pin "a wrong one is handed over" <"$T/wrong"
wait_for grep -q 'PIN incorrect' "$T/serve.log"
verdict $? "and refused" "$(tail "$T/serve.log")"
port_shut
ok "the token is asked" tool list
out "it was one try" 'wrong PINs 1 of'
net_end client
part "without the token"
mv "$store" "$store.away"
authenticator_start
serve start 'The private key was not found' "without the token it finds no key"
port_shut
net_end client
