#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Firefox without a window loads a page from a server that demands a certificate, in TLS 1.2 and 1.3, with an EC and an RSA
# key; the module is registered in a profile, and by a policy. With a wrong PIN there is no page.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/tls.sh"

client Firefox firefox-esr firefox-esr certutil modutil openssl certtool script perl
have_token
tls_peer_make
profile=$T/profile
# The browser is the real one, with a remote control; the first page is empty, so that the control is there before the PIN
# is asked for.
real=$(command -v firefox-esr)
printf '#!/bin/sh\nexec "%s" --headless --marionette --remote-allow-system-access "$@"\n' "$real" >"$T/bin/firefox-esr"
chmod 755 "$T/bin/firefox-esr"

# browser_start: by the guide's step.
browser_start()
{
	control=$(free_port)
	echo "user_pref(\"marionette.port\", $control);" >>"$profile/user.js"
	serve open "Listening on port $control" "Firefox starts"
}

browser()
{
	timeout 60 "$(dirname "$0")/marionette.pl" "$control" "$@"
}

browser_end()
{
	ok "Firefox is closed" browser "$T/pin" quit
	serve_ended
}

# loads KEY: the page, in both versions of TLS.
loads()
{
	local version
	for version in 1.3 1.2; do
		peer_serve "-tls${version/./_}"
		ok "a page is loaded in TLS $version" browser "$T/pin" page "https://localhost:$port/"
		out "which says whom it was sent to" "Subject: CN *= *$1\\.example\\.org"
		out "in TLS $version" "Protocol *: TLSv$version"
		kill "$peer"
	done
}

for key in ec1 rsa1; do
	type=ec:p256
	[ $key = ec1 ] || type=rsa:2048
	have_certificate $key $type $key.example.org
	guide firefox module="$module" profile="$profile" authority="$T/ca.pem" url=about:blank
	part "a page with $key"
	if [ $key = ec1 ]; then
		step profile "the module is registered in a profile"
		step authority "which knows an authority"
		step choose "and chooses the certificate"
	fi
	browser_start
	peer_serve -tls1_3
	browser "$T/wrong" page "https://localhost:$port/" >"$T/out" 2>"$T/err"
	no_out "with a wrong PIN there is no page" 'Protocol'
	kill "$peer"
	loads $key
	browser_end
	ok "the key is removed" tool rm --label $key --yes --pin-file "$T/pin"
done

part "a policy for all users"
have_certificate ec2 ec:p256 ec2.example.org
guide firefox module="$module" profile="$T/profile2" authority="$T/ca.pem" url=about:blank
if [ -n "${INTEROP_NAMESPACE-}" ]; then
	profile=$T/profile2
	mkdir "$profile"
	step policy "the policy is written"
	browser_start
	loads ec2
	browser_end
else
	not_here policy "it needs root, for a mount namespace with an /etc of its own"
fi
