# SPDX-License-Identifier: BSD-2-Clause
# What the tests of clients share. Test NAME.sh follows doc/guides/NAME.md as a user would: it runs the guide's own
# commands, one fenced block after the other, so that guide and test cannot disagree. Sourced after a first comment
# that says what the test proves.
#
# In a guide, a block of commands begins with ```sh and the name of the step. The first one is called "names" and
# does nothing but set variables: what differs from one user to the next. A test replaces their values. Each step runs
# in a shell of its own, which stops at the first error; variables and the working folder last from step to step.
#
# A block of another language has the name of a file, which the user writes: ```python keys.py.
#
#   client TITLE PACKAGE PROGRAM...  who is tested; skipped where a program is missing. Its version is that of the Debian
#                                package, or what follows "=". A guide of several calls it for each.
#   part SENTENCE                begins a part of the test, which has a line in doc/clients.md
#   guide NAME VARIABLE=VALUE... steps come from this guide from now on
#   step NAME SENTENCE           runs a step, which succeeds; out, err and so on look at what it printed
#   step_rc N NAME SENTENCE      it ends with status N
#   typed NAME SENTENCE          on a terminal; each question for a PIN or password is answered with a line of standard input
#   typed_rc N NAME SENTENCE     the same, and it ends with status N
#   write FILE                   the user writes this file
#   serve NAME REGEX SENTENCE    in the background, until its output matches; $server is its process, $T/serve.log its output
#   serve_typed NAME REGEX SENTENCE   the same, on a terminal, where it is answered as with typed
#   serve_end                    ends it
#   serve_ended                  waits for its end of its own accord
#   have_token, have_key LABEL TYPE, have_certificate LABEL TYPE HOST: what other guides begin with
#   not_here NAME WHY            this step cannot run in a test
#   openssl_provider             prints the path of pkcs11-provider; fails if it is not installed
#
# The machine that the guide speaks of: tpm2-token is in PATH, the module is in its folder and p11-kit knows it, as after
# make install; sudo runs its command. For root, this is a mount namespace with an /etc, /run and /var/log of its own
# (needs_system). For others, p11-kit knows the module through the user's configuration.
if [ "$(id -u)" = 0 ] && [ -z "${INTEROP_NAMESPACE-}" ] && unshare -m true 2>/dev/null; then
	INTEROP_NAMESPACE=1 exec unshare -m --propagation private "$BASH" "$0" "$@"
fi
user_home=${HOME-}
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

name=$(basename "$0" .sh)
guides=$(dirname "${BASH_SOURCE[0]}")/../../../doc/guides
title=$name package= part= parts=
inside= # the words before the shell of each step: which machine it runs on, say
declare -A ran

# The results of this test, for matrix.sh: guide, release, title, version, part, result, reason.
result()
{
	local version= release
	[ -n "${INTEROP_RESULTS-}" ] || return 0
	release=$(. /etc/os-release && echo "${ID}-${VERSION_ID-unknown}" | sed 's/^debian-/Debian /')
	case $package in
	'') ;;
	=*) version=${package#=} ;;
	*) version=$(dpkg-query -W -f='${Version}' "$package" 2>/dev/null) ;;
	esac
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$release" "$title" "${version:--}" "$1" "$2" "$3" \
		>>"$INTEROP_RESULTS/$name.tsv"
}

part_end()
{
	[ -n "$part" ] || return 0
	if [ "$failures" != "$failures_before" ]; then
		result "$part" failed "$reason"
	elif [ "$skips" != "$skips_before" ]; then
		result "$part" skipped "$reason"
	elif [ "$cases" != "$cases_before" ]; then
		result "$part" passed -
	fi
	part=
}

part()
{
	part_end
	part=$1 cases_before=$cases failures_before=$failures skips_before=$skips
	echo "# $part"
}

client()
{
	part_end
	title=$1 package=$2
	shift 2
	needs "$@"
}

frame_leave()
{
	local status=$? step
	if [ "$status" = 77 ]; then
		result - skipped "$reason"
	elif [ "$status" = 0 ]; then
		for step in $(guide_steps "$name"); do
			[ -n "${ran[$name/$step]-}" ] || { false; verdict 1 "the guide's step or file \"$step\" is used"; }
		done
		part_end
	else
		part_end
		result - failed "the test ended early, with status $status"
	fi
	(exit "$status")
	leave
}
trap frame_leave EXIT

# guide_block NAME STEP: the commands of a step, or a file.
guide_block()
{
	awk -v step="$2" '
		!inside && /^```[a-z]+ / && $2 == step { inside = found = 1; next }
		inside && /^```/ { inside = 0 }
		inside
		END { exit !found }' "$guides/$1.md"
}

# guide_steps NAME: the names of its steps, without the first, and of its files.
guide_steps()
{
	sed -n 's/^```[a-z]* //p' "$guides/$1.md" | grep -vx names
}

