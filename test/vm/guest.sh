#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# All cases of the guest, on the devices of a real kernel. Each is a test of its own, with its own token; what it
# says is shown when it fails.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
log=$(mktemp /tmp/guest.XXXXXX)
test=$top_srcdir/test
export abs_top_builddir=$top_builddir
status=0

# a_case SENTENCE SCRIPT
a_case()
{
	local sentence=$1 result=0 start=$SECONDS
	timeout 1200 bash "$test/$2" >"$log" 2>&1 </dev/null || result=$?
	case $result in
	0) echo "ok - $sentence ($(summary), $((SECONDS - start)) s)" ;;
	77) echo "ok - $sentence # SKIP $(tail -n 1 "$log")" ;;
	*)
		echo "not ok - $sentence (status $result)"
		{ grep -E -A8 '^not ok|FAILED' "$log" || tail -n 40 "$log"; } | head -n 80 | sed 's/^/# /'
		status=1 ;;
	esac
}

# How much of it there was.
summary()
{
	sed -n -e 's/^1\.\.\([0-9]*\)$/\1 cases/p' -e 's/^\([0-9]* checks\),.*/\1/p' "$log" | tail -n 1
}

# In swtpm's log, through the device that is never locked.
mark()
{
	printf "\\x80\\x01\\0\\0\\0\\x$(printf %02x $((12 + ${#1})))\\0\\0\\x01\\x46\\0\\x$(printf %02x ${#1})%s" "$1" >/dev/tpmrm0
}

# marked PROGRAM FIRST-WORD WHAT: when it is called so, the commands that it costs are counted.
marked()
{
	local program
	program=$(command -v "$1" || ls "/lib/systemd/$1") || return 0
	cat >"/run/marked/${program##*/}" <<END
#!/bin/bash
$(declare -f mark)
[ "\$1" = "$2" ] || exec "$program" "\$@"
what="\${TEST_TCTI#device:}, $3"
case " \$* " in
*" -I "*) what="\$what -I" ;;
esac
mark "begin \$what"
"$program" "\$@"
status=\$?
mark end
exit \$status
END
	chmod 755 "/run/marked/${program##*/}"
}

mkdir -p /run/marked
marked ssh -F ssh
marked systemd-cryptsetup attach "unlocking a volume"
PATH=/run/marked:$PATH
uname -sr | sed 's/^/# /'
for device in $devices; do
	[ -c "$device" ] || { echo "not ok - the kernel has $device"; status=1; continue; }
	export TEST_TCTI=device:$device
	for name in $cases; do
		case $name in
		api) a_case "$device: the API suite" integration/api/run_api.sh ;;
		processes) a_case "$device: more keys than slots, and 4 processes at once" vm/processes.sh ;;
		openssh) a_case "$device: OpenSSH, client, server and agent" integration/interop/openssh.sh ;;
		pkcs11-tool) a_case "$device: pkcs11-tool" integration/interop/pkcs11-tool.sh ;;
		luks) a_case "$device: a LUKS2 volume of systemd-cryptenroll and systemd-cryptsetup" vm/luks.sh ;;
		reboot) a_case "$device: after a power cut, the LUKS2 volume" vm/reboot.sh ;;
		sleep) a_case "$device: a token for the case that sleeps" vm/sleep.sh ;;
		*) echo "not ok - there is a case $name"; status=1 ;;
		esac
	done
done
exit $status
