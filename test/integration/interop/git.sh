#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# git: commits signed and verified with gpg.format=ssh, through the agent.
. "$(dirname "$0")/../lib.sh"

needs git ssh-agent ssh-add ssh-keygen
token_make t
key_make signer ec:p256
tool ssh --public >"$T/k.pub"
printf '#!/bin/sh\ncat "%s"\n' "$T/pin" >"$T/askpass"
chmod 700 "$T/askpass"
export SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force
eval "$(ssh-agent -s -P "$(realpath "$TOKEN_MODULE")")" >"$T/out"
pids+=("$SSH_AGENT_PID")
ok "the agent takes the token" ssh-add -s "$TOKEN_MODULE"

export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$T/gitconfig
git config --global gpg.format ssh
git config --global user.signingkey "$T/k.pub"
git config --global user.name me
git config --global user.email me@example.org
git config --global gpg.ssh.allowedSignersFile "$T/signers"
echo "me@example.org $(cat "$T/k.pub")" >"$T/signers"
git init -q "$T/repository"
ok "a commit is signed" git -C "$T/repository" commit -q -S --allow-empty -m signed
ok "and verified" git -C "$T/repository" verify-commit HEAD
err "as good" 'Good "git" signature for me@example.org'
ok "a tag is signed" git -C "$T/repository" tag -s -m v1 v1
ok "and verified" git -C "$T/repository" verify-tag v1
