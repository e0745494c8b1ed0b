#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Thunderbird without a window, with a certificate for mail whose key is in the TPM, RSA and EC: openssl verifies what it signs,
# and it shows what openssl encrypted. With a wrong PIN neither.
. "$(dirname "$0")/frame.sh"

client Thunderbird thunderbird thunderbird certutil modutil openssl script perl
have_token
profile=$T/profile
mail="$profile/Mail/Local Folders"
# The program is the real one, with a remote control.
real=$(command -v thunderbird)
printf '#!/bin/sh\nexec "%s" --headless --marionette --remote-allow-system-access "$@"\n' "$real" >"$T/bin/thunderbird"
chmod 755 "$T/bin/thunderbird"

# account_make: local folders, and an identity; what the assistant for accounts would ask for.
account_make()
{
	local name value
	mkdir -p "$mail"
	control=$(free_port)
	while read -r name value; do
		echo "user_pref(\"$name\", $value);"
	done >"$profile/user.js" <<-END
		marionette.port $control
		mail.accountmanager.accounts "account1"
		mail.accountmanager.defaultaccount "account1"
		mail.accountmanager.localfoldersserver "server1"
		mail.account.account1.server "server1"
		mail.account.account1.identities "id1"
		mail.server.server1.type "none"
		mail.server.server1.hostname "Local Folders"
		mail.server.server1.userName "nobody"
		mail.server.server1.name "Local Folders"
		mail.server.server1.directory-rel "[ProfD]Mail/Local Folders"
		mail.identity.id1.useremail "me@example.org"
		mail.identity.id1.fullName "me"
		mail.identity.id1.valid true
		mail.provider.suppress_dialog_on_startup true
		datareporting.policy.dataSubmissionEnabled false
	END
}

# The certificate is chosen, as the dialog of the account does it; a letter is signed, and put where it waits to be sent.
cat >"$T/sign.js" <<'EOF_SCRIPT'
	const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
	const make = (name, type) => Cc["@mozilla.org/messengercompose/" + name + ";1"].createInstance(Ci[type]);
	const known = await Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB).getCerts();
	const own = known.find(c => c.tokenName == "mine" && c.emailAddress == "me@example.org");
	const identity = MailServices.accounts.allIdentities[0];
	identity.setUnicharAttribute("signing_cert_name", own.displayName);
	identity.setCharAttribute("signing_cert_dbkey", own.dbKey);
	const letter = make("composefields", "nsIMsgCompFields");
	letter.from = "me@example.org";
	letter.to = "them@example.org";
	letter.subject = "signed";
	letter.body = "a letter\r\n";
	letter.composeSecure = make("composesecure", "nsIMsgComposeSecure");
	letter.composeSecure.signMessage = true;
	const how = make("composeparams", "nsIMsgComposeParams");
	how.composeFields = letter;
	how.identity = identity;
	how.format = Ci.nsIMsgCompFormat.PlainText;
	how.type = Ci.nsIMsgCompType.New;
	const compose = make("compose", "nsIMsgCompose");
	compose.initialize(how);
	await compose.sendMsg(Ci.nsIMsgCompDeliverMode.Later, identity, "account1", null, null);
	return "signed";
EOF_SCRIPT
# An encrypted letter has come, and is opened.
cat >"$T/read.js" <<EOF_SCRIPT
	const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
	const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");
	const top = MailServices.accounts.localFoldersServer.rootFolder;
	try {
		top.createSubfolder("Letters", null);
	} catch (exists) {
	}
	const folder = top.getChildNamed("Letters").QueryInterface(Ci.nsIMsgLocalMailFolder);
	const letter = folder.addMessage(await IOUtils.readUTF8("$T/secret.eml"));
	const tabs = window.document.getElementById("tabmail");
	MailUtils.displayMessages([letter]);
	for (let i = 0; i < 80; i++) {
		await new Promise(done => window.setTimeout(done, 100));
		const pane = tabs.currentAboutMessage?.getMessagePaneBrowser?.();
		const text = pane?.contentDocument?.body?.textContent ?? "";
		if (text.includes("secret letter"))
			return text;
	}
	throw "the letter is not shown";
EOF_SCRIPT

thunderbird_start()
{
	rm -f "$profile/session.json"
	serve start "Listening on port $control" "Thunderbird starts"
}

thunderbird_does()
{
	timeout 60 "$(dirname "$0")/marionette.pl" "$control" "$@"
}

thunderbird_end()
{
	ok "Thunderbird is closed" thunderbird_does "$T/pin" quit
	serve_ended
}

# What is in the folder of letters to be sent, without the line that begins each.
signed_letter()
{
	sed '/^From - /d' "$mail/Unsent Messages" >"$T/signed.eml"
}

for type in rsa ec; do
	part "a key of type $type"
	guide nss module="$module" db="$T/nssdb" type=$type email=me@example.org
	[ $type = ec ] || step database "a database is made, with the module"
	typed mail-key "a key for mail is made in the TPM" <"$T/pin"
	ok "its certificate is granted" ca_sign "$T/user/work/mail.csr" "$T/user/work/mail.pem"
	typed mail-store "and stored" <"$T/pin"
	printf 'Content-Type: text/plain\r\n\r\na secret letter\r\n' >"$T/letter"
	openssl cms -encrypt -aes256 -in "$T/letter" -from them@example.org -to me@example.org -subject secret \
		-out "$T/secret.eml" "$T/user/work/mail.pem"
	guide thunderbird module="$module" profile="$profile" authority="$T/ca.pem"
	if [ $type = rsa ]; then
		step profile "the module is registered in a profile"
		account_make
	fi
	thunderbird_start
	rm -f "$mail/Unsent Messages"*
	# Thunderbird 140 says that it has sent a letter that it could not sign.
	thunderbird_does "$T/wrong" run "$T/sign.js" >"$T/out" 2>"$T/err" || true
	[ ! -s "$mail/Unsent Messages" ]
	verdict $? "with a wrong PIN nothing is signed"
	! thunderbird_does "$T/wrong" run "$T/read.js" >"$T/out" 2>"$T/err"
	verdict $? "and nothing shown"
	thunderbird_end
	thunderbird_start
	rm -f "$mail/Unsent Messages"*
	ok "a letter is signed" thunderbird_does "$T/pin" run "$T/sign.js"
	signed_letter
	ok "openssl verifies it" openssl cms -verify -in "$T/signed.eml" -CAfile "$T/ca.pem"
	out "whole" '^a letter'
	ok "an encrypted letter is opened" thunderbird_does "$T/pin" run "$T/read.js"
	out "and shown" 'a secret letter'
	thunderbird_end
	ok "the key is removed" certutil -F -d "sql:$T/nssdb" -h mine -n "mine:mail-$type" -f "$T/pin"
done
