/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key that may not leave its TPM: whoever has its blob and its authorisation,
 * and no use for this module, asks the TPM itself for a duplicate, in every way
 * that there is to authorise one. A key that may leave shows that it would work.
 */
#include "config.h"

#include <tss2/tss2_mu.h>

#include "crypto/crypto.h"
#include "integration/tpm/host_key.h"
#include "integration/tpm/rig.h"

#define PARENT 0x81000001

/* --- the TPM without anything of ours --- */

struct bare {
	ESYS_CONTEXT *esys;
	ESYS_TR parent, key;
	TPM2B_NAME *name;
};

static void
bare_open(struct rig *r, const struct rig_object *object, struct bare *b)
{
	TPM2B_PUBLIC public = { 0 };
	TPM2B_PRIVATE private = { 0 };
	TPM2B_AUTH auth = { .size = (UINT16)rig_auth().len };
	size_t at = 0;

	b->esys = rig_esys(r);
	memcpy(auth.buffer, rig_auth().ptr, rig_auth().len);
	assert_int_equal(TSS2_RC_SUCCESS, Tss2_MU_TPM2B_PUBLIC_Unmarshal(object->public.ptr,
						  object->public.len, &at, &public));
	at = 0;
	assert_int_equal(TSS2_RC_SUCCESS, Tss2_MU_TPM2B_PRIVATE_Unmarshal(object->private.ptr,
						  object->private.len, &at, &private));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_TR_FromTPMPublic(b->esys, PARENT, ESYS_TR_NONE,
						  ESYS_TR_NONE, ESYS_TR_NONE, &b->parent));
	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_Load(b->esys, b->parent, ESYS_TR_PASSWORD, ESYS_TR_NONE,
					 ESYS_TR_NONE, &private, &public, &b->key));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_TR_SetAuth(b->esys, b->key, &auth));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_TR_GetName(b->esys, b->key, &b->name));
}

static void
bare_close(struct bare *b)
{
	Esys_Free(b->name);
	assert_int_equal(TSS2_RC_SUCCESS, Esys_FlushContext(b->esys, b->key));
	rig_esys_free(b->esys);
}

/* --- ways to authorise a duplicate; each makes a session, or none --- */

static ESYS_TR
session(struct bare *b, TPM2_SE type)
{
	static const TPMT_SYM_DEF none = { .algorithm = TPM2_ALG_NULL };
	ESYS_TR s = ESYS_TR_NONE;

	assert_int_equal(TSS2_RC_SUCCESS,
		Esys_StartAuthSession(b->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
			ESYS_TR_NONE, ESYS_TR_NONE, NULL, type, &none, TPM2_ALG_SHA256, &s));
	return s;
}

static ESYS_TR
by_password(struct bare *b)
{
	(void)b;
	return ESYS_TR_PASSWORD;
}

static ESYS_TR
by_hmac(struct bare *b)
{
	return session(b, TPM2_SE_HMAC);
}

static ESYS_TR
by_nothing(struct bare *b)
{
	return session(b, TPM2_SE_POLICY);
}

static ESYS_TR
by_command(struct bare *b)
{
	ESYS_TR s = session(b, TPM2_SE_POLICY);

	assert_int_equal(TSS2_RC_SUCCESS, Esys_PolicyCommandCode(b->esys, s, ESYS_TR_NONE,
						  ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CC_Duplicate));
	return s;
}

