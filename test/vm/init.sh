#!/bin/busybox sh
# SPDX-License-Identifier: BSD-2-Clause
# The guest's first process. It mounts the host's root file system under a layer in memory and runs the cases in
# there; then those that put the machine to sleep, from memory, because 9p does not wake up again. What they say goes
# to the second serial port; the last line is the status: without it the host takes the run as failed.
busybox=/bin/busybox
$busybox mkdir -p /proc /sys /dev /lower /layer /root /awake
$busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
stty -F /dev/ttyS1 raw -echo
exec >/dev/ttyS1 2>&1 </dev/null
. /vm.conf

# A byte n for this port ends QEMU with status 2 n + 1: here 33 and 35, which nothing else gives.
leave()
{
	echo "# status $1"
	printf "\\$((20 + $1))" | dd of=/dev/port bs=1 seek=$((0x501)) 2>/dev/null
	poweroff -n -f
}

while read -r module; do
	insmod "/modules/$module"
done </modules/order
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 host /lower &&
	mount -t tmpfs -o mode=755 layer /layer && mkdir /layer/upper /layer/work &&
	mount -t overlay -o lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work overlay /root || {
	echo "not ok - the host's root file system is mounted"
	leave 1
}
for fs in proc sys dev; do
	mount -o bind /$fs /root/$fs
done
ln -s /proc/self/fd /dev/fd
mkdir -p /dev/pts
mount -t devpts -o ptmxmode=666 devpts /dev/pts && mount -o bind /dev/pts /root/dev/pts
# What the kernel loads by itself it looks for here.
printf '#!/bin/sh\nexec chroot /root /sbin/modprobe "$@"\n' >/bin/modprobe-host
chmod 755 /bin/modprobe-host
echo /bin/modprobe-host >/proc/sys/kernel/modprobe
mkdir -p /root/run/awake /root/run/kept
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 kept /root/run/kept
mount -o bind /awake /root/run/awake
# p11-kit knows no other module: systemd gives up where one, as SoftHSM2, opens no session on an empty slot.
[ ! -d /root/usr/share/p11-kit/modules ] || mount -t tmpfs none /root/usr/share/p11-kit/modules
ip link set lo up
# The host's, if it can be read at all, may lock root out of ssh.
rm -f /root/etc/shadow
echo 'root:*:19000:0:99999:7:::' >/root/etc/shadow

status=0
chroot /root /bin/bash "$top_srcdir/test/vm/guest.sh" || status=1
if [ -e /awake/sleep.conf ]; then
	mkdir -p /awake/dev /awake/sys
	mount -o bind /dev /awake/dev
	mount -o bind /sys /awake/sys
	. /awake/sleep.conf
fi
leave $status
