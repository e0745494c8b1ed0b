#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# gpg with gnupg-pkcs11-scd: a PGP key of two keys in the TPM. What it signs is verified by gpgv and by a gpg that has the
# public key only; what that one encrypts is decrypted with the token, and not without it.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/sign.sh"

client gnupg-pkcs11-scd gnupg-pkcs11-scd gnupg-pkcs11-scd gpg gpg-agent gpgconf gpgv pinentry-tty pkcs11-tool p11tool openssl script
# Not gpg's own folder, even that of another HOME: the agent of that one may run already.
export GNUPGHOME=$T/gnupg GNUPG_PKCS11_SOCKETDIR=$T
have_token
guide gpg module="$module" home="$GNUPGHOME"

# other COMMAND...: as somebody with a keyring of his own, and no smart card.
other()
{
	GNUPGHOME=$T/other "$@"
}

# agent_ends HOME: when the test does.
agent_ends()
{
	local pid
	pid=$(GNUPGHOME=$1 gpg-connect-agent 'GETINFO pid' /bye 2>/dev/null | sed -n 's/^D //p')
	[ -z "$pid" ] || pids+=("$pid")
}

part "a PGP key of two keys in the TPM"
typed keys "two RSA keys are made" < <(cat "$T/pin" "$T/pin")
typed certificates "and have certificates" < <(cat "$T/pin" "$T/pin")
step configuration "the agent is told of the daemon"
step grips "the daemon sees both keys"
agent_ends "$GNUPGHOME"
out "each by a grip of its own" '^[0-9A-F]{40} [0-9A-F]{40}$'
typed pgp-key "a PGP key is made of them" <"$T/pin"
step check "it is listed"
out "a primary key on a card" '^sec> +rsa2048 .*\[SC\]'
out "with a key to decrypt" '^ssb> +rsa2048 .*\[E\]'
step export "it is published"

part "signatures"
step sign "a file is signed, and no PIN asked for again"
mkdir -m 700 "$T/other"
ok "another takes the public key" other gpg --import "$T/user/work/jane.asc"
ok "and verifies the signature" there other gpg --verify letter.asc letter
err "as good" 'Good signature from "Jane Doe'
ok "gpgv does, too" there gpgv --keyring "$T/other/pubring.kbx" letter.asc letter
echo more >>"$T/user/work/letter"
rc 1 "but not that of another text" there gpgv --keyring "$T/other/pubring.kbx" letter.asc letter

part "decryption"
step encrypt "a letter is encrypted"
step decrypt "and decrypted"
out "to what it was" 'a letter'
ok "another encrypts a letter" there other gpg --yes --trust-model always --recipient jane@example.org \
	--output letter.gpg --encrypt letter
step decrypt "it is decrypted, too"
out "to what it was" 'more'
rc 2 "which who has no token cannot do" there other gpg --decrypt letter.gpg
agent_ends "$T/other"
part "a wrong PIN"
gpgconf --kill gpg-agent
ok "the agent is started again" gpg --card-status
agent_ends "$GNUPGHOME"
typed sign "the PIN is asked for again" < <(cat "$T/wrong" "$T/pin")
[ "$(grep -ac 'Please enter the PIN' "$T/tty")" = 2 ]
verdict $? "as the first was wrong"
ok "with the right one a file is signed" there gpgv --keyring "$T/other/pubring.kbx" letter.asc letter
