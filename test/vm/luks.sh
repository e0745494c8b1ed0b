#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A LUKS2 volume that an RSA key of the token opens: systemd enrols it, and opens it with the token's PIN. systemd finds
# the module through p11-kit. It enrols the key of a certificate (systemd 252 knows nothing else) and takes the
# one RSA key that decrypts. Volume and token are kept: reboot.sh opens it when the machine has been switched off.
. "$(dirname "$0")/../integration/lib.sh"

. "$(dirname "$0")/volume.sh"
needs systemd-cryptenroll openssl pkcs11-tool
openssl engine pkcs11 >"$T/out" 2>&1 || { echo "SKIP: OpenSSL's engine pkcs11 is not installed"; exit 77; }

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

ok "systemd-cryptenroll lists tokens, past the empty slot" timeout 120 systemd-cryptenroll --pkcs11-token-uri=list
out "with the URI to enrol" '^pkcs11:model=TPM%202\.0;.*;token=t '
image=$T/disk.img
head -c 32M /dev/zero >"$image"
echo -n password >"$T/password"
ok "a LUKS2 volume is made" cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
	--key-file "$T/password" "$image"
enroll()
{
	PASSWORD=$(cat "$T/password") PIN=$(cat "$T/pin") timeout 120 systemd-cryptenroll \
		--pkcs11-token-uri="pkcs11:token=t;object=disk" "$image"
}
ok "systemd-cryptenroll enrols the key" enroll
skip "a volume is enrolled with an EC key" "systemd $(systemctl --version 2>/dev/null | sed -n "1s/systemd \([0-9]*\).*/\1/p") enrols RSA keys, with a certificate; EC keys are for systemd 256 and later"
ok "the volume says so" cryptsetup luksDump "$image"
out "as a token of its own" 'systemd-pkcs11'

stays_closed
ok "systemd-cryptsetup opens it with the PIN" attach "$T/pin"
ok "it can be written" dd if="$TOKEN_MODULE" of=/dev/mapper/$volume bs=64k conv=nocreat,fsync
ok "it is closed" detach
ok "and opened again" attach "$T/pin"
ok "what was written is there" cmp -n "$(stat -L -c %s "$TOKEN_MODULE")" "$TOKEN_MODULE" /dev/mapper/$volume
rc 1 "the file has it only encrypted" grep -qF C_GetFunctionList "$image"
ok "closed" detach

mkdir -p "$kept/$name"
ok "the volume and the token are kept" cp "$image" "$T/pin" "$T/wrong" "$TPM2_TOKEN_STORE" "$kept/$name/"
ok "and how often the TPM was switched on" switched_on
cp "$T/out" "$kept/$name/switched-on"
