#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# git: commits and tags signed with gpg.format=ssh through the agent, and verified; another's signature is not good.
. "$(dirname "$0")/frame.sh"

client git git git ssh-agent ssh-add ssh-keygen script
export GIT_CONFIG_NOSYSTEM=1
have_token
have_key laptop ec:p256
have_key other ec:p256
agent_start
guide git module="$module" email=me@example.org
part "commits and tags, signed and verified"
step agent "the agent takes the token"
step configure "git is told to sign"
step trust "and whom to trust"
step sign "a commit and a tag are signed"
step verify "and verified"
err "as good" 'Good "git" signature for me@example.org'
part "a key that nobody trusts"
tool ssh --public --label other >"$T/other.pub"
ok "signs" git -C "$T/user/work/project" -c user.signingkey="$T/other.pub" commit -q -S --allow-empty -m other
rc 1 "and is not believed" git -C "$T/user/work/project" verify-commit HEAD
