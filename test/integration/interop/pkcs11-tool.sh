#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# pkcs11-tool: everything a token's life needs, each signature checked by openssl.
. "$(dirname "$0")/frame.sh"

client pkcs11-tool opensc pkcs11-tool openssl ssh-keygen script
p11()
{
	pkcs11-tool --module "$module" "$@"
}
user()
{
	p11 --token-label mine --login --pin "$(cat "$T/pin")" "$@"
}

guide pkcs11-tool module="$module"
part "a token and keys"
ok "-L without a token" p11 -L
quiet "silently"
ok "-I" p11 -I
typed init "--init-token" < <(cat "$T/so-pin" "$T/so-pin")
typed init-pin "--init-pin" < <(cat "$T/so-pin" "$T/pin" "$T/pin")
ok "the tool sees the token" tool list
out "by its label" '^Token "mine"'
typed ec-key "an EC key" <"$T/pin"
typed rsa-key "an RSA key" <"$T/pin"
step list "-O"
typed sign "a letter is signed" <"$T/pin"
step verify "and verified"
typed test "the token is tested" <"$T/pin"
out "without errors" 'No errors'
part "objects and mechanisms are listed"
ok "-O without login" p11 --token-label mine -O
out "shows public keys" 'Public Key Object; EC'
no_out "but no private ones" 'Private Key Object'
no_out "and warns of nothing" '[Ww]arning'
no_err "on stderr either" '[Ww]arning'
ok "-O with login" user -O
out "shows private keys" 'Private Key Object; RSA'
no_out "and warns of nothing" '[Ww]arning'
no_err "on stderr either" '[Ww]arning'
ok "-M lists mechanisms" p11 --token-label mine -M
cp "$T/out" "$T/mechanisms"
ok "-T lists tokens" p11 -T
rc 1 "a wrong PIN is refused" p11 --token-label mine --login --pin "$(cat "$T/wrong")" -O
err "as CKR_PIN_INCORRECT" 'CKR_PIN_INCORRECT'
[ "$(grep -vc -e CKR_PIN_INCORRECT -e Aborting "$T/err")" -le 1 ]
verdict $? "and the module adds nothing to it"

for key in ec1 rsa1; do
	tool ssh --public --label "$key" >"$T/$key.pub"
	ssh-keygen -e -m PKCS8 -f "$T/$key.pub" >"$T/$key.pem"
done
head -c 5000 /dev/urandom >"$T/long"
head -c 32 /dev/urandom >"$T/data"

part "signatures"
# signs NAME ID FILE PKCS11-TOOL-OPTIONS -- VERIFY-COMMAND
signs()
{
	local name=$1 id=$2 file=$3 options=()
	shift 3
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	rm -f "$T/sig"
	ok "$name signs" user --sign -m "$name" --id "$id" -i "$file" -o "$T/sig" "${options[@]}"
	ok "and openssl verifies it" "$@"
}
for hash in SHA1 SHA224 SHA256 SHA384 SHA512; do
	offered()
	{
		grep -q "^ *$1," "$T/mechanisms" || { skip "$1 signs" "this TPM does not offer it"; return 1; }
	}
	lower=$(echo $hash | tr A-Z a-z)
	! offered ECDSA-$hash || signs ECDSA-$hash 01 "$T/long" -f openssl \
		-- openssl dgst -$lower -verify "$T/ec1.pem" -signature "$T/sig" "$T/long"
	! offered $hash-RSA-PKCS || signs $hash-RSA-PKCS 02 "$T/long" \
		-- openssl dgst -$lower -verify "$T/rsa1.pem" -signature "$T/sig" "$T/long"
	! offered $hash-RSA-PKCS-PSS || signs $hash-RSA-PKCS-PSS 02 "$T/long" \
		-- openssl dgst -$lower -verify "$T/rsa1.pem" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest \
		-signature "$T/sig" "$T/long"
done
signs ECDSA 01 "$T/data" -f openssl -- openssl pkeyutl -verify -pubin -inkey "$T/ec1.pem" -in "$T/data" -sigfile "$T/sig"
signs RSA-PKCS 02 "$T/data" -- openssl pkeyutl -verify -pubin -inkey "$T/rsa1.pem" -in "$T/data" -sigfile "$T/sig"
signs RSA-PKCS-PSS 02 "$T/data" --hash-algorithm SHA256 --mgf MGF1-SHA256 --salt-len 32 \
	-- openssl pkeyutl -verify -pubin -inkey "$T/rsa1.pem" -in "$T/data" -sigfile "$T/sig" -pkeyopt digest:sha256 \
	-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32

