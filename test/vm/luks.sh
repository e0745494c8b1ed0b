#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A LUKS2 volume that an RSA key of the token opens: systemd enrols it, and opens it with the token's PIN. systemd finds
# the module through p11-kit. It enrols the key of a certificate (systemd 252 knows nothing else) and takes the
# one RSA key that decrypts. Volume and token are kept: reboot.sh opens it when the machine has been switched off.
# From systemd 256 on, another volume with an EC key.
. "$(dirname "$0")/../integration/lib.sh"

. "$(dirname "$0")/volume.sh"
needs systemd-cryptenroll certtool
version=$(systemd-cryptenroll --version | sed -n '1s/systemd \([0-9]*\).*/\1/p')

volume_make()
{
	image=$1
	head -c 32M /dev/zero >"$image"
	ok "a LUKS2 volume is made" cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
		--key-file "$T/password" "$image"
}

# enroll KEY
enroll()
{
	PASSWORD=$(cat "$T/password") PIN=$(cat "$T/pin") timeout 120 systemd-cryptenroll \
		--pkcs11-token-uri="pkcs11:token=t;object=$1" "$image"
}

# enrolled KEY: and it opens.
enrolled()
{
	ok "systemd-cryptenroll enrols the key" enroll "$1"
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
}

echo -n password >"$T/password"
token_make t
ok "a key is made that decrypts and signs" tool keygen --label disk --type rsa:2048 --decrypt --pin-file "$T/pin"
echo "cn = disk" >"$T/template"
ok "it signs its own certificate" env GNUTLS_PIN="$(cat "$T/pin")" certtool --generate-self-signed \
	--template "$T/template" --load-privkey "pkcs11:token=t;object=disk;type=private" \
	--load-pubkey "pkcs11:token=t;object=disk;type=public" --outfile "$T/disk.pem"
ok "which the token keeps" tool cert add "$T/disk.pem" --pin-file "$T/pin"
ok "systemd-cryptenroll lists tokens, past the empty slot" timeout 120 systemd-cryptenroll --pkcs11-token-uri=list
out "with the URI to enrol" '^pkcs11:model=TPM%202\.0;.*;token=t '
volume_make "$T/disk.img"
enrolled disk
mkdir -p "$kept/$name"
ok "the volume and the token are kept" cp "$image" "$T/pin" "$T/wrong" "$TPM2_TOKEN_STORE" "$kept/$name/"
ok "and how often the TPM was switched on" switched_on
cp "$T/out" "$kept/$name/switched-on"

if [ "${version:-0}" -lt 256 ]; then
	skip "a volume is enrolled with an EC key" "systemd $version enrols RSA keys only"
else
	ok "an EC key is made" tool keygen --label ec --decrypt --pin-file "$T/pin"
	volume_make "$T/ec.img"
	enrolled ec
fi
