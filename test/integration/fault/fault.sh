#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Faults as an application meets them: each command of a login and a signature
# fails; the TPM is switched off and on, reset without anybody who starts it up,
# its resource manager is restarted, it is cleared. Nothing needs C_Finalize or
# another login; a TPM that was cleared is said to be so.
. "$(dirname "$0")/../lib.sh"
program=$top_builddir/test/integration/fault/fault
pin=$(cat "$T/pin")

# fault SENTENCE ARGUMENT...: the program's cases are shown as comments.
fault()
{
	local sentence=$1
	shift
	ok "$sentence" "$program" "$TOKEN_MODULE" "$pin" "$@"
	grep '^not ok\|^Bail' "$T/out" | sed 's/^/# /'
}

# A script that a C program can run: off, and on with the state that it has.
cat >"$T/restart" <<END
pid=\$(cat "$T/tpm.pid")
kill \$pid
while kill -0 \$pid 2>/dev/null; do sleep 0.01; done
rm -f "$T/tpm.sock" "$T/tpm.sock.ctrl"
swtpm socket --tpm2 --tpmstate dir="$T/tpm" --flags not-need-init,startup-clear --daemon \\
	--pid file="$T/tpm.pid" --server type=unixio,path="$T/tpm.sock" \\
	--ctrl type=unixio,path="$T/tpm.sock.ctrl" >>"$T/tpm.log" 2>&1
END
# Reset, and nobody sends TPM2_Startup.
cat >"$T/init" <<END
swtpm_ioctl --unix "$T/tpm.sock.ctrl" -i
END
cat >"$T/clear" <<END
tpm2_clear -c lockout >>"$T/tpm.log" 2>&1
END
leave_tpm()
{
	kill "$(cat "$T/tpm.pid")" 2>/dev/null
	leave
}

echo "$tpm_pid" >"$T/tpm.pid"
tpm_stop
rm -f "$T/tpm.sock.ctrl"
swtpm=$TPM2_TOKEN_TCTI
sh "$T/restart" 2>/dev/null
trap leave_tpm EXIT
ok "a token is made" tool init --label fault --so-pin-file "$T/so-pin" --pin-file "$T/pin"
key_make key ec:p256
ok "a login before all others" tool list --login --pin-file "$T/pin"

tcti=$top_builddir/test/tcti/.libs/tss2-tcti-tokentest.so
TPM2_TOKEN_TCTI=$tcti:$swtpm TPM2_TOKEN_RESOURCE_MANAGER=no \
	fault "every command of a login and a signature may fail" loop
sh "$T/restart"

fault "the TPM is switched off and on" survives "sh '$T/restart'"
if command -v swtpm_ioctl >/dev/null; then
	fault "the TPM is reset and not started up" survives "sh '$T/init'"
else
	skip "the TPM is reset and not started up" "swtpm_ioctl is not installed"
fi

# --- tpm2-abrmd on a bus of its own -----------------------------------------------------------------

cat >"$T/bus.conf" <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
 <type>session</type>
 <listen>unix:path=$T/bus</listen>
 <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
END
cat >"$T/manager" <<END
if [ -s "$T/abrmd.pid" ]; then
	pid=\$(cat "$T/abrmd.pid")
	kill \$pid
	while kill -0 \$pid 2>/dev/null; do sleep 0.01; done
fi
tpm2-abrmd --session --allow-root --tcti="$swtpm" >>"$T/abrmd.log" 2>&1 &
echo \$! >"$T/abrmd.pid"
for i in \$(seq 50); do
	! timeout 5 tpm2_getrandom -T tabrmd:bus_type=session 1 >/dev/null 2>&1 || exit 0
	sleep 0.05
done
exit 1
END
manager_end()
{
	kill "$(cat "$T/abrmd.pid")" 2>/dev/null
}

manager_story()
{
	export DBUS_SESSION_BUS_ADDRESS=unix:path=$T/bus
	dbus-daemon --config-file="$T/bus.conf" --nofork >"$T/bus.log" 2>&1 &
	pids+=($!)
	wait_for test -S "$T/bus"
	sh "$T/manager" || return 1
	TPM2_TOKEN_TCTI=$tcti:tabrmd:bus_type=session \
		fault "every command may fail behind tpm2-abrmd" loop
	TPM2_TOKEN_TCTI=tabrmd:bus_type=session fault "tpm2-abrmd is restarted" survives "sh '$T/manager'"
	manager_end
}

if command -v dbus-daemon >/dev/null && command -v tpm2-abrmd >/dev/null &&
	ls /usr/lib/*/libtss2-tcti-tabrmd.so.0 >/dev/null 2>&1; then
	manager_story || verdict 1 "tpm2-abrmd serves on a bus of its own"
else
	skip "tpm2-abrmd is restarted" "tpm2-abrmd, its TCTI or dbus-daemon is not installed"
fi

# --- last of all -------------------------------------------------------------------------------------

TPM2_TOKEN_LOG=error fault "the TPM is cleared" cleared "sh '$T/clear'"
err "and it is said to be so" "the TPM was cleared, or this store comes from another machine"
