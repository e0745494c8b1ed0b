/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base64 and PEM.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

CK_RV
base64_encode(struct bytes in, struct buf *out)
{
	size_t start = out->len;
	CK_RV rv = buf_resize(out, start + (in.len + 2) / 3 * 4);

	if (rv != CKR_OK)
		return rv;
	uint8_t *p = out->ptr + start;
	for (size_t i = 0; i < in.len; i += 3) {
		size_t n = in.len - i < 3 ? in.len - i : 3;
		uint32_t group = (uint32_t)in.ptr[i] << 16;

		group |= n > 1 ? (uint32_t)in.ptr[i + 1] << 8 : 0;
		group |= n > 2 ? in.ptr[i + 2] : 0;
		*p++ = (uint8_t)alphabet[group >> 18];
		*p++ = (uint8_t)alphabet[group >> 12 & 63];
		*p++ = n > 1 ? (uint8_t)alphabet[group >> 6 & 63] : '=';
		*p++ = n > 2 ? (uint8_t)alphabet[group & 63] : '=';
	}
	return CKR_OK;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Four characters, of which pads are '='; false if they can not stand for bytes. */
static bool
decode_group(uint32_t group, size_t pads, uint8_t bytes[3])
{
	bytes[0] = (uint8_t)(group >> 16);
	bytes[1] = (uint8_t)(group >> 8);
	bytes[2] = (uint8_t)group;
	return pads <= 2 && (pads < 1 || bytes[2] == 0) && (pads < 2 || bytes[1] == 0);
}

static CK_RV
decode_all(struct bytes text, struct buf *out)
{
	uint32_t group = 0;
	size_t have = 0, pads = 0;
	bool ended = false;

	for (size_t i = 0; i < text.len; i++) {
		const char *digit = NULL;
		uint8_t bytes[3];
		CK_RV rv;

		if (is_space(text.ptr[i]))
			continue;
		if (text.ptr[i] != '=' && text.ptr[i] != '\0')
			digit = strchr(alphabet, text.ptr[i]);
		if (ended || (digit == NULL) != (text.ptr[i] == '=') || (digit != NULL && pads > 0))
			return CKR_DATA_INVALID;
		pads += digit == NULL;
		group = group << 6 | (digit != NULL ? (uint32_t)(digit - alphabet) : 0);
		if (++have < 4)
			continue;
		if (!decode_group(group, pads, bytes))
			return CKR_DATA_INVALID;
		if ((rv = buf_append(out, bytes_of(bytes, 3 - pads))) != CKR_OK)
			return rv;
		ended = pads > 0;
		group = 0;
		have = 0;
	}
	return have == 0 ? CKR_OK : CKR_DATA_INVALID;
}

CK_RV
base64_decode(struct bytes text, struct buf *out)
{
	struct buf decoded = BUF_EMPTY;
	CK_RV rv = decode_all(text, &decoded);

	if (rv == CKR_OK)
		rv = buf_append(out, view(&decoded));
	buf_free(&decoded);
	return rv;
}

/* Where needle begins in the text, at the start of a line; text.len if nowhere. */
static size_t
find_line(struct bytes text, const char *needle)
{
	size_t len = strlen(needle);

	for (size_t i = 0; i + len <= text.len; i++)
		if ((i == 0 || text.ptr[i - 1] == '\n') && memcmp(text.ptr + i, needle, len) == 0)
			return i;
	return text.len;
}

CK_RV
pem_decode(struct bytes text, const char *label, struct buf *out)
{
	char begin[64], end[64];
	size_t at;

	snprintf(begin, sizeof begin, "-----BEGIN %s-----", label);
	snprintf(end, sizeof end, "-----END %s-----", label);
	if ((at = find_line(text, begin)) == text.len)
		return CKR_DATA_INVALID;
	text = bytes_slice(text, at + strlen(begin), text.len);
	if ((at = find_line(text, end)) == text.len)
		return CKR_DATA_INVALID;
	return base64_decode(bytes_slice(text, 0, at), out);
}
