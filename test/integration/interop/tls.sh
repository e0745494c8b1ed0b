# SPDX-License-Identifier: BSD-2-Clause
# What the tests of TLS servers share: the other side, which has its keys in files. Sourced after frame.sh.

# tls_client_make: a client's key and certificate, $T/client.key and $T/client.pem, by the authority $T/ca.pem.
tls_client_make()
{
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/client.key" -subj /CN=client \
		-out "$T/client.csr" 2>"$T/err"
	ca_sign "$T/client.csr" "$T/client.pem" 2>"$T/err"
}

# tls_peer_make: a server's key and certificate for localhost, and peer_serve OPTION...: openssl's server with it, which
# demands a certificate, on loopback as $port; $peer is its process.
tls_peer_make()
{
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/peer.key" -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -out "$T/peer.csr" 2>"$T/err"
	ca_sign "$T/peer.csr" "$T/peer.pem" 2>"$T/err"
}

peer_serve()
{
	for _ in 1 2 3 4 5; do
		port=$(free_port)
		: >"$T/peer.log" # nothing of the last one
		openssl s_server -accept "127.0.0.1:$port" -www -key "$T/peer.key" -cert "$T/peer.pem" -CAfile "$T/ca.pem" \
			-Verify 1 -verify_return_error "$@" >"$T/peer.log" 2>&1 </dev/null &
		peer=$!
		pids+=("$peer")
		wait_for grep -q -e ^ACCEPT -e rror "$T/peer.log"
		! grep -q ^ACCEPT "$T/peer.log" || return 0
	done
	return 1
}

# fetch PORT CURL-OPTIONS: a page of https://localhost.
fetch()
{
	timeout 60 curl -sS --cacert "$T/ca.pem" --connect-to "localhost::127.0.0.1:" "${@:2}" "https://localhost:$1/"
}

# fetch_many PORT: 16 at once, which more than one worker serves.
fetch_many()
{
	local i pid status=0 all=()
	for i in $(seq 16); do
		fetch "$1" --cert "$T/client.pem" --key "$T/client.key" -f -o /dev/null &
		all+=($!)
	done
	for pid in "${all[@]}"; do
		wait "$pid" || status=1
	done
	return $status
}

# tls_server_serves PORT KEY: mutual TLS in both versions, and nobody without a certificate.
tls_server_serves()
{
	local version
	for version in 1.2 1.3; do
		ok "it serves a client that has a certificate in TLS $version" fetch "$1" --cert "$T/client.pem" \
			--key "$T/client.key" --tlsv$version --tls-max $version -f
	done
	! fetch "$1" -f >"$T/out" 2>"$T/err"
	verdict $? "it refuses one that has none"
	ok "it serves 16 at once" fetch_many "$1"
}

# tls_server_reloads PORT KEY PIDFILE: by the guide's step, twice, and ends.
tls_server_reloads()
{
	local i
	part "reload with $2"
	for i in 1 2; do
		step reload "its configuration is read again"
		ok "and it serves 16 at once" fetch_many "$1"
	done
	kill "$(cat "$3")"
	wait_for test ! -e "$3" || true
}

# tls_server_ready PORT: until it answers at all, 10 seconds at most.
tls_server_ready()
{
	wait_for fetch "$1" -o /dev/null --cert "$T/client.pem" --key "$T/client.key"
}

# tls_server_token: a certificate of an EC and of an RSA key for localhost, for user www-data by the guide server.md.
tls_server_token()
{
	have_token
	have_certificate ec1 ec:p256 localhost
	have_certificate rsa1 rsa:2048 localhost
	tls_client_make
	# The system's list of users is not the test's to change; swtpm's sockets are open to all.
	printf '#!/bin/sh\n' >"$T/bin/usermod"
	chmod 755 "$T/bin/usermod"
	guide server store="$store" module="$module"
	step group "the server's user may read the store"
	# The test's TPM has no resource manager: those who share it tell each other through this file.
	chmod g+w "$store/token.sqlite-tpm"
	typed pin "the PIN is written to a file" <"$T/pin"
}

# service_start: a service without TLS, which says the same to everybody, on loopback at port $service.
service_start()
{
	service=$(free_port)
	perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 64) or die;
		$SIG{PIPE} = "IGNORE";
		while (my $c = $s->accept) {
			while (<$c>) { last if /^\r?$/ }
			print $c "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nhi\n";
			close $c;
		}' "$service" &
	pids+=($!)
}
