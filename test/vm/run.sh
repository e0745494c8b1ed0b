#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# make check-vm: boots Debian's kernel in QEMU, in software emulation, with a swtpm as its TPM and the host's root file
# system, read-only, as its own; runs test/vm/guest.sh in there. Ends with 0 if all cases passed, 77 if something is
# missing that this needs, 1 otherwise. VM_TIMEOUT: seconds after which the guest is taken as hung; VM_DEVICES: which
# of the TPM's devices to use; VM_CASES: which cases. "reboot" is one of a second machine, with the first one's TPM. What
# commands single programs cost the TPM is told from swtpm's log.
set -u
PATH=$PATH:/usr/sbin:/sbin
limit=${VM_TIMEOUT:-3600}
devices=${VM_DEVICES:-/dev/tpmrm0 /dev/tpm0}
cases=${VM_CASES:-api processes openssh pkcs11-tool luks sleep reboot}
: "${top_srcdir:?the source}" "${top_builddir:?the build}" "${TOKEN_TOOL:?the tool}" "${TOKEN_MODULE:?the module}"

skip()
{
	echo "SKIP: $1"
	exit 77
}

# The newest kernel that has its modules here.
find_kernel()
{
	local image
	for image in $(ls -v -r /boot/vmlinuz-* 2>/dev/null); do
		release=${image#/boot/vmlinuz-}
		[ -r "$image" ] && [ -d "/lib/modules/$release" ] && kernel=$image && return 0
	done
	return 1
}

# A program that is static: it is all that there is before the root file system.
find_busybox()
{
	busybox=$(command -v busybox) && ldd "$busybox" 2>&1 | grep -q -e 'not a dynamic' -e 'statically linked'
}

kernel= release= busybox=
for program in qemu-system-x86_64:qemu-system-x86 swtpm:swtpm tpm2_dictionarylockout:tpm2-tools \
	cryptsetup:cryptsetup-bin modprobe:kmod xz:xz-utils; do
	command -v "${program%:*}" >/dev/null || skip "${program%:*} is missing: install ${program#*:}"
done
find_kernel || skip "there is no kernel in /boot: install linux-image-amd64"
find_busybox || skip "there is no static busybox: install busybox-static"

work=$(mktemp -d /tmp/tpm2-token-vm.XXXXXX) || exit 1
pids=()
finish()
{
	local pid
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# module_copy NAME: with what it needs, decompressed, in the order of loading. Built into the kernel: nothing to do.
module_copy()
{
	local word file name
	modprobe -S "$release" --show-depends "$1" | while read -r word file _; do
		[ "$word" = insmod ] || continue
		name=$(basename "$file" | sed 's/\.ko.*/.ko/')
		[ ! -e "$work/initrd/modules/$name" ] || continue
		case $file in
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -dc "$file" ;;
		*) cat "$file" ;;
		esac >"$work/initrd/modules/$name"
		echo "$name" >>"$work/initrd/modules/order"
	done
}

initrd_make()
{
	local name
	mkdir -p "$work/initrd/bin" "$work/initrd/modules"
	cp "$busybox" "$work/initrd/bin/busybox"
	cp "$top_srcdir/test/vm/init.sh" "$work/initrd/init"
	chmod 755 "$work/initrd/init"
	: >"$work/initrd/modules/order"
	for name in virtio_pci 9pnet_virtio 9p overlay; do
		module_copy "$name"
	done
}

# initrd_pack CASES: for the machine that runs these.
initrd_pack()
{
	local name cases=$1
	for name in top_srcdir top_builddir TOKEN_TOOL TOKEN_MODULE devices cases; do
		declare -p "$name"
	done | sed 's/^declare -[a-z-]* /export /' >"$work/initrd/vm.conf"
	(cd "$work/initrd" && find . | "$busybox" cpio -o -H newc 2>/dev/null | gzip -1) >"$work/initrd.gz"
}

tpm_start()
{
	rm -f "$work/tpm.sock"
	swtpm socket --tpm2 --tpmstate dir="$work/tpm" --ctrl type=unixio,path="$work/tpm.sock" \
		--log level=5,file="$work/commands" >"$work/swtpm.log" 2>&1 &
	tpm_pid=$!
	pids+=("$tpm_pid")
	for _ in $(seq 100); do
		[ ! -S "$work/tpm.sock" ] || return 0
		sleep 0.1
	done
	cat "$work/swtpm.log"
	return 1
}

# The kernel writes to the first serial port, the cases to the second, which is our output.
boot()
{
	timeout -k 10 "$limit" qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none -monitor none \
		-machine q35,accel=tcg -cpu max -smp 2 -m 1024 \
		-kernel "$kernel" -initrd "$work/initrd.gz" -append "console=ttyS0 quiet panic=-1" \
		-serial "file:$work/console" -chardev stdio,id=cases,signal=off -serial chardev:cases \
		-fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
		-device virtio-9p-pci,fsdev=host,mount_tag=host \
		-fsdev local,id=kept,path="$work/kept",security_model=none \
		-device virtio-9p-pci,fsdev=kept,mount_tag=kept \
		-chardev "socket,id=tpm,path=$work/tpm.sock" -tpmdev emulator,id=tpm,chardev=tpm \
		-device tpm-tis,tpmdev=tpm -device isa-debug-exit,iobase=0x501 </dev/null 2>"$work/qemu.log"
}

# machine CASES: switched on, with the TPM of the one before.
machine()
{
	initrd_pack "$1"
	tpm_start || { echo "not ok - swtpm starts"; exit 1; }
	boot | tee -a "$work/cases"
	result=${PIPESTATUS[0]}
	kill "$tpm_pid" 2>/dev/null
	wait "$tpm_pid" 2>/dev/null
}

mkdir "$work/tpm" "$work/kept"
initrd_make || { echo "not ok - the initrd is made"; exit 1; }
echo "# $kernel, swtpm, QEMU in software emulation"
result=33
first=$(printf '%s\n' $cases | grep -vx reboot | paste -s -d ' ')
[ -z "$first" ] || machine "$first"
case " $cases " in
*" reboot "*) [ "$result" != 33 ] || machine reboot ;;
esac
awk -f "$top_srcdir/test/vm/commands.awk" "$work/commands"
passed=$(grep '^ok ' "$work/cases" | grep -cv '# SKIP')
skipped=$(grep -c '^ok .*# SKIP' "$work/cases")
failed=$(grep -c '^not ok ' "$work/cases")
echo "# $passed passed, $failed failed, $skipped skipped, $SECONDS s"
# 0 and 1 of the guest, as init.sh and QEMU pass them on.
[ "$result" != 33 ] || [ "$failed" != 0 ] || [ "$passed" = 0 ] || exit 0
[ "$result" != 35 ] || exit 1
[ "$result" != 124 ] || echo "# the guest did not end within $limit s"
echo "# QEMU ended with status $result; the kernel's last words:"
cat "$work/qemu.log"
tail -n 30 "$work/console"
exit 1
