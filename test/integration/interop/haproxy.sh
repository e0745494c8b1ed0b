#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# HAProxy: mutual TLS 1.2 and 1.3 before a server without TLS, the key in the TPM; workers of another user than root, and
# a reload while it serves.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client HAProxy haproxy haproxy curl openssl certtool script perl
openssl_provider >"$T/out" || skip_all "pkcs11-provider is not installed"
needs_system
tls_server_token
service_start
for key in ec1 rsa1; do
	port=$(free_port)
	guide haproxy key=$key user=www-data listen="127.0.0.1:$port" connect="127.0.0.1:$service" module="$module" \
		clients="$T/ca.pem"
	step provider "OpenSSL's provider is configured"
	step key "and $key"
	step configuration "and HAProxy"
	part "mutual TLS with $key"
	step test "the configuration is right"
	step start "HAProxy starts"
	pids+=("$(cat /run/haproxy.pid)")
	tls_server_ready "$port"
	tls_server_serves "$port"
	tls_server_reloads "$port" $key /run/haproxy.pid
done
