/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secret keys: what they are made of, and what is known of their values.
 * secret_place.c says where they live.
 */
#include "config.h"

#include "crypto/aes.h"
#include "crypto/crypto.h"
#include "token_private.h"

enum { CHECK_VALUE_LEN = 3 };

/* Keys of block ciphers. */
static const struct {
	uint64_t key_type;
	enum block_mode ecb;
} block_ciphers[] = {
	{ CKK_AES, BLOCK_ECB },
	{ CKK_DES, BLOCK_DES_ECB },
	{ CKK_DES2, BLOCK_DES_ECB },
	{ CKK_DES3, BLOCK_DES_ECB },
};

bool
secret_is_for_blocks(uint64_t key_type, enum block_mode *ecb)
{
	for (size_t i = 0; i < COUNT(block_ciphers); i++)
		if (block_ciphers[i].key_type == key_type) {
			*ecb = block_ciphers[i].ecb;
			return true;
		}
	return false;
}

static CK_RV
encrypt_block(struct bytes value, enum block_mode ecb, uint8_t *block)
{
	struct blocks *b = NULL;
	CK_RV rv = blocks_host_new(value, &b);

	if (rv == CKR_OK)
		rv = b->ops->run(b, ecb, true, NULL, bytes_of(block, block_len(ecb)), block);
	blocks_free(b);
	return rv;
}

/* PKCS#11 3.2, 4.11 and the key types' sections: of a block cipher's key, three bytes of an
 * encrypted block of zeros; of others, three bytes of the value's SHA-1. */
static CK_RV
check_value(uint64_t key_type, struct bytes value, uint8_t out[CHECK_VALUE_LEN])
{
	enum block_mode ecb = BLOCK_ECB;
	uint8_t work[20] = { 0 };
	CK_RV rv = CKR_OK;

	if (secret_is_for_blocks(key_type, &ecb))
		rv = encrypt_block(value, ecb, work);
	else
		rv = crypto_hash_into(HASH_SHA1, &value, 1, work);
	for (size_t i = 0; i < CHECK_VALUE_LEN; i++)
		out[i] = work[i];
	mem_wipe(work, sizeof work);
	return rv;
}

/* A template may give the right one, or an empty one to have none. */
static CK_RV
fix_check_value(
	const struct attrs *given, uint64_t key_type, struct bytes value, struct attrs *fixed)
{
	uint8_t right[CHECK_VALUE_LEN];
	struct bytes has = attrs_bytes(given, CKA_CHECK_VALUE);
	CK_RV rv = check_value(key_type, value, right);

	if (rv != CKR_OK)
		return rv;
	if (!attrs_has(given, CKA_CHECK_VALUE))
		return attrs_set(fixed, CKA_CHECK_VALUE, bytes_of(right, sizeof right));
	if (has.len != 0 && !bytes_equal(has, bytes_of(right, sizeof right)))
		return rv_fail(
			CKR_ATTRIBUTE_VALUE_INVALID, "CKA_CHECK_VALUE is not that of the value.");
	return CKR_OK;
}

CK_RV
secret_set_len(uint64_t key_type, uint64_t len, struct attrs *attrs)
{
	return attr_secret_own_len(key_type) == 0 ? attrs_set_u64(attrs, CKA_VALUE_LEN, len)
						  : CKR_OK;
}