part "decryption and key agreement"
# A key that decrypts; openssl encrypts.
ok "a key that decrypts" user --keypairgen --key-type rsa:2048 --label rsa2 --id 03 --usage-decrypt
ok "its public half is read" p11 --token-label mine --read-object --type pubkey --id 03 -o "$T/rsa2.der"
openssl rsa -pubin -inform DER -in "$T/rsa2.der" -out "$T/rsa2.pem" 2>"$T/err"
# decrypts NAME PKCS11-TOOL-OPTIONS -- OPENSSL-PKEYUTL-OPTIONS
decrypts()
{
	local name=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	rm -f "$T/plain"
	ok "openssl encrypts for $name ${options[*]}" openssl pkeyutl -encrypt -pubin -inkey "$T/rsa2.pem" -in "$T/data" \
		-out "$T/cipher" "$@"
	ok "$name decrypts" user --decrypt -m "$name" --id 03 -i "$T/cipher" -o "$T/plain" "${options[@]}"
	ok "to what it was" cmp "$T/data" "$T/plain"
}
decrypts RSA-PKCS -- -pkeyopt rsa_padding_mode:pkcs1
decrypts RSA-PKCS-OAEP --hash-algorithm SHA-1 --mgf MGF1-SHA1 \
	-- -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1
decrypts RSA-PKCS-OAEP --hash-algorithm SHA256 --mgf MGF1-SHA256 \
	-- -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256
decrypts RSA-PKCS-OAEP --hash-algorithm SHA512 --mgf MGF1-SHA1 \
	-- -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha512 -pkeyopt rsa_mgf1_md:sha1
head -c 256 /dev/zero >"$T/cipher"
ok "a bad padding decrypts too" user --decrypt -m RSA-PKCS --id 03 -i "$T/cipher" -o "$T/plain"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$T/peer.key" 2>"$T/err"
openssl pkey -in "$T/peer.key" -pubout -outform DER -out "$T/peer.der"
ok "ECDH1-DERIVE" user --derive -m ECDH1-DERIVE --id 01 -i "$T/peer.der" -o "$T/derived"
ok "openssl does the same on the other side" openssl pkeyutl -derive -inkey "$T/peer.key" -peerkey "$T/ec1.pem" \
	-out "$T/expected"
ok "both have one secret" cmp "$T/derived" "$T/expected"
ok "a secret key" user --keygen --key-type aes:32 --label aes1 --id 09 --private --sensitive
ok "is listed" user -O --type secrkey
out "with its label" 'aes1'
ok "and removed" user --delete-object --type secrkey --id 09
ok "one that all may see" user --keygen --key-type aes:32 --label aes2 --id 0a --sensitive
ok "is listed" p11 --token-label mine -O --type secrkey
out "without a login" 'aes2'

part "secret keys"
# A key that openssl has, too.
printf 'a key of thirty-two plain bytes.' >"$T/key"
printf 'blocks of data, two of them.....' >"$T/blocks"
ok "a secret key is written" user --write-object "$T/key" --type secrkey --key-type aes:32 --label aes3 --id 0b \
	--sensitive --usage-decrypt
iv=000102030405060708090a0b0c0d0e0f
ok "AES-CBC encrypts" user --encrypt -m AES-CBC --id 0b --iv $iv -i "$T/blocks" -o "$T/cipher"
ok "openssl decrypts it" openssl enc -d -aes-256-cbc -nopad -K "$(od -An -v -tx1 "$T/key" | tr -d ' \n')" -iv $iv \
	-in "$T/cipher" -out "$T/plain"
ok "to what it was" cmp "$T/blocks" "$T/plain"
grep -qaF "$(cat "$T/key")" "$TPM2_TOKEN_STORE"*
[ $? = 1 ]
verdict $? "its value is nowhere in the store"
for id in 0a 0b; do
	ok "secret key $id is removed" user --delete-object --type secrkey --id $id
done

