/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpm2-token keygen: make a key pair in the TPM.
 */
#include "config.h"

#include <string.h>

#include "tool.h"

static const struct key_choice {
	const char *name;
	CK_MECHANISM_TYPE mechanism;
	enum curve curve;
	size_t bits;
	const char *progress;
} choices[] = {
	{ "ec:p256", CKM_EC_KEY_PAIR_GEN, CURVE_P256, 0, "Making an EC key in the TPM" },
	{ "ec:p384", CKM_EC_KEY_PAIR_GEN, CURVE_P384, 0, "Making an EC key in the TPM" },
	{ "ec:p521", CKM_EC_KEY_PAIR_GEN, CURVE_P521, 0, "Making an EC key in the TPM" },
	{ "rsa:2048", CKM_RSA_PKCS_KEY_PAIR_GEN, CURVE_NONE, 2048, "Making an RSA key in the TPM" },
	{ "rsa:3072", CKM_RSA_PKCS_KEY_PAIR_GEN, CURVE_NONE, 3072, "Making an RSA key in the TPM" },
};

static const struct key_choice *
choice_find(const struct tool *t)
{
	const char *name = opt_given(t, OPT_TYPE) ? t->value[OPT_TYPE] : choices[0].name;

	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
		if (strcmp(choices[i].name, name) == 0)
			return &choices[i];
	return NULL;
}

struct templates {
	struct attrs public, private;
};

/* The private and the public half of what a key does beside signing. */
static CK_RV
templates_decrypt(const struct key_choice *c, struct templates *out)
{
	bool rsa = c->curve == CURVE_NONE;
	CK_RV rv = attrs_set_bool(&out->private, rsa ? CKA_DECRYPT : CKA_DERIVE, true);

	return rv == CKR_OK && rsa ? attrs_set_bool(&out->public, CKA_ENCRYPT, true) : rv;
}

/* What both halves have. */
static CK_RV
template_common(struct attrs *a, struct bytes label, struct bytes id)
{
	CK_RV rv = attrs_set_bool(a, CKA_TOKEN, true);

	if (rv == CKR_OK)
		rv = attribute_take(a, CKA_LABEL, label);
	if (rv == CKR_OK && id.len > 0)
		rv = attribute_take(a, CKA_ID, id);
	return rv;
}

static CK_RV
template_public(struct attrs *a, const struct key_choice *c)
{
	static const uint8_t f4[] = { 1, 0, 1 };
	CK_RV rv = attrs_set_bool(a, CKA_VERIFY, true);

	if (rv == CKR_OK && c->curve != CURVE_NONE)
		return attrs_set(a, CKA_EC_PARAMS, curve_row(c->curve)->oid);
	if (rv == CKR_OK)
		rv = attrs_set_u64(a, CKA_MODULUS_BITS, c->bits);
	if (rv == CKR_OK)
		rv = attrs_set(a, CKA_PUBLIC_EXPONENT, bytes_of(f4, sizeof f4));
	return rv;
}

static CK_RV
templates_fill(const struct tool *t, const struct key_choice *c, struct templates *out)
{
	struct bytes label = bytes_str(opt_given(t, OPT_LABEL) ? t->value[OPT_LABEL] : "");
	struct buf id = BUF_EMPTY;
	CK_RV rv = opt_given(t, OPT_ID) ? hex_read(t->value[OPT_ID], &id) : CKR_OK;

	if (rv == CKR_OK)
		rv = template_common(&out->public, label, view(&id));
	if (rv == CKR_OK)
		rv = template_public(&out->public, c);
	if (rv == CKR_OK)
		rv = template_common(&out->private, label, view(&id));
	if (rv == CKR_OK)
		rv = attrs_set_bool(&out->private, CKA_SIGN, true);
	if (rv == CKR_OK && opt_given(t, OPT_ALWAYS_AUTHENTICATE))
		rv = attrs_set_bool(&out->private, CKA_ALWAYS_AUTHENTICATE, true);
	if (rv == CKR_OK && opt_given(t, OPT_DECRYPT))
		rv = templates_decrypt(c, out);
	buf_free(&id);
	return rv;
}

static CK_RV
print_made(struct token *token, const struct key_choice *c, const struct object *key)
{
	struct bytes label = attrs_bytes(object_attrs(key), CKA_LABEL);
	struct buf uri = BUF_EMPTY, line = BUF_EMPTY;
	struct token_info info;
	CK_RV rv = token_info(token, &info);

	if (rv == CKR_OK)
		rv = uri_of_object(&info, key, true, &uri);
	if (rv == CKR_OK)
		rv = ssh_key_line(object_pubkey(key), label, &line);
	if (rv == CKR_OK) {
		printf("Key pair %s is made in the TPM, on token \"", c->name);
		print_text(stdout, bytes_str(info.label));
		printf("\".\nURI: %.*s\nSSH: ", (int)uri.len, (const char *)uri.ptr);
		print_text(stdout, view(&line));
		putchar('\n');
	}
	buf_free(&uri);
	buf_free(&line);
	return rv;
}

static CK_RV
keygen(struct tool *t, const struct key_choice *c)
{
	struct templates templates = { ATTRS_EMPTY, ATTRS_EMPTY };
	struct object *public = NULL, *private = NULL;
	struct token *token = NULL;
	struct progress p;
	CK_RV rv;

	if ((rv = templates_fill(t, c, &templates)) != CKR_OK ||
		(rv = tool_token(t, &token)) != CKR_OK || (rv = tool_login(t, token)) != CKR_OK)
		goto out;
	progress_start(&p, c->progress);
	rv = object_generate_pair(token, 0, mech_find(c->mechanism), &templates.public,
		&templates.private, &public, &private);
	progress_stop(&p);
	if (rv == CKR_OK)
		rv = print_made(token, c, public);
out:
	object_put(public);
	object_put(private);
	attrs_free(&templates.public);
	attrs_free(&templates.private);
	return rv;
}

int
cmd_keygen(struct tool *t)
{
	const struct key_choice *c = choice_find(t);
	CK_RV rv;

	if (c == NULL)
		return usage_error("there is no key type \"%s\"", t->value[OPT_TYPE]);
	rv = keygen(t, c);
	return rv == CKR_OK ? DONE : fail_rv(rv);
}
