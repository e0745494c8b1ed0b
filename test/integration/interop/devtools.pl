#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# Sits in front of Chromium, by its protocol DevTools over two pipes; the PIN that it asks for in a window of X is typed.
#
#   devtools.pl TO FROM PIN-FILE page URL    loads a page and prints its text
#   devtools.pl TO FROM PIN-FILE quit        closes the browser
use strict;
use warnings;
use JSON::PP;

my ($to_path, $from_path, $pin_file, $command, $url) = @ARGV;
my $json = JSON::PP->new->utf8->allow_nonref;
# Neither side waits for the other to open its end.
open my $to, '+<', $to_path or die "$to_path: $!\n";
open my $from, '+<', $from_path or die "$from_path: $!\n";
my $id = 0;

# Messages are JSON and end with a null byte. Events come between a question and its answer.
sub ask
{
	my ($method, $parameters, $session) = @_;
	my %message = (id => ++$id + $$ * 1000, method => $method, params => $parameters // {});
	$message{sessionId} = $session if defined $session;
	print $to $json->encode(\%message), "\0";
	$to->flush;
	local $/ = "\0";
	while (my $line = <$from>) {
		chomp $line;
		my $answer = $json->decode($line);
		next if ($answer->{id} // 0) != $message{id};
		die "$method: $answer->{error}{message}\n" if $answer->{error};
		return $answer->{result};
	}
	die "the browser has gone\n";
}

# A process that answers as often as it is asked: with the PINs of the file, line by line, then with Escape.
sub answer_dialogs
{
	my $child = fork // die "fork: $!\n";
	return $child if $child != 0;
	setpgrp;
	open my $file, '<', $pin_file or die "$pin_file: $!\n";
	chomp(my @pins = <$file>);
	while (1) {
		my $pin = shift @pins;
		chomp(my ($window) = qx(xdotool search --sync --onlyvisible --name 'Unlock Security Device'));
		my @focus = (qw(xdotool windowfocus --sync), $window);
		system @focus, qw(type --delay 20), $pin if defined $pin;
		system qw(xdotool key), defined $pin ? 'Return' : 'Escape';
		select undef, undef, undef, 0.1 while system("xdotool getwindowname $window >/dev/null 2>&1") == 0;
	}
}

sub page
{
	my ($tab) = grep { $_->{type} eq 'page' } @{ ask('Target.getTargets')->{targetInfos} };
	my $session = ask('Target.attachToTarget', { targetId => $tab->{targetId}, flatten => JSON::PP::true })->{sessionId};
	my $value = sub {
		return ask('Runtime.evaluate', { expression => $_[0] }, $session)->{result}{value};
	};
	my $typist = answer_dialogs();
	my $error = ask('Page.navigate', { url => $url }, $session)->{errorText};
	kill 'TERM', -$typist;
	waitpid $typist, 0;
	die "$url: $error\n" if $error;
	for (1 .. 100) {
		last if $value->('document.readyState') eq 'complete';
		select undef, undef, undef, 0.1;
	}
	return $value->('document.documentElement.textContent');
}

binmode STDOUT, ':utf8';
if ($command eq 'page') {
	print page(), "\n";
} else {
	ask('Browser.close');
}
