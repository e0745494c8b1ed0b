/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON (RFC 8259). Labels may hold any bytes: what is not valid UTF-8 becomes
 * U+FFFD, so that the answer is valid JSON whatever is in the store.
 */
#include "config.h"

#include <inttypes.h>

#include "tool.h"

static void
json_string(FILE *f, struct bytes text)
{
	fputc('"', f);
	while (text.len > 0) {
		size_t len = utf8_char_len(text);

		if (len == 0)
			fputs("\\ufffd", f);
		else if (text.ptr[0] < 0x20 || text.ptr[0] == 0x7f)
			fprintf(f, "\\u%04x", (unsigned)text.ptr[0]);
		else if (text.ptr[0] == '"' || text.ptr[0] == '\\')
			fprintf(f, "\\%c", text.ptr[0]);
		else
			fwrite(text.ptr, 1, len, f);
		len = len > 0 ? len : 1;
		text = bytes_slice(text, len, text.len);
	}
	fputc('"', f);
}

/* Comma, new line, key: what stands before a value. */
static void
json_begin(struct json *j, const char *key)
{
	if (j->depth > 0)
		fprintf(j->f, "%s\n%*s", j->follows ? "," : "", 2 * j->depth, "");
	if (key != NULL) {
		json_string(j->f, bytes_str(key));
		fputs(": ", j->f);
	}
	j->follows = true;
}

void
json_open(struct json *j, const char *key, char bracket)
{
	json_begin(j, key);
	fputc(bracket, j->f);
	j->depth++;
	j->follows = false;
}

void
json_close(struct json *j, char bracket)
{
	j->depth--;
	if (j->follows)
		fprintf(j->f, "\n%*s", 2 * j->depth, "");
	fputc(bracket, j->f);
	j->follows = true;
	if (j->depth == 0)
		fputc('\n', j->f);
}

void
json_text(struct json *j, const char *key, struct bytes text)
{
	json_begin(j, key);
	json_string(j->f, text);
}

void
json_hex(struct json *j, const char *key, struct bytes value)
{
	json_begin(j, key);
	fputc('"', j->f);
	for (size_t i = 0; i < value.len; i++)
		fprintf(j->f, "%02x", value.ptr[i]);
	fputc('"', j->f);
}

void
json_number(struct json *j, const char *key, uint64_t value)
{
	json_begin(j, key);
	fprintf(j->f, "%" PRIu64, value);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	json_begin(j, key);
	fputs(value ? "true" : "false", j->f);
}
