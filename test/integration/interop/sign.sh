# SPDX-License-Identifier: BSD-2-Clause
# What the tests of programs that sign share. Sourced after frame.sh.
#
#   there COMMAND...             runs where the guide's steps run
#   have_signing_certificate LABEL TYPE: by the guide signing.md, the test being the authority
#   pdf_make                     a PDF document of one page, on standard output
#   pdf_verified FILE            openssl verifies the last signature of this PDF document, and that of no other text

there()
{
	(cd "$T/user/work" && "$@")
}

have_signing_certificate()
{
	guide signing key="$1" type="$2"
	typed key "a key \"$1\" ($2) is made" <"$T/pin"
	typed request "a certificate to sign with is requested" <"$T/pin"
	ok "and granted" ca_sign "$T/user/work/$1.csr" "$T/user/work/$1.pem"
	typed store "and stored beside it" <"$T/pin"
}

pdf_make()
{
	perl -e '
		my $text = "BT /F 24 Tf 72 720 Td (A letter) Tj ET";
		my @objects = ("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
			"<< /Length " . length($text) . " >>\nstream\n$text\nendstream",
			"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
		my ($pdf, $table, $number) = ("%PDF-1.7\n", "0000000000 65535 f \n", 0);
		for (@objects) {
			$table .= sprintf("%010d 00000 n \n", length($pdf));
			$pdf .= ++$number . " 0 obj\n$_\nendobj\n";
		}
		my $end = length($pdf);
		$number++;
		print "${pdf}xref\n0 $number\n${table}trailer\n<< /Size $number /Root 1 0 R >>\nstartxref\n$end\n%%EOF\n";'
}

# pdf_signature FILE TEXT SIGNATURE: the last signature, and the bytes that it is for.
pdf_signature()
{
	perl -e '
		local $/;
		my ($from, $text, $signature) = @ARGV;
		open my $in, "<:raw", $from or die;
		my $pdf = <$in>;
		my @range;
		@range = ($1, $2, $3, $4) while $pdf =~ m!/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)!g;
		@range && $range[2] + $range[3] == length($pdf) or die "the signature is not for the whole document\n";
		open my $out, ">:raw", $text or die;
		print $out substr($pdf, $range[0], $range[1]), substr($pdf, $range[2], $range[3]);
		substr($pdf, $range[1], $range[2] - $range[1]) =~ m!<([0-9a-fA-F]+)>! or die;
		open $out, ">:raw", $signature or die;
		print $out pack "H*", $1;' "$@"
}

pdf_verified()
{
	ok "its signature is for all of it" pdf_signature "$1" "$T/signed" "$T/signature"
	ok "openssl verifies it" openssl cms -verify -binary -inform DER -in "$T/signature" -content "$T/signed" \
		-CAfile "$T/ca.pem" -purpose any -out "$T/verified"
	echo more >>"$T/signed"
	rc 4 "but not that of another text" openssl cms -verify -binary -inform DER -in "$T/signature" \
		-content "$T/signed" -CAfile "$T/ca.pem" -purpose any -out "$T/verified"
}
