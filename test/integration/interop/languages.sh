# SPDX-License-Identifier: BSD-2-Clause
# What the tests of programming languages share. Each guide has a program that makes keys, finds them, signs, verifies and
# decrypts; openssl says whether it did. Sourced after frame.sh.

# What comes from a registry is fetched once, in the version that the test names, into a folder that stays.
cache=${XDG_CACHE_HOME:-${user_home:-/var/tmp}/.cache}/tpm2-token-test

# fetch_once NAME COMMANDS: these fill the folder $fetched, if no test did so before.
fetch_once()
{
	fetched=$cache/$1
	[ ! -d "$fetched" ] || return 0
	mkdir -p "$fetched.$$" && (cd "$fetched.$$" && timeout 100 sh -ec "$2") >"$T/fetch.log" 2>&1 </dev/null &&
		mv -T "$fetched.$$" "$fetched" 2>"$T/err"
	rm -rf "$fetched.$$"
	[ -d "$fetched" ]
}

# suffices LEAST VERSION: is it that one, or a newer one?
suffices()
{
	[ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

# go_libraries: the versions that suit this Go: $crypto11, $miekg and $term.
go_libraries()
{
	local have
	have=$(go env GOVERSION)
	miekg=v1.1.2 term=v0.30.0
	if suffices go1.24.5 "$have"; then
		crypto11=v1.5.0
	elif suffices go1.23.6 "$have"; then
		crypto11=v1.4.1
	else
		skip_all "crypto11 needs Go 1.23.6, this is $have"
	fi
}

# keys_story VARIABLE=VALUE...: by the steps make, sign, verify, encrypt and decrypt of the guide of this test, on a
# token without keys.
keys_story()
{
	local key
	guide "$name" "$@"
	part "makes keys"
	typed make "an EC and an RSA pair" <"$T/pin"
	ok "are listed" tool list --pin-file "$T/pin"
	out "EC" '\bec1\b'
	out "RSA" '\brsa1\b'
	for key in ec1 rsa1; do
		guide "$name" key=$key "$@"
		keys_sign $key
	done
	keys_decrypt
	part "a wrong PIN"
	typed_rc 1 decrypt "is refused" <"$T/wrong"
	out "by its name" 'PIN.?INCORRECT|PinIncorrect'
}

keys_sign()
{
	local status
	part "signs and verifies with $1"
	rm -f "$T/user/work/letter.signature"
	typed sign "a signature" <"$T/pin"
	step verify "is right"
	echo "another letter" >"$T/user/work/letter"
	run_shell "$T/step" >"$T/out" 2>"$T/err"
	status=$?
	[ "$status" != 0 ]
	verdict $? "but not that of another letter"
}

keys_decrypt()
{
	part "decrypts"
	step encrypt "a secret for the RSA key"
	typed decrypt "is decrypted" <"$T/pin"
	out "as it was" 'a secret'
}

# keys_end: for the next program, which makes the same again.
keys_end()
{
	ok "the EC pair is removed" tool rm --label ec1 --yes --pin-file "$T/pin"
	ok "the RSA pair is removed" tool rm --label rsa1 --yes --pin-file "$T/pin"
}
