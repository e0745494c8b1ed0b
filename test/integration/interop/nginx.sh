#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# nginx: mutual TLS 1.2 and 1.3, the server's key in the TPM; its workers were forked and have another user than the
# master that loaded the key; it is reloaded, and replaced by a new one as in an upgrade, and goes on.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client nginx nginx nginx curl openssl certtool script
openssl engine pkcs11 >"$T/out" 2>&1 || skip_all "OpenSSL's engine pkcs11 is not installed"
needs_system
tls_server_token
mkdir /var/log/nginx
rm -f /etc/nginx/sites-enabled/*
nginx_end()
{
	kill -QUIT "$(cat /run/nginx.pid)"
	wait_for test ! -e /run/nginx.pid
}
# As Debian's package does.
nginx_upgrade()
{
	local old
	old=$(cat /run/nginx.pid)
	kill -USR2 "$old"
	wait_for test -s /run/nginx.pid -a -e /run/nginx.pid.oldbin && pids+=("$(cat /run/nginx.pid)")
	verdict $? "nginx starts another one" "$(tail /var/log/nginx/error.log)"
	kill -QUIT "$old"
	wait_for eval "! kill -0 $old"
	ok "which serves 16 at once" fetch_many "$port"
}
for key in ec1 rsa1; do
	port=$(free_port)
	guide nginx key=$key host=localhost listen="127.0.0.1:$port" clients="$T/ca.pem"
	step engine "the engine is configured"
	step openssl "and OpenSSL, which starts it"
	step site "a site with $key is configured"
	part "mutual TLS with $key"
	step start "nginx starts"
	pids+=("$(cat /run/nginx.pid)")
	tls_server_ready "$port"
	tls_server_serves "$port"
	part "reload with $key"
	for i in 1 2 3; do
		step reload "nginx is reloaded"
		ok "and serves 16 at once" fetch_many "$port"
	done
	part "upgrade with $key"
	nginx_upgrade
	! grep -E '\[(alert|crit|emerg)\]' /var/log/nginx/error.log >"$T/err"
	verdict $? "its log has nothing to complain of"
	nginx_end
done
