/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpm2-token cert add: store a certificate beside its key, with the same
 * CKA_ID, by which clients find one from the other.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/der.h"
#include "tool.h"

#define FILE_MAX 65536 /* bytes; certificates have some thousands */

static CK_RV
file_read(const char *path, struct buf *out)
{
	uint8_t block[4096];
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	CK_RV rv = CKR_OK;

	if (fd < 0)
		return rv_fail(CKR_ARGUMENTS_BAD, "%s: %s", path, strerror(errno));
	while (rv == CKR_OK && out->len <= FILE_MAX && (n = read(fd, block, sizeof block)) > 0)
		rv = buf_append(out, bytes_of(block, (size_t)n));
	if (rv == CKR_OK && n < 0)
		rv = rv_fail(CKR_ARGUMENTS_BAD, "%s: %s", path, strerror(errno));
	if (rv == CKR_OK && out->len > FILE_MAX)
		rv = rv_fail(CKR_ARGUMENTS_BAD, "%s is too large for a certificate", path);
	close(fd);
	return rv;
}

/* The file's certificate as DER. */
static CK_RV
certificate_read(const char *path, struct buf *der, struct der_certificate *fields)
{
	struct buf file = BUF_EMPTY;
	CK_RV rv = file_read(path, &file);

	if (rv == CKR_OK && file.len > 0 && file.ptr[0] == DER_SEQUENCE)
		buf_move(der, &file);
	else if (rv == CKR_OK && pem_decode(view(&file), "CERTIFICATE", der) != CKR_OK)
		rv = CKR_DATA_INVALID;
	if (rv == CKR_OK && !der_certificate_read(view(der), fields))
		rv = CKR_DATA_INVALID;
	if (rv == CKR_DATA_INVALID)
		rv = rv_fail(rv, "%s holds no certificate in PEM or DER", path);
	buf_free(&file);
	return rv;
}

struct key_search {
	struct pubkey key; /* of the certificate */
	struct buf id, label;
	bool found;
	bool apart; /* --id is not the key's */
};

static CK_RV
compare_key(void *arg, struct object *o)
{
	struct key_search *s = arg;
	const struct pubkey *key = object_pubkey(o);
	CK_RV rv;

	if (s->found || key == NULL || !pubkey_equal(key, &s->key))
		return CKR_OK;
	s->found = true;
	if ((rv = buf_set(&s->id, attrs_bytes(object_attrs(o), CKA_ID))) == CKR_OK)
		rv = buf_set(&s->label, attrs_bytes(object_attrs(o), CKA_LABEL));
	return rv;
}

static CK_RV
id_take(const char *hex, struct key_search *s)
{
	struct buf id = BUF_EMPTY;
	CK_RV rv = hex_read(hex, &id);

	if (rv == CKR_OK) {
		s->apart = s->found && !bytes_equal(view(&id), view(&s->id));
		buf_move(&s->id, &id);
	}
	buf_free(&id);
	return rv;
}

/* The key that the certificate is for. Without one, --id says where it belongs: a CA's certificate,
 * say. */
static CK_RV
key_find(const struct tool *t, struct token *token, struct bytes spki, struct key_search *s)
{
	struct attrs wanted = ATTRS_EMPTY;
	CK_RV rv = der_spki_read(spki, &s->key);

	if (rv == CKR_OK)
		rv = attrs_set_u64(&wanted, CKA_CLASS, CKO_PUBLIC_KEY);
	if (rv == CKR_OK)
		rv = objects_each(token, &wanted, compare_key, s);
	attrs_free(&wanted);
	if (opt_given(t, OPT_ID))
		return rv == CKR_OK || rv == CKR_ATTRIBUTE_VALUE_INVALID
			       ? id_take(t->value[OPT_ID], s)
			       : rv;
	if (rv == CKR_ATTRIBUTE_VALUE_INVALID || (rv == CKR_OK && !s->found))
		return rv_fail(CKR_ARGUMENTS_BAD, "the certificate is for no key on this token; "
						  "--id HEX stores it all the same");
	return rv;
}

static CK_RV
certificate_store(
	const struct tool *t, struct token *token, struct bytes der, const struct key_search *s)
{
	struct bytes label =
		opt_given(t, OPT_LABEL) ? bytes_str(t->value[OPT_LABEL]) : view(&s->label);
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	CK_RV rv = attrs_set_u64(&a, CKA_CLASS, CKO_CERTIFICATE);

	if (rv == CKR_OK)
		rv = attrs_set_u64(&a, CKA_CERTIFICATE_TYPE, CKC_X_509);
	if (rv == CKR_OK)
		rv = attrs_set_bool(&a, CKA_TOKEN, true);
	if (rv == CKR_OK)
		rv = attrs_set_bool(&a, CKA_PRIVATE, false);
	if (rv == CKR_OK)
		rv = attribute_take(&a, CKA_LABEL, label);
	if (rv == CKR_OK)
		rv = attribute_take(&a, CKA_ID, view(&s->id));
	if (rv == CKR_OK)
		rv = attrs_set(&a, CKA_VALUE, der);
	if (rv == CKR_OK)
		rv = object_create(token, 0, &a, &o);
	object_put(o);
	attrs_free(&a);
	return rv;
}

static void
print_stored(const struct key_search *s)
{
	fputs("The certificate is stored with id ", stdout);
	for (size_t i = 0; i < s->id.len; i++)
		printf("%02x", s->id.ptr[i]);
	puts(!s->found     ? "; there is no key for it on this token."
		: s->apart ? "; its key has another id."
			   : ", that of its key.");
}

int
cmd_cert_add(struct tool *t)
{
	struct key_search s = { .key = PUBKEY_EMPTY, .id = BUF_EMPTY, .label = BUF_EMPTY };
	struct der_certificate fields;
	struct buf der = BUF_EMPTY;
	struct token *token = NULL;
	CK_RV rv;

	if (t->operand == NULL)
		return usage_error("no file is given");
	if ((rv = certificate_read(t->operand, &der, &fields)) == CKR_OK &&
		(rv = tool_token(t, &token)) == CKR_OK &&
		(rv = key_find(t, token, fields.spki, &s)) == CKR_OK &&
		(rv = tool_login(t, token)) == CKR_OK)
		rv = certificate_store(t, token, view(&der), &s);
	if (rv == CKR_OK)
		print_stored(&s);
	pubkey_free(&s.key);
	buf_free(&s.id);
	buf_free(&s.label);
	buf_free(&der);
	return rv == CKR_OK ? DONE : fail_rv(rv);
}
