/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text that may hold anything: UTF-8, what a terminal bears, hex digits.
 */
#include "config.h"

#include <ctype.h>

#include "tool.h"

size_t
utf8_char_len(struct bytes text)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t least; /* a shorter form would do below it */
	} forms[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 } };

	for (size_t n = 0; text.len > n && n < sizeof forms / sizeof forms[0]; n++) {
		if ((text.ptr[0] & forms[n].mask) != forms[n].lead)
			continue;
		uint32_t c = text.ptr[0] & (uint8_t)~forms[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if ((text.ptr[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (text.ptr[i] & 0x3f);
		}
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		return c >= forms[n].least && c <= 0x10ffff && !surrogate ? n + 1 : 0;
	}
	return 0;
}

/* Control characters: C0, DEL, and C1, which UTF-8 writes as c2 80 .. c2 9f. */
static bool
is_control(struct bytes text, size_t len)
{
	return (len == 1 && (text.ptr[0] < 0x20 || text.ptr[0] == 0x7f)) ||
	       (len == 2 && text.ptr[0] == 0xc2 && text.ptr[1] < 0xa0);
}

void
print_text(FILE *f, struct bytes text)
{
	while (text.len > 0) {
		size_t len = utf8_char_len(text);

		if (len == 0 || is_control(text, len))
			fputc('?', f);
		else
			fwrite(text.ptr, 1, len, f);
		len = len > 0 ? len : 1;
		text = bytes_slice(text, len, text.len);
	}
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

CK_RV
hex_read(const char *text, struct buf *out)
{
	struct buf value = BUF_EMPTY;
	CK_RV rv = *text != '\0' ? CKR_OK : CKR_ARGUMENTS_BAD;

	while (rv == CKR_OK && *text != '\0') {
		int high = hex_digit(text[0]);
		int low = high >= 0 ? hex_digit(text[1]) : -1;

		if (low < 0) {
			rv = CKR_ARGUMENTS_BAD;
			break;
		}
		rv = buf_append_u8(&value, (uint8_t)(high << 4 | low));
		text += 2;
		if (text[0] == ':' && text[1] != '\0')
			text++;
	}
	if (rv == CKR_OK)
		buf_move(out, &value);
	buf_free(&value);
	if (rv == CKR_ARGUMENTS_BAD)
		return rv_fail(rv,
			"an id is a row of hex digits, two for a byte, for example 01 or a1:b2");
	return rv;
}
