/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 URIs (RFC 7512): pkcs11:token=T;object=LABEL;id=%01;type=private.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "tool.h"

/* The words of RFC 7512 for what has one. */
static const struct {
	uint64_t class;
	const char *name;
} classes[] = {
	{ CKO_PUBLIC_KEY, "public" },
	{ CKO_PRIVATE_KEY, "private" },
	{ CKO_CERTIFICATE, "cert" },
	{ CKO_DATA, "data" },
	{ CKO_SECRET_KEY, "secret-key" },
};

const char *
class_name(uint64_t class)
{
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
		if (classes[i].class == class)
			return classes[i].name;
	return "object";
}

uint64_t
object_class(const struct object *o)
{
	return attrs_u64(object_attrs(o), CKA_CLASS, CK_UNAVAILABLE_INFORMATION);
}

/* RFC 7512, 2.3: unreserved characters and pk11-res-avail; all else is percent-encoded. */
static bool
uri_plain(uint8_t c)
{
	return c < 0x80 && (isalnum(c) || (c != '\0' && strchr("-._~:[]@!$'()*+,=", c) != NULL));
}

static CK_RV
uri_append(struct buf *out, const char *name, struct bytes value, bool encode_all)
{
	bool first = out->len == strlen("pkcs11:");
	CK_RV rv = first ? CKR_OK : buf_append_u8(out, ';');

	if (rv == CKR_OK)
		rv = buf_append(out, bytes_str(name));
	if (rv == CKR_OK)
		rv = buf_append_u8(out, '=');
	for (size_t i = 0; rv == CKR_OK && i < value.len; i++) {
		char escaped[4];

		snprintf(escaped, sizeof escaped, "%%%02X", (unsigned)value.ptr[i]);
		if (encode_all || !uri_plain(value.ptr[i]))
			rv = buf_append(out, bytes_str(escaped));
		else
			rv = buf_append_u8(out, value.ptr[i]);
	}
	return rv;
}

CK_RV
uri_of_object(const struct token_info *token, const struct object *o, bool is_pair, struct buf *out)
{
	struct bytes label = attrs_bytes(object_attrs(o), CKA_LABEL);
	struct bytes id = attrs_bytes(object_attrs(o), CKA_ID);
	CK_RV rv = buf_append(out, bytes_str("pkcs11:"));

	if (rv == CKR_OK)
		rv = uri_append(out, "token", bytes_str(token->label), false);
	if (rv == CKR_OK && id.len > 0)
		rv = uri_append(out, "id", id, true);
	if (rv == CKR_OK && label.len > 0)
		rv = uri_append(out, "object", label, false);
	if (rv == CKR_OK && !is_pair)
		rv = uri_append(out, "type", bytes_str(class_name(object_class(o))), false);
	return rv;
}

static bool
percent_decode(struct bytes text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char digits[3] = { 0 };
		struct buf byte = BUF_EMPTY;
		CK_RV rv;

		if (text.ptr[i] != '%') {
			rv = buf_append_u8(out, text.ptr[i]);
		} else {
			memcpy(digits, text.ptr + i + 1, text.len - i > 2 ? 2 : 0);
			if ((rv = hex_read(digits, &byte)) == CKR_OK)
				rv = byte.len == 1 ? buf_append(out, view(&byte))
						   : CKR_ARGUMENTS_BAD;
			i += 2;
		}
		buf_free(&byte);
		if (rv != CKR_OK)
			return false;
	}
	return true;
}

static CK_RV
class_read(struct bytes name, struct attrs *wanted)
{
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
		if (bytes_equal(name, bytes_str(classes[i].name)))
			return attrs_set_u64(wanted, CKA_CLASS, classes[i].class);
	return CKR_ARGUMENTS_BAD;
}

/* One "name=value". Names that say which module or slot are not needed to find a thing in our own
 * store. */
static CK_RV
part_read(struct bytes part, struct attrs *wanted, struct buf *token)
{
	static const char *const ignored[] = { "manufacturer", "model", "library-manufacturer",
		"library-description", "library-version", "slot-id", "slot-description",
		"slot-manufacturer" };
	const uint8_t *equals = memchr(part.ptr, '=', part.len);
	struct bytes name = bytes_of(part.ptr, equals != NULL ? (size_t)(equals - part.ptr) : 0);
	struct buf value = BUF_EMPTY;
	CK_RV rv = CKR_ARGUMENTS_BAD;

	if (equals == NULL || !percent_decode(bytes_slice(part, name.len + 1, part.len), &value))
		goto out;
	if (bytes_equal(name, bytes_str("object")))
		rv = attrs_set(wanted, CKA_LABEL, view(&value));
	else if (bytes_equal(name, bytes_str("id")))
		rv = attrs_set(wanted, CKA_ID, view(&value));
	else if (bytes_equal(name, bytes_str("type")))
		rv = class_read(view(&value), wanted);
	else if (bytes_equal(name, bytes_str("serial")) ||
		 (bytes_equal(name, bytes_str("token")) && token->len == 0))
		rv = buf_set(token, view(&value));
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		if (bytes_equal(name, bytes_str(ignored[i])))
			rv = CKR_OK;
	if (bytes_equal(name, bytes_str("token")) && token->len > 0)
		rv = CKR_OK; /* the serial number says more */
out:
	buf_free(&value);
	return rv;
}

CK_RV
uri_read(const char *uri, struct attrs *wanted, struct buf *token)
{
	struct bytes rest = bytes_str(uri);
	CK_RV rv = CKR_OK;

	if (strncmp(uri, "pkcs11:", 7) != 0)
		return rv_fail(CKR_ARGUMENTS_BAD, "a URI begins with \"pkcs11:\"");
	rest = bytes_slice(rest, 7, rest.len);
	const uint8_t *query = rest.len > 0 ? memchr(rest.ptr, '?', rest.len) : NULL;
	if (query != NULL)
		rest.len = (size_t)(query - rest.ptr);
	while (rv == CKR_OK && rest.len > 0) {
		const uint8_t *end = memchr(rest.ptr, ';', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.ptr) : rest.len;

		rv = part_read(bytes_of(rest.ptr, len), wanted, token);
		rest = bytes_slice(rest, len + 1, rest.len);
	}
	if (rv == CKR_ARGUMENTS_BAD)
		return rv_fail(rv, "this is no PKCS#11 URI: %.200s", uri);
	return rv;
}