guide()
{
	guide=$1
	shift
	guide_block "$guide" names >"$T/names" || { echo "Bail out! $guide.md has no block \"names\""; exit 1; }
	local value
	for value; do
		grep -q "^${value%%=*}=" "$T/names" || { echo "Bail out! $guide.md does not name ${value%%=*}"; exit 1; }
		printf "%s='%s'\n" "${value%%=*}" "${value#*=}" >>"$T/names"
	done
	run_shell "$T/names" >"$T/out" 2>"$T/err" || { cat "$T/err"; echo "Bail out! the names of $guide.md"; exit 1; }
}

# run_shell FILE: its commands, where the last ones left off.
run_shell()
{
	$inside sh "$T/user/shell" "$1"
}

# begin STEP: its commands into $T/step.
begin()
{
	ran[$guide/$1]=1
	guide_block "$guide" "$1" >"$T/step" || { echo "Bail out! $guide.md has no step \"$1\""; exit 1; }
}

step()
{
	step_rc 0 "$@"
}

step_rc()
{
	begin "$2"
	rc "$1" "$3" run_shell "$T/step"
}

write()
{
	ran[$guide/$1]=1
	guide_block "$guide" "$1" >"$T/user/work/$1" || { echo "Bail out! $guide.md has no file \"$1\""; exit 1; }
}

# asked N: so many questions have been on the terminal, and it echoes no more: what is typed before that, some programs
# throw away.
asked()
{
	stty -F "$(cat "$T/tty.name")" -a | grep -q -- ' -echo ' &&
		[ "$(grep -aoiE '(PIN|password|passphrase)[^:]*:([[:space:]]|$)' "$T/tty" | wc -l)" -ge "$1" ]
}

typed()
{
	typed_rc 0 "$@"
}

typed_rc()
{
	local expected=$1
	shift
	begin "$1"
	: >"$T/tty"
	rm -f "$T/status" "$T/tty.name"
	local line count=0 status=1
	{
		while read -r line; do
			count=$((count + 1))
			wait_for asked $count
			[ ! -e "$T/status" ] || break
			printf '%s\n' "$line"
		done
		wait_for test -e "$T/status"
	} | timeout 120 script -qefc "tty >'$T/tty.name'; $inside sh '$T/user/shell' '$T/step'; echo \$? >'$T/status'" "$T/tty" >"$T/out" 2>"$T/err"
	[ ! -e "$T/status" ] || status=$(cat "$T/status")
	[ "$status" = "$expected" ]
	verdict $? "$2" "step $guide/$1, on a terminal (status $status, expected $expected)"
}

serve()
{
	begin "$1"
	: >"$T/serve.log"
	setsid $inside sh "$T/user/shell" "$T/step" >"$T/serve.log" 2>&1 </dev/null &
	serve_wait "$@"
}

serve_typed()
{
	begin "$1"
	: >"$T/tty"
	rm -f "$T/keyboard" "$T/status" "$T/tty.name"
	mkfifo "$T/keyboard"
	# Opened for both, so that the program's terminal stays when nothing more is typed.
	exec 9<>"$T/keyboard"
	setsid script -qefc "tty >'$T/tty.name'; $inside sh '$T/user/shell' '$T/step'; echo \$? >'$T/status'" "$T/tty" \
		>"$T/serve.log" 2>&1 <&9 &
	local line count=0
	while read -r line; do
		count=$((count + 1))
		wait_for asked $count
		printf '%s\n' "$line" >&9
	done
	serve_wait "$@"
}

serve_wait()
{
	server=$!
	pids+=("-$server")
	wait_for served "$2"
	grep -Eq -- "$2" "$T/serve.log"
	verdict $? "$3" "wanted of step $guide/$1: $2; it said: $(tail -n 5 "$T/serve.log")"
}

# serve_end: the process, and those that it started.
serve_end()
{
	kill -- "-$server" 2>/dev/null
	wait "$server" 2>/dev/null || true
	wait_for served_no_more
}

# serve_ended: as it was told in its own language; without an error.
serve_ended()
{
	wait_for eval "! kill -0 $server"
	! kill -0 "$server" 2>/dev/null && wait "$server"
	verdict $? "and ends without a complaint"
	serve_end
}

# Its children may hold its port for a moment.
served_no_more()
{
	! kill -0 -- "-$server"
}

served()
{
	grep -Eq -- "$1" "$T/serve.log" || ! kill -0 "$server"
}

not_here()
{
	ran[$guide/$1]=1
	skip "step \"$1\"" "$2"
}

# openssl_provider: OpenSSL's provider for PKCS#11, if it is installed.
openssl_provider()
{
	local file
	file=$(openssl version -m | sed 's/.*"\(.*\)"/\1/')/pkcs11.so
	[ -e "$file" ] && echo "$file"
}