part "keys are brought in"
# Keys of openssl's go in and sign.
for key in rsa ec; do
	case $key in
	rsa) openssl genpkey -algorithm RSA -out "$T/in.key" 2>"$T/err" ;;
	ec) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$T/in.key" 2>"$T/err" ;;
	esac
	openssl pkey -in "$T/in.key" -outform DER -out "$T/in.der" 2>"$T/err"
	openssl pkey -in "$T/in.key" -pubout -out "$T/in.pem" 2>"$T/err"
	ok "an $key key is written" user --write-object "$T/in.der" --type privkey --id 0a --label in --usage-sign
	if [ $key = rsa ]; then
		signs SHA256-RSA-PKCS 0a "$T/long" -- openssl dgst -sha256 -verify "$T/in.pem" -signature "$T/sig" "$T/long"
	else
		signs ECDSA-SHA256 0a "$T/long" -f openssl \
			-- openssl dgst -sha256 -verify "$T/in.pem" -signature "$T/sig" "$T/long"
	fi
	ok "and removed" user --delete-object --type privkey --id 0a
done

part "hashes, HMACs, verification, data objects"
ok "--hash" p11 --token-label mine --hash -m SHA256 -i "$T/long" -o "$T/hash"
ok "openssl finds the same" cmp "$T/hash" <(openssl dgst -sha256 -binary "$T/long")
ok "a secret that may be read" user --keygen --key-type GENERIC:32 --label mac --id 20 --extractable --usage-sign
ok "is read" user --read-object --type secrkey --id 20 -o "$T/secret"
ok "--sign with it" user --sign -m SHA256-HMAC --id 20 -i "$T/long" -o "$T/sig"
ok "openssl finds the same" cmp "$T/sig" <(openssl dgst -sha256 -mac HMAC \
	-macopt "hexkey:$(od -An -v -tx1 "$T/secret" | tr -d ' \n')" -binary "$T/long")
# verifies NAME ID OPTION...: --verify believes a signature of the data, and no other.
verifies()
{
	local name=$1 id=$2
	shift 2
	ok "$name signs" user --sign -m "$name" --id "$id" -i "$T/data" -o "$T/sig" "$@"
	ok "--verify" p11 --token-label mine --verify -m "$name" --id "$id" -i "$T/data" --signature-file "$T/sig" "$@"
	out "finds it right" 'Signature is valid'
	head -c 32 "$T/long" >"$T/other"
	# Whether this is an error depends on the release.
	p11 --token-label mine --verify -m "$name" --id "$id" -i "$T/other" --signature-file "$T/sig" "$@" >"$T/out" 2>&1
	out "that of other data is wrong" 'Invalid signature'
}
verifies ECDSA 01
verifies ECDSA-SHA256 01
verifies SHA256-RSA-PKCS 02
verifies RSA-PKCS-PSS 02 --hash-algorithm SHA256
ok "a private data object is written" user --write-object "$T/long" --type data --label note --application-label test \
	--application-id 1.2.3 --private
ok "which a listing" p11 --token-label mine -O --type data
no_out "does not show without login" note
ok "it is read" user --read-object --type data --label note -o "$T/back"
ok "as it was" cmp "$T/long" "$T/back"
ok "and removed" user --delete-object --type data --label note

part "wrapping"
ok "an AES key that wraps" user --keygen --key-type aes:32 --label wrap1 --id 21 --usage-wrap --usage-decrypt --sensitive
ok "an RSA key that wraps" user --keypairgen --key-type rsa:2048 --label wrap2 --id 22 --usage-wrap --usage-decrypt
ok "a key that may be wrapped" user --keygen --key-type aes:16 --label out --id 23 --extractable --usage-decrypt
ok "encrypts" user --encrypt -m AES-CBC --id 23 --iv $iv -i "$T/blocks" -o "$T/cipher"
# rewrapped NAME ID OPTION...: out and in again, it is the same key.
rewrapped()
{
	local name=$1 id=$2
	shift 2
	ok "$name wraps it" user --wrap -m "$name" --id "$id" --application-id 23 -o "$T/wrapped" "$@"
	ok "and unwraps it" user --unwrap -m "$name" --id "$id" -i "$T/wrapped" --key-type AES: --application-id 24 \
		--application-label in --usage-decrypt "$@"
	ok "what comes back decrypts" user --decrypt -m AES-CBC --id 24 --iv $iv -i "$T/cipher" -o "$T/plain"
	ok "rightly" cmp "$T/blocks" "$T/plain"
	ok "and is removed" user --delete-object --type secrkey --id 24
}
rewrapped AES-CBC-PAD 21 --iv $iv
rewrapped RSA-PKCS 22
rc 1 "a key that may not be wrapped is not" user --wrap -m RSA-PKCS --id 22 --application-id 21 -o "$T/wrapped"
err "as CKR_KEY_UNEXTRACTABLE" 'CKR_KEY_UNEXTRACTABLE'
for id in 20 21 23; do
	ok "secret key $id is removed" user --delete-object --type secrkey --id $id
