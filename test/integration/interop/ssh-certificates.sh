#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SSH certificates: a key of the token certifies users and a server, by itself and through the agent; a user's key in the
# token logs in with the certificate to a server that knows the authority only, and does not without it. Once with EC
# keys, once with RSA keys.
. "$(dirname "$0")/frame.sh"
. "$(dirname "$0")/ssh.sh"

client "OpenSSH certificates" openssh-client ssh sshd ssh-keygen ssh-agent ssh-add script
needs_system
user=$(id -un)
configured="Include /etc/ssh/sshd_config.d/*.conf"
ssh-keygen -q -t ed25519 -N '' -f "$T/host_key.server.example.org"
mkdir -p "$T/.ssh"

# pin_step NAME SENTENCE: a step of OpenSSH's that needs the PIN; typed on a terminal until the agent is there, then by
# SSH_ASKPASS.
pin_step()
{
	if [ -n "${SSH_ASKPASS-}" ]; then
		step "$@"
	else
		typed "$@" <"$T/pin"
	fi
}

# certifies KIND: a user, by the module itself.
certifies()
{
	part "ssh-keygen -D certifies a user ($1)"
	typed authority "the authority's key is made" <"$T/pin"
	step user-key "the user's key is shown"
	pin_step certify "the authority certifies it"
	step show "the certificate is shown"
	out "as that of a user" 'Type: .*user certificate'
	grep -qF "Signing CA: $1 $(ssh-keygen -lf "$T/user/work/ssh-ca.pub" | cut -d' ' -f2)" "$T/out"
	verdict $? "signed by the authority"
}

# accepted KIND: the server took the certificate of an authority whose key is of this kind.
accepted()
{
	out "and the command runs" 'logged in'
	sshd_said "as the server took the certificate" "Accepted certificate ID \"$user\".* signed by $1 CA"
}

# logs_in KIND
logs_in()
{
	part "the certificate logs in ($1)"
	step server "the server is told whom to trust"
	sshd_start server.example.org "$configured"
	pin_step login "a user with the certificate is let in"
	accepted "$1"
	[ -n "${SSH_ASKPASS-}" ] || agent_start
	step agent "the agent takes the token"
	step agent-login "so is one who uses the agent"
	accepted "$1"
	rc 255 "without the certificate nobody is let in" ssh server.example.org echo logged in
}

# others: certificates that the authority did not give for this account.
others()
{
	part "other certificates are refused"
	cp "$T/user/work/user.pub" "$T/other.pub"
	ok "a certificate for another account" ssh-keygen -U -s "$T/user/work/ssh-ca.pub" -I other -n other "$T/other.pub"
	rc 255 "is not let in" ssh -o CertificateFile="$T/other-cert.pub" server.example.org echo logged in
	cp "$T/user/work/user.pub" "$T/late.pub"
	ok "a certificate whose time is over" ssh-keygen -U -s "$T/user/work/ssh-ca.pub" -I late -n "$user" -V -2d:-1d \
		"$T/late.pub"
	rc 255 "is not let in" ssh -o CertificateFile="$T/late-cert.pub" server.example.org echo logged in
	ok "a key outside the token" ssh-keygen -q -t ecdsa -N '' -f "$T/forger"
	cp "$T/user/work/user.pub" "$T/forged.pub"
	ok "certifies, too" ssh-keygen -s "$T/forger" -I "$user" -n "$user" "$T/forged.pub"
	rc 255 "but is no authority" ssh -o CertificateFile="$T/forged-cert.pub" server.example.org echo logged in
}

# serves KIND: the server is certified.
serves()
{
	part "a server is certified ($1)"
	step certify-host "the authority certifies a server"
	step server-host "which is told so"
	sshd_end
	sshd_start server.example.org "$configured"
	: >"$T/known_hosts"
	rc 255 "who knows nobody refuses it" ssh -o CertificateFile="$T/user/work/user-cert.pub" server.example.org true
	err "as one that it cannot verify" 'Host key verification failed'
	rm -f "$T/.ssh/known_hosts"
	step known-hosts "users are told whom to trust"
	cp "$T/.ssh/known_hosts" "$T/known_hosts"
	step agent-login "and then they trust the server"
	accepted "$1"
}

have_token
for type in ec:p256 rsa:2048; do
	case $type in
	ec*) kind=ECDSA ;;
	rsa*) kind=RSA ;;
	esac
	have_key laptop "$type"
	guide ssh-certificates module="$module" type="$type" server="$user@server.example.org" user="$user" \
		host=server.example.org host_key="$T/host_key.server.example.org.pub"
	certifies $kind
	logs_in $kind
	[ $kind = RSA ] || others
	part "ssh-keygen -U certifies through the agent ($kind)"
	rm "$T/user/work/user-cert.pub"
	step certify-agent "the authority certifies the user"
	step agent-login "and the user is let in"
	accepted $kind
	serves $kind
	ok "the agent gives the token back" ssh-add -e "$module"
	sshd_end
	rm -f /etc/ssh/sshd_config.d/*
	for label in ssh-ca laptop; do
		ok "key $label is removed" tool rm --label $label --yes --pin-file "$T/pin"
	done
done
