#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# git: commits and tags signed with gpg.format=ssh through the agent, EC and RSA, and verified; another's signature is not
# good.
. "$(dirname "$0")/frame.sh"

client git git git ssh-agent ssh-add ssh-keygen script
export GIT_CONFIG_NOSYSTEM=1
have_token
have_key other ec:p256
guide git module="$module" email=me@example.org
tool ssh --public --label other >"$T/other.pub"
agent_start
for type in ec:p256 rsa:2048; do
	part "commits and tags, signed and verified (${type%:*})"
	have_key laptop "$type"
	step agent "the agent takes the token"
	step configure "git is told to sign"
	step trust "and whom to trust"
	step sign "a commit and a tag are signed"
	step verify "and verified"
	err "as good" "Good \"git\" signature for me@example.org with $(echo "${type%:*}" | tr a-z A-Z)"
	project=$(sed -n 's/^cd "\(.*\)"$/\1/p' "$T/user/environment")
	part "a key that nobody trusts (${type%:*})"
	ok "signs" git -C "$project" -c user.signingkey="$T/other.pub" commit -q -S --allow-empty -m other
	rc 1 "and is not believed" git -C "$project" verify-commit HEAD
	ok "the agent gives the token back" ssh-add -e "$module"
	rc 128 "without it nothing is signed" git -C "$project" commit -q -S --allow-empty -m unsigned
	ok "the key is removed" tool rm --label laptop --yes --pin-file "$T/pin"
done
