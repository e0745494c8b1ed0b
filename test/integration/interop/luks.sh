#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A LUKS2 volume in a file that systemd-cryptenroll gives a key of the token, and that cryptsetup opens with systemd's
# plugin and the token's PIN, and not with a wrong one, nor without the TPM. Where the kernel has dm-crypt,
# systemd-cryptsetup opens it; "make check-vm" does that in any case.
. "$(dirname "$0")/frame.sh"

client systemd systemd systemd-cryptenroll cryptsetup certtool script
ls /usr/lib/*/cryptsetup/libcryptsetup-token-systemd-pkcs11.so >"$T/out" 2>&1 ||
	skip_all "cryptsetup has no plugin for systemd's volumes: install systemd-cryptsetup"
version=$(systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p')
echo "a passphrase" >"$T/passphrase"

# volume KEY TYPE: one of its own.
volume()
{
	disk=$T/user/$1.img
	head -c 32M /dev/zero >"$disk"
	guide luks disk="$disk" name="tpm2-token-$$" key="$1" type="$2"
	typed key "a key is made" <"$T/pin"
}

format_and_enroll()
{
	typed format "a volume is made" < <(cat "$T/passphrase" "$T/passphrase")
	typed enroll "systemd-cryptenroll enrols the key" < <(cat "$T/passphrase" "$T/pin")
	step dump "the volume says so"
	out "as a token of its own" 'systemd-pkcs11'
}

# opens_with FILE: with the PIN from there.
opens_with()
{
	cryptsetup open --test-passphrase --token-only --token-type systemd-pkcs11 "$disk" <"$1"
}

try_to_open()
{
	typed test "the PIN opens it" <"$T/pin"
	rc 1 "a wrong PIN does not" opens_with "$T/wrong"
	ok "the passphrase does, too" cryptsetup open --test-passphrase --disable-external-tokens \
		--key-file <(printf %s "$(cat "$T/passphrase")") "$disk"
}

map_it()
{
	if modprobe -a loop dm_crypt 2>/dev/null && [ -e /dev/mapper/control ]; then
		typed open "systemd-cryptsetup opens it" <"$T/pin"
	else
		not_here open "no dm-crypt in this kernel: see make check-vm"
	fi
}

mkdir -p /run/systemd/ask-password # as where systemd runs
have_token
part "an RSA key is enrolled, cryptsetup opens the volume"
volume disk rsa:2048
typed certificate "it gets a certificate" <"$T/pin"
typed store "which the token keeps" <"$T/pin"
ok "systemd-cryptenroll lists the token" systemd-cryptenroll --pkcs11-token-uri=list
out "with its URI" ';token=mine '
format_and_enroll
try_to_open
tpm_stop
rc 1 "without the TPM it stays closed" opens_with "$T/pin"
tpm_at "${TPM2_TOKEN_TCTI#swtpm:path=}" "$T/tpm"
ok "with it, it opens again" opens_with "$T/pin"
part "an RSA key, systemd-cryptsetup opens the volume"
map_it

part "a line in crypttab"
step crypttab "is written"
ok "with the volume's UUID" grep -qx "tpm2-token-$$ UUID=$(cryptsetup luksUUID "$disk") none luks,pkcs11-uri=auto,nofail" \
	/etc/crypttab

part "the key is taken away"
step remove "systemd-cryptenroll does it"
step dump "the volume says so"
no_out "there is no such token any more" 'systemd-pkcs11'

part "an EC key is enrolled, cryptsetup opens the volume"
if [ "${version:-0}" -lt 256 ]; then
	skip "a volume is enrolled with an EC key" "systemd $version enrols RSA keys only"
else
	volume ec ec:p256
	format_and_enroll
	try_to_open
	part "an EC key, systemd-cryptsetup opens the volume"
	map_it
fi