# free_port: one that nothing listens on.
free_port()
{
	local port
	while port=$((20000 + RANDOM % 12000)); (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		:
	done
	echo "$port"
}

# agent_start: an ssh-agent, and a program that types the PIN for it and for ssh.
agent_start()
{
	local allow=()
	printf '#!/bin/sh\ncat "%s"\n' "$T/pin" >"$T/askpass"
	chmod 700 "$T/askpass"
	export SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force
	[ -n "${INTEROP_NAMESPACE-}" ] || allow=(-P "$(realpath "$module")")
	eval "$(ssh-agent -s "${allow[@]}")" >"$T/out"
	pids+=("$SSH_AGENT_PID")
}

# have_token: the one of the guide token.md, called mine, its PINs in $T/so-pin and $T/pin.
have_token()
{
	guide token
	typed init "a token is made" < <(cat "$T/so-pin" "$T/so-pin" "$T/pin" "$T/pin")
}

# have_key LABEL TYPE
have_key()
{
	tool keygen --label "$1" --type "$2" --pin-file "$T/pin" >"$T/out" 2>"$T/err"
	verdict $? "a key \"$1\" ($2) is made"
}

# machine_install: what make install does, and folders that programs write to, for this process and its children only.
machine_install()
{
	local folder
	mount -t tmpfs -o mode=755 tmpfs "$T/machine" && mkdir -p -m 755 "$T/machine"/{pkcs11,modules,run,run/lock,log} &&
		cp -a /etc "$T/machine/etc" && cp -a "$p11_modules/." "$T/machine/pkcs11" || return
	# A folder that debootstrap made has no such file.
	grep -qsw localhost "$T/machine/etc/hosts" || echo "127.0.0.1 localhost" >>"$T/machine/etc/hosts"
	install -m 644 "$TOKEN_MODULE" "$T/machine/pkcs11/tpm2-token.so" || return
	echo "module: tpm2-token.so" >"$T/machine/modules/tpm2-token.module"
	chmod 644 "$T/machine/modules/tpm2-token.module"
	rm -rf "$T/machine/etc/pkcs11"
	mount --bind "$T/machine/pkcs11" "$p11_modules" && mount --bind "$T/machine/modules" /usr/share/p11-kit/modules &&
		mount --bind "$T/machine/etc" /etc && mount --bind "$T/machine/run" /run && mount --bind "$T/machine/log" /var/log
}

# needs_system: the guide is for a server, which reads /etc and lets other users' processes work with the TPM and the
# store. The environment says nothing, for servers clear it.
needs_system()
{
	[ -n "${INTEROP_NAMESPACE-}" ] || skip_all "it needs root, for a mount namespace with an /etc of its own"
	tpm_stop
	tpm_at /run/tpm.sock "$T/tpm"
	chmod 666 /run/tpm.sock /run/tpm.sock.ctrl
	store=/run/tpm2-token
	printf '%s\n' "tcti = $TPM2_TOKEN_TCTI" "store = $store/token.sqlite" >/etc/tpm2-token.conf
	chmod 644 /etc/tpm2-token.conf
	unset TPM2_TOKEN_CONF TPM2_TOKEN_STORE TPM2_TOKEN_TCTI
}

# A certificate authority of the test: $T/ca.pem, and ca_sign REQUEST CERTIFICATE.
ca_make()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/ca.key" -subj "/CN=test CA" \
		-addext basicConstraints=critical,CA:true -addext keyUsage=keyCertSign -days 10 -out "$T/ca.pem" 2>"$T/err"
}

ca_sign()
{
	[ -e "$T/ca.pem" ] || ca_make
	openssl x509 -req -in "$1" -CA "$T/ca.pem" -CAkey "$T/ca.key" -CAcreateserial -days 10 -copy_extensions copy \
		-out "$2"
}

# have_certificate LABEL TYPE HOST: by the guide certificate.md, the test being the authority.
have_certificate()
{
	guide certificate key="$1" type="$2" host="$3"
	typed key "a key \"$1\" ($2) is made" <"$T/pin"
	typed request "a certificate for it is requested" <"$T/pin"
	ok "and granted" ca_sign "$T/user/work/$1.csr" "$T/user/work/$1.pem"
	typed store "and stored beside it" <"$T/pin"
}

mkdir -p "$T/user/work" "$T/bin" "$T/machine"
cat >"$T/user/shell" <<EOF
set -ea
. "$T/user/environment"
. "\$1"
set +a
{ export -p; printf 'cd "%s"\\n' "\$PWD"; } >"$T/user/environment.new"
mv "$T/user/environment.new" "$T/user/environment"
EOF
printf 'export PATH="%s"\ncd "%s"\n' "$T/bin:$PATH" "$T/user/work" >"$T/user/environment"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$TOKEN_TOOL" >"$T/bin/tpm2-token"
printf '#!/bin/sh\nexec "$@"\n' >"$T/bin/sudo"
chmod 755 "$T/bin"/*
PATH=$T/bin:$PATH
unset SSH_AUTH_SOCK SSH_ASKPASS
p11_modules=$(pkg-config --variable=p11_module_path p11-kit-1)
[ -d "$p11_modules" ] || skip_all "pkg-config does not know p11-kit's folder of modules"
if [ -n "${INTEROP_NAMESPACE-}" ]; then
	machine_install || { echo "Bail out! the module could not be installed in a namespace"; exit 1; }
	module=$p11_modules/tpm2-token.so
else
	mkdir -p "$T/.config/pkcs11/modules"
	echo 'user-config: only' >"$T/.config/pkcs11/pkcs11.conf"
	echo "module: $TOKEN_MODULE" >"$T/.config/pkcs11/modules/tpm2-token.module"
	module=$TOKEN_MODULE
fi
