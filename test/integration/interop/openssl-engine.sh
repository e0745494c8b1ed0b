#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# OpenSSL through libp11's engine: requests, signatures and TLS, once with the engine for the key only and once with
# it as the default for everything, where it also serves the calls that the module and libtss2 make themselves.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client "OpenSSL's engine" libengine-pkcs11-openssl openssl curl certtool ssh-keygen script
openssl engine pkcs11 >"$T/out" 2>&1 || skip_all "OpenSSL's engine pkcs11 is not installed"
have_token
have_certificate ec1 ec:p256 localhost
have_certificate rsa1 rsa:2048 localhost
for key in ec1 rsa1; do
	port=$(free_port)
	guide openssl-engine key=$key listen="127.0.0.1:$port" pin_file="$T/user/pin"
	part "requests and signatures with $key"
	typed request "a request" <"$T/pin"
	ok "is right" openssl req -verify -noout -in "$T/user/work/another.csr"
	typed sign "a signature" <"$T/pin"
	step verify "is right"
	part "s_server with $key"
	typed pin "the PIN is written to a file" <"$T/pin"
	serve server ACCEPT "a server starts"
	for version in 1.2 1.3; do
		ok "it answers in TLS $version" fetch "$port" --tlsv$version --tls-max $version
	done
	serve_end
done

for key in ec1 rsa1; do
	tool ssh --public --label "$key" >"$T/$key.pub"
	ssh-keygen -e -m PKCS8 -f "$T/$key.pub" >"$T/$key.public"
done
head -c 5000 /dev/urandom >"$T/long"
cat >"$T/engine.cnf" <<END
openssl_conf = init
[init]
engines = engines
[engines]
pkcs11 = pkcs11
[pkcs11]
engine_id = pkcs11
MODULE_PATH = $(realpath "$module")
PIN = $(cat "$T/pin")
END
{ cat "$T/engine.cnf"; printf 'init = 1\ndefault_algorithms = ALL\n'; } >"$T/default.cnf"
engine="-engine pkcs11 -keyform engine"
private()
{
	echo "pkcs11:token=mine;object=$1;type=private"
}
# with COMMAND: it uses the engine, what checks its work does not.
with()
{
	OPENSSL_CONF=$T/$config.cnf "$@"
}

# server_start OPTIONS: openssl s_server on a free port, as $port.
server_start()
{
	for try in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 20000))
		: >"$T/server.log" # nothing of the last one
		"${as[@]}" openssl s_server -accept "127.0.0.1:$port" -www "$@" >"$T/server.log" 2>&1 </dev/null &
		server=$!
		pids+=("$server")
		wait_for grep -q -e ^ACCEPT -e rror "$T/server.log"
		! grep -q ^ACCEPT "$T/server.log" || return 0
		kill "$server" 2>/dev/null
	done
	return 1
}
get()
{
	timeout 60 curl -sS --cacert "$1" --connect-to "localhost::127.0.0.1:" "${@:2}" "https://localhost:$port/"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/server.key" -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost -out "$T/server.pem" 2>"$T/err"
config=engine
curl=yes
with curl --engine pkcs11 -s file:///dev/null >"$T/out" 2>"$T/err"
[ $? != 4 ] || curl=no # CURLE_NOT_BUILT_IN
for config in engine default; do
	part "requests, signatures, CMS and TLS, configuration \"$config\""
	for key in ec1 rsa1; do
		ok "a certificate of $key" with openssl req -new -x509 $engine -key "$(private $key)" -subj /CN=localhost \
			-addext subjectAltName=DNS:localhost -out "$T/$key.pem"
		no_err "of which the module and libtss2 say nothing" 'tpm2-token\[|ERROR:|WARNING:'
		ok "is right" openssl verify -CAfile "$T/$key.pem" "$T/$key.pem"
		ok "a signature of $key" with openssl dgst -sha384 $engine -sign "$(private $key)" -out "$T/sig" "$T/long"
		ok "is right" openssl dgst -sha384 -verify "$T/$key.public" -signature "$T/sig" "$T/long"
		ok "for the engine too" with openssl dgst -sha384 $engine -verify "pkcs11:token=mine;object=$key;type=public" \
			-signature "$T/sig" "$T/long"
		as=(env "OPENSSL_CONF=$T/$config.cnf")
		server_start $engine -key "$(private $key)" -cert "$T/$key.pem"
		for version in 1.2 1.3; do
			ok "a server with $key answers in TLS $version" get "$T/$key.pem" --tlsv$version --tls-max $version
		done
		kill "$server"
		as=(env)
		server_start -key "$T/server.key" -cert "$T/server.pem" -CAfile "$T/$key.pem" -Verify 1 -verify_return_error
		if [ "$curl" = yes ]; then
			ok "it lets curl in with $key" with get "$T/server.pem" --engine pkcs11 --key-type ENG \
				--key "$(private $key)" --cert "$T/$key.pem"
		else
			skip "it lets curl in with $key" "this curl knows no engines"
		fi
		kill "$server"
	done
	ok "RSA-PSS with an odd salt" with openssl dgst -sha256 $engine -sign "$(private rsa1)" \
		-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:17 -out "$T/sig" "$T/long"
	ok "is right" openssl dgst -sha256 -verify "$T/rsa1.public" -sigopt rsa_padding_mode:pss \
		-sigopt rsa_pss_saltlen:17 -signature "$T/sig" "$T/long"
	ok "a signed message" with openssl cms -sign $engine -inkey "$(private rsa1)" -signer "$T/rsa1.pem" -in "$T/long" \
		-binary -out "$T/message"
	ok "is right" openssl cms -verify -in "$T/message" -binary -CAfile "$T/rsa1.pem" -purpose any -out "$T/back"
done