done

part "attributes"
ok "a key that signs in one way only" user --keypairgen --key-type EC:prime256v1 --label one --id 25 --usage-sign \
	--allowed-mechanisms ECDSA
rc 1 "does not sign in another" user --sign -m ECDSA-SHA256 --id 25 -i "$T/data" -o "$T/sig"
verifies ECDSA 25
ok "--set-id" user --set-id 26 --id 25 --type privkey
ok "for the public half, too" user --set-id 26 --id 25 --type pubkey
verifies ECDSA 26
ok "a key that wants the PIN each time" user --keypairgen --key-type EC:prime256v1 --label each --id 27 --always-auth
verifies ECDSA 27
for id in 22 26 27; do
	ok "key $id is removed" user --delete-object --type privkey --id $id
	ok "and its public half" user --delete-object --type pubkey --id $id
done

part "its own tests, certificates, PINs"
ok "--test" user --test
out "finds no error" 'No errors'
out "decrypts" '^Decryption'
out "with OAEP too" ' RSA-PKCS-OAEP: '
ok "--test-fork" user --test-fork
ok "--test-ec" user --session-rw --test-ec --id 28 --key-type EC:prime256v1
out "finds no error" '==> OK'
ok "--test-hotplug" p11 --test-hotplug
ok "--list-interfaces" p11 --list-interfaces
out "of 3.2" 'version: 3.2'
ok "random bytes" p11 --token-label mine --generate-random 64 -o "$T/random"
[ "$(stat -c %s "$T/random")" = 64 ]
verdict $? "as many as wanted"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/x.key" -subj /CN=x -outform DER \
	-out "$T/x.der" 2>"$T/err"
ok "a certificate is written" user --write-object "$T/x.der" --type cert --id 01 --label ec1
ok "and read without login" p11 --token-label mine --read-object --type cert --id 01 -o "$T/back.der"
ok "byte by byte" cmp "$T/x.der" "$T/back.der"
ok "the user changes the PIN" user --change-pin --new-pin new-4321
ok "and back" p11 --token-label mine --login --pin new-4321 --change-pin --new-pin "$(cat "$T/pin")"
ok "the officer changes his" p11 --token-label mine --login --login-type so --so-pin "$(cat "$T/so-pin")" --change-pin \
	--new-pin officer-4321
ok "sets the user's" p11 --token-label mine --login --login-type so --so-pin officer-4321 --init-pin \
	--new-pin "$(cat "$T/pin")"
ok "and changes his back" p11 --token-label mine --login --login-type so --so-pin officer-4321 --change-pin \
	--new-pin "$(cat "$T/so-pin")"
# After --change-pin pkcs11-tool ends without C_Finalize: its session stays in a TPM that has room for three.
for i in 1 2 3 4; do
	ok "once more" user --change-pin --new-pin "$(cat "$T/pin")"
done
for id in 02 03; do
	ok "key $id is removed" user --delete-object --type privkey --id $id
	ok "and its public half" user --delete-object --type pubkey --id $id
done
ok "what is left" user -O
no_out "is no RSA key" RSA

part "no TPM, a damaged store"
# What is wrong is told by a code; the module is silent.
ok "without a TPM -L works" env TPM2_TOKEN_TCTI=device:/nonexistent pkcs11-tool --module "$module" -L
quiet "silently"
ok "without a TPM -O works" env TPM2_TOKEN_TCTI=device:/nonexistent pkcs11-tool --module "$module" --token-label mine -O
quiet "silently"
head -c 4096 /dev/urandom | dd of="$TPM2_TOKEN_STORE" conv=notrunc 2>/dev/null
rm -f "$TPM2_TOKEN_STORE-wal" "$TPM2_TOKEN_STORE-shm"
rc 1 "with a damaged store there is no slot" p11 -L
err "which pkcs11-tool says" '^No slots'
err_lines 1 "and the module is silent"