/* Without a value there is nothing to fix: the rules say what is missing. */
CK_RV
secret_fix_created(const struct attrs *given, struct attrs *fixed)
{
	uint64_t key_type = attrs_u64(given, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
	struct bytes value = attrs_bytes(given, CKA_VALUE);
	CK_RV rv = CKR_OK;

	if (!attrs_has(given, CKA_VALUE) || !attrs_has(given, CKA_KEY_TYPE))
		return CKR_OK;
	if ((rv = attr_secret_value(key_type, value)) != CKR_OK)
		return rv;
	if ((rv = secret_set_len(key_type, value.len, fixed)) != CKR_OK)
		return rv;
	return fix_check_value(given, key_type, value, fixed);
}

static CK_RV
secret_fix_kind(uint64_t key_type, struct attrs *fixed)
{
	CK_RV rv = object_uid_new(fixed);

	if (rv == CKR_OK)
		rv = attrs_set_u64(fixed, CKA_CLASS, CKO_SECRET_KEY);
	return rv == CKR_OK ? attrs_set_u64(fixed, CKA_KEY_TYPE, key_type) : rv;
}

CK_RV
secret_fix_made(
	const struct attrs *given, uint64_t key_type, struct bytes value, struct attrs *fixed)
{
	CK_RV rv = secret_fix_kind(key_type, fixed);

	if (rv == CKR_OK)
		rv = attrs_set(fixed, CKA_VALUE, value);
	return rv == CKR_OK ? fix_check_value(given, key_type, value, fixed) : rv;
}

CK_RV
secret_set_key(struct object *o)
{
	uint64_t key_type = attrs_u64(&o->attrs, CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
	struct bytes value = attrs_bytes(&o->attrs, CKA_VALUE);
	CK_RV rv = value.len > 0 ? key_host_new(value, &o->key) : CKR_DEVICE_ERROR;

	return rv == CKR_OK ? secret_set_len(key_type, value.len, &o->attrs) : rv;
}

/* --- C_GenerateKey --- */

static CK_RV
generate_value(struct core *c, uint64_t key_type, uint64_t len, struct buf *value)
{
	CK_RV rv = buf_resize(value, len);

	if (rv == CKR_OK)
		rv = core_random(c, value->ptr, value->len);
	if (rv == CKR_OK)
		attr_secret_shape(key_type, value->ptr, value->len);
	return rv;
}

/* What the template says, or the type of key. */
static uint64_t
generate_len(const struct mech *m, const struct attrs *given)
{
	return attrs_u64(given, CKA_VALUE_LEN, attr_secret_own_len(m->key_type));
}

/* What a key that the TPM makes is checked for; nobody knows its check value. */
static CK_RV
fix_unknown(const struct attrs *given, uint64_t key_type, uint64_t len, struct attrs *fixed)
{
	CK_RV rv = secret_fix_kind(key_type, fixed);

	if (rv == CKR_OK)
		rv = attrs_set_u64(fixed, CKA_VALUE_LEN, len);
	if (rv == CKR_OK && attrs_bytes(given, CKA_CHECK_VALUE).len > 0)
		rv = rv_fail(CKR_ATTRIBUTE_VALUE_INVALID,
			"CKA_CHECK_VALUE is not that of a key that the TPM makes.");
	return rv;
}

static CK_RV
generate_fix(struct token *t, const struct mech *m, const struct attrs *given, struct attrs *fixed)
{
	uint64_t len = generate_len(m, given);
	struct attrs plan = ATTRS_EMPTY;
	struct buf value = BUF_EMPTY;
	bool tpm_makes = false;
	CK_RV rv = secret_fix_kind(m->key_type, &plan);

	if (rv == CKR_OK)
		rv = attrs_set_u64(&plan, CKA_VALUE_LEN, len);
	if (rv == CKR_OK)
		rv = attrs_set_bool(&plan, CKA_TOKEN, attrs_bool(given, CKA_TOKEN, false));
	if (rv == CKR_OK)
		rv = attrs_set_bool(&plan, CKA_PRIVATE, attrs_bool(given, CKA_PRIVATE, true));
	if (rv == CKR_OK)
		rv = secret_place_check(t, &plan, &tpm_makes);
	if (rv == CKR_OK && tpm_makes)
		rv = fix_unknown(given, m->key_type, len, fixed);
	else if (rv == CKR_OK && (rv = generate_value(t->core, m->key_type, len, &value)) == CKR_OK)
		rv = secret_fix_made(given, m->key_type, view(&value), fixed);
	buf_free(&value);
	attrs_free(&plan);
	return rv;
}

static CK_RV
generate_len_check(const struct mech *m, const struct attrs *given)
{
	if (!attrs_has(given, CKA_VALUE_LEN) && attr_secret_own_len(m->key_type) == 0)
		return rv_fail(CKR_TEMPLATE_INCOMPLETE, "CKA_VALUE_LEN is missing.");
	return attr_secret_len(m->key_type, generate_len(m, given));
}

static CK_RV
generate_attrs(struct token *t, const struct mech *m, const struct attrs *given, struct attrs *out)
{
	struct attrs fixed = ATTRS_EMPTY;
	struct attr_request rq = {
		.event = ATTR_GENERATE, .role = token_role(t), .given = given, .fixed = &fixed
	};
	CK_RV rv = generate_len_check(m, given);

	if (rv == CKR_OK)
		rv = generate_fix(t, m, given, &fixed);
	if (rv == CKR_OK)
		rv = attrs_set_bool(&fixed, CKA_LOCAL, true);
	if (rv == CKR_OK)
		rv = attrs_set_u64(&fixed, CKA_KEY_GEN_MECHANISM, m->type);
	if (rv == CKR_OK)
		rv = attr_complete(&rq, out);
	attrs_free(&fixed);
	return rv;
}

CK_RV
object_generate_secret(struct token *t, token_owner owner, const struct mech *m,
	const struct attrs *given, struct object **out)
{
	struct attrs attrs = ATTRS_EMPTY;
	CK_RV rv = generate_attrs(t, m, given, &attrs);

	if (rv == CKR_OK)
		rv = object_add_new(t, owner, &attrs, out);
	attrs_free(&attrs);
	return rv;
}

/* --- its value --- */

CK_RV
object_value(struct token *t, struct object *o, struct buf *value)
{
	struct object *verified = NULL;
	struct buf auth = BUF_EMPTY;
	CK_RV rv = CKR_KEY_UNEXTRACTABLE;

	if (o->key == NULL)
		return rv;
	pthread_mutex_lock(&t->lock);
	rv = object_prepare(t, o, BYTES_EMPTY, &verified, &auth);
	pthread_mutex_unlock(&t->lock);
	if (rv == CKR_OK)
		rv = key_value(verified->key, view(&auth), value);
	buf_free(&auth);
	object_put(verified);
	return rv;
}
