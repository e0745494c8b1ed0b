#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Chromium, on a display that nobody sees, loads a page from a server that demands a certificate, in TLS 1.2 and 1.3, with an
# EC and an RSA key. With a wrong PIN there is no page, until the right one is given.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client Chromium chromium chromium certutil modutil Xvfb xdotool openssl certtool script perl
[ -n "${INTEROP_NAMESPACE-}" ] || skip_all "its policy needs root, for a mount namespace with an /etc of its own"
have_token
tls_peer_make
cat "$T/wrong" "$T/pin" >"$T/wrong-then-right"
exec 9>"$T/display"
Xvfb -displayfd 9 -nolisten tcp >"$T/xvfb.log" 2>&1 &
pids+=($!)
exec 9>&-
wait_for test -s "$T/display" || skip_all "Xvfb does not start"
DISPLAY=:$(cat "$T/display")
export DISPLAY
# The browser is the real one, with a remote control; root must do without its sandbox. The first page is empty, so that the
# control is there before the PIN is asked for.
mkfifo "$T/to" "$T/from"
real=$(command -v chromium)
cat >"$T/bin/chromium" <<END
#!/bin/sh
exec "$real" --no-sandbox --no-first-run --user-data-dir="$T/chromium" --remote-debugging-pipe "\$@" 3<>"$T/to" 4<>"$T/from"
END
chmod 755 "$T/bin/chromium"

browser()
{
	timeout 60 "$(dirname "$0")/devtools.pl" "$T/to" "$T/from" "$@"
}

browser_shown()
{
	xdotool search --onlyvisible --name 'about:blank.*Chromium'
}

browser_start()
{
	guide chromium url=about:blank
	serve open . "Chromium starts"
	ok "and has a window" wait_for browser_shown
}

browser_end()
{
	browser "$T/pin" quit >"$T/out" 2>"$T/err"
	wait_for eval "! kill -0 $server"
	! kill -0 "$server" 2>/dev/null && wait "$server"
	verdict $? "Chromium is closed, without a complaint"
	serve_end
}

for key in ec1 rsa1; do
	type=ec:p256
	[ $key = ec1 ] || type=rsa:2048
	have_certificate $key $type $key.example.org
	part "a page with $key"
	guide chromium module="$module" db="$T/.pki/nssdb" authority="$T/ca.pem" url='https://localhost'
	if [ $key = ec1 ]; then
		step database "the module is registered"
		step authority "the database knows an authority"
		step policy "the certificate is chosen by a policy"
	fi
	browser_start
	peer_serve -tls1_3
	browser "$T/wrong" page "https://localhost:$port/" >"$T/out" 2>"$T/err"
	no_out "with a wrong PIN there is no page" Protocol
	err "but an error" 'net::ERR_'
	kill "$peer"
	browser_end
	browser_start
	peer_serve -tls1_3
	ok "asked again, the right one opens it" browser "$T/wrong-then-right" page "https://localhost:$port/"
	kill "$peer"
	browser_end
	browser_start
	for version in 1.3 1.2; do
		peer_serve "-tls${version/./_}"
		ok "a page is loaded in TLS $version" browser "$T/pin" page "https://localhost:$port/"
		out "which says whom it was sent to" "Subject: CN *= *$key\\.example\\.org"
		out "in TLS $version" "Protocol *: TLSv$version"
		kill "$peer"
	done
	browser_end
	ok "the key is removed" tool rm --label $key --yes --pin-file "$T/pin"
done