/* What keys that may leave ask for. */
static ESYS_TR
by_authorisation_and_command(struct bare *b)
{
	ESYS_TR s = session(b, TPM2_SE_POLICY);

	assert_int_equal(TSS2_RC_SUCCESS,
		Esys_PolicyAuthValue(b->esys, s, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_PolicyCommandCode(b->esys, s, ESYS_TR_NONE,
						  ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CC_Duplicate));
	return s;
}

static ESYS_TR
by_password_and_command(struct bare *b)
{
	ESYS_TR s = session(b, TPM2_SE_POLICY);

	assert_int_equal(TSS2_RC_SUCCESS,
		Esys_PolicyPassword(b->esys, s, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_PolicyCommandCode(b->esys, s, ESYS_TR_NONE,
						  ESYS_TR_NONE, ESYS_TR_NONE, TPM2_CC_Duplicate));
	return s;
}

static ESYS_TR
by_selection(struct bare *b)
{
	static const TPM2B_NAME nowhere = { 0 };
	ESYS_TR s = session(b, TPM2_SE_POLICY);

	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_PolicyDuplicationSelect(b->esys, s, ESYS_TR_NONE,
					 ESYS_TR_NONE, ESYS_TR_NONE, b->name, &nowhere, TPM2_YES));
	return s;
}

static ESYS_TR (*const ways[])(struct bare *b) = { by_password, by_hmac, by_nothing, by_command,
	by_password_and_command, by_selection, by_authorisation_and_command };

#define WAYS ((unsigned)(sizeof ways / sizeof ways[0]))

static TSS2_RC
duplicate(struct bare *b, ESYS_TR (*way)(struct bare *b))
{
	static const TPMT_SYM_DEF_OBJECT no_inner = { .algorithm = TPM2_ALG_NULL };
	TPM2B_DATA *key = NULL;
	TPM2B_PRIVATE *out = NULL;
	TPM2B_ENCRYPTED_SECRET *seed = NULL;
	ESYS_TR s = way(b);
	TSS2_RC rc = Esys_Duplicate(b->esys, b->key, ESYS_TR_RH_NULL, s, ESYS_TR_NONE, ESYS_TR_NONE,
		NULL, &no_inner, &key, &out, &seed);

	if (s != ESYS_TR_PASSWORD) /* gone, where the command was done */
		(void)Esys_FlushContext(b->esys, s);
	Esys_Free(key);
	Esys_Free(out);
	Esys_Free(seed);
	return rc;
}

/* Its authorisation as a password or in an HMAC: that is one policy to the TPM. */
enum { WAYS_OUT = 2 };

/* In how many ways does the TPM give it out? */
static unsigned
duplicates(struct rig *r, const struct rig_object *object)
{
	struct bare b = { NULL };
	unsigned count = 0;

	bare_open(r, object, &b);
	for (size_t i = 0; i < WAYS; i++)
		count += duplicate(&b, ways[i]) == TSS2_RC_SUCCESS;
	bare_close(&b);
	return count;
}

/* --- keys --- */

static void
import(struct rig *r, const struct privkey *key, bool exportable, struct rig_object *out)
{
	struct keyspec spec = { .sign = true, .exportable = exportable };

	*out = (struct rig_object){ .public = BUF_EMPTY };
	assert_rv(CKR_OK, tpm_import(r->tpm, &r->parent, BYTES_EMPTY, &r->caps, key, &spec,
				  rig_auth(), &out->public, &out->private));
}

static void
keys_that_the_tpm_made(void **state)
{
	struct rig *r = *state;

	for (int may_leave = 0; may_leave < 2; may_leave++) {
		struct keyspec specs[] = { { KEY_EC, CURVE_P256, 0, true, true, may_leave },
			{ KEY_RSA, CURVE_NONE, 2048, true, true, may_leave } };

		for (size_t i = 0; i < 2; i++) {
			struct rig_object key;

			rig_key(r, &r->parent, &specs[i], &key);
			assert_int_equal(may_leave ? WAYS_OUT : 0, duplicates(r, &key));
			rig_object_free(&key);
		}
	}
}

static void
keys_from_outside(void **state)
{
	struct rig *r = *state;
	struct privkey keys[2];

	host_key_ec(CURVE_P256, &keys[0]);
	host_key_rsa(2048, 65537, &keys[1]);
	for (int i = 0; i < 4; i++) {
		struct rig_object key;

		import(r, &keys[i / 2], i % 2 == 1, &key);
		assert_int_equal(i % 2 == 1 ? WAYS_OUT : 0, duplicates(r, &key));
		rig_object_free(&key);
	}
	privkey_free(&keys[0]);
	privkey_free(&keys[1]);
}

static void
secret_keys(void **state)
{
	struct rig *r = *state;

	for (int may_leave = 0; may_leave < 2; may_leave++) {
		struct secretspec specs[] = { { SECRET_AES, HASH_NONE, 16, BYTES_EMPTY, may_leave },
			{ SECRET_AES, HASH_NONE, 16, LITERAL("sixteen bytes..."), may_leave },
			{ SECRET_HMAC, HASH_SHA256, 32, BYTES_EMPTY, may_leave } };

		for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
			struct rig_object key;

			rig_secret(r, &r->parent, &specs[i], &key);
			assert_int_equal(may_leave ? WAYS_OUT : 0, duplicates(r, &key));
			rig_object_free(&key);
		}
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(keys_that_the_tpm_made),
		CASE(keys_from_outside),
		CASE(secret_keys),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
