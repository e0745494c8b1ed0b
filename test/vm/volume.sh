# SPDX-License-Identifier: BSD-2-Clause
# What the cases of a LUKS2 volume share. Sourced after lib.sh. $image is the volume's file.
attach=$(command -v systemd-cryptsetup || ls /lib/systemd/systemd-cryptsetup 2>/dev/null) || {
	echo "SKIP: systemd-cryptsetup is not installed"
	exit 77
}
needs cryptsetup
modprobe -a loop dm_crypt || { echo "SKIP: the kernel has no dm-crypt"; exit 77; }
kept=/run/kept
name=${TEST_TCTI##*/}
image=

# What belongs to the volume goes with it, however this ends.
volume=tpm2-token-test
export DM_DISABLE_UDEV=1
trap '! test -e /dev/mapper/$volume || detach; leave' EXIT

mkdir -p /etc/pkcs11/modules
printf 'module: %s\n' "$(realpath "$TOKEN_MODULE")" >/etc/pkcs11/modules/tpm2-token.module

# attach PIN-FILE: the token's URI is in the volume.
attach()
{
	PIN=$(cat "$1") timeout 120 "$attach" attach $volume "$image" - luks,headless=true,tries=1,pkcs11-uri=auto
}

detach()
{
	"$attach" detach $volume
}

stays_closed()
{
	rc 1 "with a wrong PIN it stays closed" attach "$T/wrong"
	! test -e /dev/mapper/$volume
	verdict $? "and there is no device"
}

# The TPM counts its resets.
switched_on()
{
	tpm2_readclock | grep reset_count
}
