#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Prepares the case that sleeps: its program, with all that this needs, and a token are put into a folder in memory,
# since the host's file system is out of reach once the machine has slept. init.sh runs what sleep.conf says.
. "$(dirname "$0")/../integration/lib.sh"

awake=/run/awake
use=$top_builddir/test/vm/use
name=${TEST_TCTI##*/}
grep -qw mem /sys/power/state || { echo "SKIP: this machine has no suspend to memory"; exit 77; }
[ -e /sys/class/rtc/rtc0/wakealarm ] || { echo "SKIP: this machine has no clock to wake it"; exit 77; }

echo 123456 >"$T/pin"
export TPM2_TOKEN_STORE=$awake/$name/tokens.sqlite
token_make "api tests"
for i in 1 2; do
	key_make "key $i" ec:p256
done
cp -L "$use" "$awake/use"
cp -L "$TOKEN_MODULE" "$awake/module.so"
device_tcti=$(ldconfig -p | sed -n 's/.*libtss2-tcti-device\.so\.0 .*=> //p' | head -n 1)
for file in "$use" "$TOKEN_MODULE" "$device_tcti"; do
	ldd "$file" | grep -o '/[^ ]*'
done | sort -u >"$T/libraries"
[ -n "$device_tcti" ]
verdict $? "the library for device files is there"
ok "libraries are copied" xargs -a "$T/libraries" cp -L --parents -t "$awake" "$device_tcti"
# The loader finds them all in folders that it knows without a cache.
cat >>"$awake/sleep.conf" <<END
sentence="/dev/$name: suspend to memory and resume, with a login held across it"
if TPM2_TOKEN_CONF=/dev/null TPM2_TOKEN_STORE=/$name/tokens.sqlite TPM2_TOKEN_TCTI=$TEST_TCTI \\
	chroot /awake /use /module.so sleep 3 >/awake/log 2>&1; then
	echo "ok - \$sentence (\$(tail -n 1 /awake/log))"
else
	echo "not ok - \$sentence"
	sed 's/^/# /' /awake/log
	status=1
fi
END
