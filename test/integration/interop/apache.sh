#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Apache httpd: mutual TLS 1.2 and 1.3, the server's key in the TPM, with forked children (prefork) and with threads
# in them (event), through a graceful restart.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client "Apache httpd" apache2 apachectl curl openssl certtool script
if openssl_provider >"$T/out"; then
	way=provider other=engine
else
	way=engine other=provider
	openssl engine pkcs11 >"$T/out" 2>&1 || skip_all "OpenSSL's engine pkcs11 is not installed"
fi
needs_system
tls_server_token
mkdir /var/log/apache2
rm -f /etc/apache2/sites-enabled/*
: >/etc/apache2/ports.conf
apache_end()
{
	apachectl stop >/dev/null 2>&1
	wait_for test ! -e /run/apache2/apache2.pid
}
guide apache module="$module"
step $way "OpenSSL's $way is configured"
not_here $other "this machine's Apache uses the $way"
for mpm in prefork event; do
	a2dismod -qf mpm_event mpm_prefork >"$T/out" 2>&1
	a2enmod -q mpm_$mpm >"$T/out" 2>&1
	for key in ec1 rsa1; do
		port=$(free_port)
		echo "Listen 127.0.0.1:$port" >/etc/apache2/ports.conf
		guide apache module="$module" key=$key host=localhost listen="$port" clients="$T/ca.pem"
		step site "a site with $key is configured"
		part "mutual TLS with $key, MPM $mpm"
		step start "Apache starts"
		wait_for test -s /run/apache2/apache2.pid && pids+=("$(cat /run/apache2/apache2.pid)")
		tls_server_ready "$port"
		tls_server_serves "$port"
		part "graceful restart with $key, MPM $mpm"
		for i in 1 2 3; do
			step reload "Apache restarts gracefully"
			ok "and serves 16 at once" fetch_many "$port"
		done
		apache_end
	done
done
