#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A LUKS2 volume that an RSA key of the token opens: systemd enrols it, and opens it with the token's PIN. systemd finds
# the module through p11-kit. It enrols the key of a certificate (systemd 252 knows nothing else) and takes the
# one RSA key that decrypts.
. "$(dirname "$0")/../integration/lib.sh"

attach=$(command -v systemd-cryptsetup || ls /lib/systemd/systemd-cryptsetup 2>/dev/null) || {
	echo "SKIP: systemd-cryptsetup is not installed"
	exit 77
}
needs cryptsetup systemd-cryptenroll openssl pkcs11-tool
openssl engine pkcs11 >"$T/out" 2>&1 || { echo "SKIP: OpenSSL's engine pkcs11 is not installed"; exit 77; }
modprobe -a loop dm_crypt || { echo "SKIP: the kernel has no dm-crypt"; exit 77; }

# What belongs to the volume goes with it, however this ends.
volume=tpm2-token-test
export DM_DISABLE_UDEV=1
trap '! test -e /dev/mapper/$volume || "$attach" detach $volume; leave' EXIT

token_make t
ok "a key is made that decrypts and signs" pkcs11-tool --module "$TOKEN_MODULE" --token-label t --login \
	--pin "$(cat "$T/pin")" --keypairgen --key-type rsa:2048 --label disk --id 01 --usage-decrypt --usage-sign
cat >"$T/engine.cnf" <<END
openssl_conf = init
[init]
engines = engines
[engines]
pkcs11 = pkcs11
[pkcs11]
engine_id = pkcs11
MODULE_PATH = $(realpath "$TOKEN_MODULE")
PIN = $(cat "$T/pin")
[req]
distinguished_name = name
[name]
END
ok "it signs its own certificate" env OPENSSL_CONF="$T/engine.cnf" openssl req -new -x509 -engine pkcs11 \
	-keyform engine -key "pkcs11:token=t;object=disk;type=private" -subj /CN=disk -out "$T/disk.pem"
ok "which the token keeps" tool cert add "$T/disk.pem" --pin-file "$T/pin"

mkdir -p /etc/pkcs11/modules
printf 'module: %s\n' "$(realpath "$TOKEN_MODULE")" >/etc/pkcs11/modules/tpm2-token.module
head -c 32M /dev/zero >"$T/disk.img"
echo -n password >"$T/password"
ok "a LUKS2 volume is made" cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
	--key-file "$T/password" "$T/disk.img"
enroll()
{
	PASSWORD=$(cat "$T/password") PIN=$(cat "$T/pin") timeout 120 systemd-cryptenroll \
		--pkcs11-token-uri="pkcs11:token=t;object=disk" "$T/disk.img"
}
ok "systemd-cryptenroll enrols the key" enroll
ok "the volume says so" cryptsetup luksDump "$T/disk.img"
out "as a token of its own" 'systemd-pkcs11'

# The token's URI is in the volume.
# attach PIN-FILE
attach()
{
	PIN=$(cat "$1") timeout 120 "$attach" attach $volume "$T/disk.img" - luks,headless=true,tries=1,pkcs11-uri=auto
}
rc 1 "with a wrong PIN it stays closed" attach "$T/wrong"
! test -e /dev/mapper/$volume
verdict $? "and there is no device"
ok "systemd-cryptsetup opens it with the PIN" attach "$T/pin"
ok "it can be written" dd if="$TOKEN_MODULE" of=/dev/mapper/$volume bs=64k conv=nocreat,fsync
ok "it is closed" "$attach" detach $volume
ok "and opened again" attach "$T/pin"
ok "what was written is there" cmp -n "$(stat -L -c %s "$TOKEN_MODULE")" "$TOKEN_MODULE" /dev/mapper/$volume
rc 1 "the file has it only encrypted" grep -qF C_GetFunctionList "$T/disk.img"
ok "closed" "$attach" detach $volume
