#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# Sits in front of Firefox or Thunderbird, by their protocol Marionette: once they ask for a PIN it types the one of a
# file, and cancels if they ask again.
#
#   marionette.pl PORT PIN-FILE page URL     loads a page and prints its text
#   marionette.pl PORT PIN-FILE run SCRIPT   runs the program's own JavaScript and prints what it returns
#   marionette.pl PORT PIN-FILE quit         closes the program
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;

my ($port, $pin_file, $command, $argument) = @ARGV;
my $json = JSON::PP->new->utf8->allow_nonref;
my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or die "port $port: $!\n";
my $id = 0;

# A message is its length, a colon, and JSON.
sub receive
{
	my ($length, $message) = ('', '');
	until ($length =~ s/:$//) {
		read($server, $length, 1, length $length) or die "the program has gone\n";
	}
	while (length $message < $length) {
		read($server, $message, $length - length $message, length $message) or die "the program has gone\n";
	}
	return $json->decode($message);
}

# The answer is [1, id, error, value].
sub ask
{
	my ($name, $parameters) = @_;
	my $message = $json->encode([0, ++$id, $name, $parameters // {}]);
	print $server length $message, ':', $message;
	$server->flush;
	my $answer = receive();
	die "$name: $answer->[2]{error}: $answer->[2]{message}\n" if $answer->[2];
	return ref $answer->[3] eq 'HASH' ? $answer->[3]{value} : undef;
}

sub context
{
	ask('Marionette:SetContext', { value => $_[0] });
}

sub script
{
	return ask('WebDriver:ExecuteScript', { script => $_[0], args => $_[1] // [], sandbox => 'system' });
}

# Dialogs of earlier callers are theirs; every one is answered once.
sub answer_dialogs
{
	open my $file, '<', $pin_file or die "$pin_file: $!\n";
	chomp(my $pin = <$file>);
	context('chrome');
	script(<<'END', [$pin]);
		let pin = arguments[0];
		Services.obs.addObserver(dialog => dialog.setTimeout(() => {
			let ui = dialog.Dialog.ui;
			if (dialog.tokenAnswered)
				return;
			dialog.tokenAnswered = true;
			if (dialog.Dialog.args.promptType == "promptPassword" && pin !== null) {
				ui.password1Textbox.value = pin;
				pin = null;
				ui.button0.click();
			} else {
				ui.button1.click();
			}
		}, 100), "common-dialog-loaded");
END
}

sub page
{
	my $text = 'return document.documentElement.textContent';
	context('content');
	# Marionette ends this when a dialog opens, while the page is still loading.
	eval { ask('WebDriver:Navigate', { url => $argument }) };
	for (1 .. 100) {
		my $ready = eval { script('return document.URL != "about:blank" && document.readyState == "complete"') };
		last if $ready;
		select undef, undef, undef, 0.1;
	}
	return script($text);
}

# The body of a function, which may wait; Marionette itself does not while a dialog is open.
sub run
{
	local $/;
	open my $file, '<', $argument or die "$argument: $!\n";
	my $body = <$file>;
	script("window.said = null; (async () => { $body })().then(
		value => window.said = [true, String(value)], error => window.said = [false, String(error)]); return null");
	for (1 .. 300) {
		my $said = eval { script('return window.said') };
		if ($said) {
			return $said->[1] if $said->[0];
			die "$said->[1]\n";
		}
		select undef, undef, undef, 0.1;
	}
	die "no answer\n";
}

binmode STDOUT, ':utf8';
receive();
ask('WebDriver:NewSession', { unhandledPromptBehavior => 'ignore' });
if ($command eq 'quit') {
	ask('Marionette:Quit', { flags => ['eAttemptQuit'] });
	exit;
}
answer_dialogs();
print $command eq 'page' ? page() : run(), "\n";
