#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# stunnel: mutual TLS 1.2 and 1.3 before a service without TLS, the key in the TPM; its configuration is read again.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client stunnel stunnel4 stunnel curl openssl certtool script perl
openssl engine pkcs11 >"$T/out" 2>&1 || skip_all "OpenSSL's engine pkcs11 is not installed"
needs_system
tls_server_token
service_start
for key in ec1 rsa1; do
	port=$(free_port)
	guide stunnel key=$key accept="127.0.0.1:$port" connect="127.0.0.1:$service" clients="$T/ca.pem"
	step configuration "a tunnel with $key is configured"
	part "mutual TLS with $key"
	step start "stunnel starts"
	wait_for test -s /run/stunnel-tpm.pid && pids+=("$(cat /run/stunnel-tpm.pid)")
	tls_server_ready "$port"
	tls_server_serves "$port"
	tls_server_reloads "$port" $key /run/stunnel-tpm.pid
done
