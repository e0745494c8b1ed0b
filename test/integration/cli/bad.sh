#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What goes wrong on real machines: each is told in one line, and nothing is lost.
. "$(dirname "$0")/../lib.sh"

needs sqlite3
token_make t
key_make k ec:p256
store=$TPM2_TOKEN_STORE
kept=$T/kept
cp -r "$T/store" "$kept"
restore()
{
	chmod 700 "$T/store" 2>/dev/null
	rm -rf "$T/store"
	cp -r "$kept" "$T/store"
}

# Each failure is one line that tells what to do; none is a crash.
refused()
{
	local sentence=$1
	shift
	rc 1 "$sentence" "$@"
	err_lines 1 "in one line"
	err "with the tool's name" '^tpm2-token: .{10,}'
}

refused "no TPM" env TPM2_TOKEN_TCTI=device:/nonexistent/tpm "$TOKEN_TOOL" list --login --pin-file "$T/pin"
err "it names the TPM" 'TPM'
refused "nobody answers at the TPM's socket" env TPM2_TOKEN_TCTI="swtpm:path=$T/nobody" \
	"$TOKEN_TOOL" list --login --pin-file "$T/pin"
refused "an unknown TCTI" env TPM2_TOKEN_TCTI=nonsense:x "$TOKEN_TOOL" list --login --pin-file "$T/pin"

printf 'colour = red\n' >"$T/bad.conf"
refused "an unknown key in the configuration" tool list --config "$T/bad.conf"
err "with file and line" 'bad\.conf.*1.*colour'
refused "a configuration that is not there" tool list --config "$T/none.conf"

sqlite3 "$store" 'PRAGMA user_version = 9999' >"$T/out" 2>"$T/err"
refused "a store of a newer version" tool list
err "is called that" 'newer|version'
restore

head -c 4096 /dev/urandom | dd of="$store" bs=1 seek=0 conv=notrunc 2>/dev/null
rm -f "$store-wal" "$store-shm"
refused "a store whose beginning is overwritten" tool list
restore
echo "this is no database" >"$store"
rm -f "$store-wal" "$store-shm"
refused "a file that is no store" tool list
restore
size=$(stat -c %s "$store")
rm -f "$store-wal" "$store-shm"
if [ "$size" -gt 8192 ]; then
	truncate -s $((size / 2)) "$store"
	refused "half a store" tool list --login --pin-file "$T/pin"
fi
restore

sqlite3 "$store" "UPDATE object SET tpm_public = zeroblob(100) WHERE id = (SELECT max(id) FROM object)" >"$T/out" 2>"$T/err" \
	|| cat "$T/err"
refused "a changed object" tool list --login --pin-file "$T/pin"
restore
ok "the store as it was works" tool list --login --pin-file "$T/pin"

chmod 777 "$T/store"
refused "a folder that everybody may write to" tool list
restore

read_only()
{
	rc 0 "a read-only store is listed" "$@" "$TOKEN_TOOL" list --login --pin-file "$T/pin"
	rc 1 "and refuses a new key" "$@" "$TOKEN_TOOL" keygen --label no --pin-file "$T/pin"
	err_lines 1 "in one line"
}
if [ "$(id -u)" = 0 ] && command -v unshare >/dev/null && unshare -m true 2>/dev/null; then
	# Root may write where the mode says nobody may: a read-only mount stops root, too.
	read_only unshare -m bash -c 'mount --bind -o ro "$0" "$0" 2>/dev/null && mount -o remount,bind,ro "$0" && exec "$@"' \
		"$T/store"
elif [ "$(id -u)" != 0 ]; then
	chmod 400 "$store"
	chmod 500 "$T/store"
	read_only env
	restore
else
	skip "a read-only store" "root can not mount here"
fi

if [ "$(id -u)" = 0 ] && mkdir "$T/full" && mount -t tmpfs -o size=512k tmpfs "$T/full" 2>/dev/null; then
	chmod 700 "$T/full"
	cp -r "$kept" "$T/full/store"
	chmod 700 "$T/full/store"
	head -c 1m /dev/zero >"$T/full/filler" 2>/dev/null
	refused "a full disk" env TPM2_TOKEN_STORE="$T/full/store/tokens.sqlite" "$TOKEN_TOOL" keygen --label no \
		--pin-file "$T/pin"
	rm "$T/full/filler"
	ok "loses nothing" env TPM2_TOKEN_STORE="$T/full/store/tokens.sqlite" "$TOKEN_TOOL" list --login --pin-file "$T/pin"
	out "the key is there" '^  private .* k$'
	no_out "and no half of another" ' no$'
else
	skip "a full disk" "only root can mount a small file system"
fi

tpm_start other
refused "a store from another machine" tool list --login --pin-file "$T/pin"
err "is called that" 'another machine'
export TPM2_TOKEN_TCTI=swtpm:path=$T/tpm.sock TPM2TOOLS_TCTI=swtpm:path=$T/tpm.sock
ok "on its own machine it works" tool list --login --pin-file "$T/pin"
tpm2_clear >"$T/out" 2>"$T/err"
refused "a TPM that was cleared" tool list --login --pin-file "$T/pin"
err "is called that" 'cleared'
rc 1 "doctor finds it" tool doctor --module "$TOKEN_MODULE"
out "too" 'cleared'
