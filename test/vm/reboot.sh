#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# After luks.sh and a power cut: the volume opens, with the PIN only.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/volume.sh"

[ -e "$kept/$name/switched-on" ] || { echo "SKIP: luks has not passed before"; exit 77; }
ok "what was kept is there" cp "$kept/$name/disk.img" "$kept/$name/pin" "$kept/$name/wrong" "$T/"
image=$T/disk.img
mkdir -p "${TPM2_TOKEN_STORE%/*}"
cp "$kept/$name/tokens.sqlite" "$TPM2_TOKEN_STORE"
ok "the TPM tells how often it was switched on" switched_on
! cmp -s "$T/out" "$kept/$name/switched-on"
verdict $? "once more than then"
stays_closed
ok "systemd-cryptsetup opens it with the PIN" attach "$T/pin"
ok "what was written is there" cmp -n "$(stat -L -c %s "$TOKEN_MODULE")" "$TOKEN_MODULE" /dev/mapper/$volume
ok "closed" detach
