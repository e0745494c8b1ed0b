/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 URIs (RFC 7512), by p11-kit: pkcs11:token=T;id=%01;object=LABEL;type=private.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <p11-kit/uri.h>

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

/* A field of CK_TOKEN_INFO: padded with blanks. */
static void
field_put(unsigned char *field, size_t len, const char *text)
{
	memset(field, ' ', len);
	memcpy(field, text, strnlen(text, len));
}

/* And back; empty if the URI does not name it. */
static struct bytes
field_get(const unsigned char *field, size_t len)
{
	if (field[0] == '\0')
		return BYTES_EMPTY;
	while (len > 0 && field[len - 1] == ' ')
		len--;
	return bytes_of(field, len);
}

static CK_RV
uri_attribute(P11KitUri *uri, CK_ATTRIBUTE_TYPE type, struct bytes value)
{
	CK_ATTRIBUTE a = { type, (void *)value.ptr, value.len };

	if (value.len == 0)
		return CKR_OK;
	return p11_kit_uri_set_attribute(uri, &a) == P11_KIT_URI_OK ? CKR_OK : CKR_HOST_MEMORY;
}

static CK_RV
uri_write(P11KitUri *uri, struct buf *out)
{
	char *text = NULL;
	CK_RV rv = CKR_HOST_MEMORY;

	if (p11_kit_uri_format(uri, P11_KIT_URI_FOR_OBJECT_ON_TOKEN, &text) == P11_KIT_URI_OK)
		rv = buf_append(out, bytes_str(text));
	free(text);
	return rv;
}

CK_RV
uri_of_object(const struct token_info *token, const struct object *o, bool is_pair, struct buf *out)
{
	const struct attrs *attrs = object_attrs(o);
	CK_OBJECT_CLASS class = (CK_OBJECT_CLASS)object_class(o);
	P11KitUri *uri = p11_kit_uri_new();
	CK_TOKEN_INFO *info = NULL;
	CK_RV rv = CKR_HOST_MEMORY;

	if (uri == NULL)
		return rv;
	info = p11_kit_uri_get_token_info(uri);
	field_put(info->label, sizeof info->label, token->label);
	if ((rv = uri_attribute(uri, CKA_ID, attrs_bytes(attrs, CKA_ID))) == CKR_OK)
		rv = uri_attribute(uri, CKA_LABEL, attrs_bytes(attrs, CKA_LABEL));
	if (rv == CKR_OK && !is_pair)
		rv = uri_attribute(uri, CKA_CLASS, bytes_of(&class, sizeof class));
	if (rv == CKR_OK)
		rv = uri_write(uri, out);
	p11_kit_uri_free(uri);
	return rv;
}

/* The serial number says more than the label. What says which module or slot is not needed to find a
 * thing in our own store. */
static CK_RV
uri_take(P11KitUri *uri, struct attrs *wanted, struct buf *token)
{
	const CK_TOKEN_INFO *info = p11_kit_uri_get_token_info(uri);
	struct bytes serial = field_get(info->serialNumber, sizeof info->serialNumber);
	CK_ULONG count = 0;
	CK_ATTRIBUTE *list = p11_kit_uri_get_attributes(uri, &count);
	CK_RV rv = attr_search_read(list, count, wanted);

	if (serial.len == 0)
		serial = field_get(info->label, sizeof info->label);
	return rv == CKR_OK ? buf_set(token, serial) : rv;
}

CK_RV
uri_read(const char *text, struct attrs *wanted, struct buf *token)
{
	P11KitUri *uri = p11_kit_uri_new();
	CK_RV rv = CKR_HOST_MEMORY;

	if (uri == NULL)
		return rv;
	if (p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, uri) != P11_KIT_URI_OK ||
		p11_kit_uri_any_unrecognized(uri))
		rv = rv_fail(CKR_ARGUMENTS_BAD, "this is no PKCS#11 URI: %.200s", text);
	else
		rv = uri_take(uri, wanted, token);
	p11_kit_uri_free(uri);
	return rv;
}
