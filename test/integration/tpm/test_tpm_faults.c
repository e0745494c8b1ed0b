/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens when a TPM says not now, no room, or comes back empty.
 */
#include "config.h"

#include "base/log.h"
#include "integration/tpm/rig.h"

struct fault_row {
	const char *fault;
	CK_RV rv;
	const char *commands;
};

/* The second signature: its key is loaded, another key is too. ESYS itself repeats after RETRY. */
static const struct fault_row faults[] = {
	{ "Sign#2=0x920", CKR_OK, "Sign Sign" },                         /* NV_RATE */
	{ "Sign#2=0x922", CKR_OK, "Sign Sign" },                         /* RETRY */
	{ "Sign#2=0x90a", CKR_OK, "Sign Sign" },                         /* TESTING */
	{ "Sign#2=0x908", CKR_OK, "Sign Sign" },                         /* YIELDED */
	{ "Sign#2=0xc0920", CKR_OK, "Sign Sign" },                       /* from a manager */
	{ "Sign#2=0x910", CKR_OK, "Sign Load Sign" },                    /* REFERENCE_H0 */
	{ "Sign#2=0x18b", CKR_OK, "Sign Load Sign" },                    /* HANDLE */
	{ "Sign#2=0x184", CKR_OK, "Sign Load Sign" },                    /* VALUE, of a handle */
	{ "Sign#2=0x1c4", CKR_DEVICE_ERROR, "Sign" },                    /* of a parameter */
	{ "Sign#2=0xa000a", CKR_OK, "Sign Load StartAuthSession Sign" }, /* I/O error */
	{ "Sign#2=0xa0006", CKR_OK,
		"Sign Load StartAuthSession Sign" }, /* an answer too long to be one */
	{ "Sign#2=0x80013", CKR_OK, "Sign Load StartAuthSession Sign" }, /* too short */
	{ "Sign#2=0x101", CKR_DEVICE_ERROR, "Sign" },                    /* FAILURE */
	/* Nothing to flush: whoever filled it has gone. */
	{ "Sign#2=0x902", CKR_OK, "Sign GetCapability GetRandom Sign" },
};

static void
signature_survives_what_passes(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct buf out = BUF_EMPTY;

	rig_ec_key(r, &key);
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct tpm *t = rig_tpm(r, TPM_MANAGER_NO, "TOKENTEST_FAULT", faults[i].fault);

		assert_rv(CKR_OK, rig_sign(t, &key, &out));
		rig_commands(r);
		assert_rv(faults[i].rv, rig_sign(t, &key, &out));
		assert_commands(r, faults[i].commands);
		tpm_free(t);
		assert_true(swtpm_reset(&r->swtpm));
		rig_commands(r);
	}
	buf_free(&out);
	rig_object_free(&key);
}

static void
loss_that_does_not_pass_is_reported(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct buf out = BUF_EMPTY;
	struct tpm *t = NULL;

	rig_ec_key(r, &key);
	t = rig_tpm(r, TPM_MANAGER_NO, "TOKENTEST_FAULT", "Sign=0xa000a");
	rig_commands(r);
	assert_rv(CKR_DEVICE_ERROR, rig_sign(t, &key, &out));
	assert_commands(r, "Load StartAuthSession Sign Load StartAuthSession Sign");
	tpm_free(t);
	rig_object_free(&key);
}

static struct tpm *
two_keys(struct rig *r, struct rig_object keys[2], const char *fault)
{
	rig_ec_key(r, &keys[0]);
	rig_ec_key(r, &keys[1]);
	return rig_tpm(r, TPM_MANAGER_NO, "TOKENTEST_FAULT", fault);
}

static void
two_keys_free(struct tpm *t, struct rig_object keys[2])
{
	tpm_free(t);
	rig_object_free(&keys[0]);
	rig_object_free(&keys[1]);
}

static void
sign_with(struct tpm *t, const struct rig_object *key)
{
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, rig_sign(t, key, &out));
	buf_free(&out);
}

static void
room_is_made_of_idle_keys(void **state)
{
	struct rig *r = *state;
	struct rig_object keys[2];
	struct tpm *t = two_keys(r, keys, "Load#2=0x902");

	sign_with(t, &keys[0]);
	rig_commands(r);
	sign_with(t, &keys[1]);
	assert_commands(r, "Load FlushContext Load Sign");
	two_keys_free(t, keys);
}

/* What was thought to be gone was there: it must not fill the TPM for ever. */
static void
keys_that_were_given_up_make_room(void **state)
{
	struct rig *r = *state;
	struct rig_object keys[2];
	struct tpm *t = two_keys(r, keys, "Sign#3=0x910");

	for (int i = 0; i < 6; i++)
		sign_with(t, &keys[i % 2]);
	two_keys_free(t, keys);
	assert_true(swtpm_reset(&r->swtpm)); /* what nobody asked the room of is there still */
}

/* Somebody else's object: takes a slot. */
static ESYS_TR
take_slot(ESYS_CONTEXT *esys)
{
	static const TPM2B_SENSITIVE_CREATE no_secret;
	static const TPM2B_DATA no_data;
	static const TPML_PCR_SELECTION no_pcrs;
	TPM2B_PUBLIC template = { .publicArea = { .type = TPM2_ALG_KEYEDHASH,
					  .nameAlg = TPM2_ALG_SHA256,
					  .objectAttributes = TPMA_OBJECT_SIGN_ENCRYPT |
							      TPMA_OBJECT_SENSITIVEDATAORIGIN |
							      TPMA_OBJECT_USERWITHAUTH,
					  .parameters.keyedHashDetail.scheme = {
						  .scheme = TPM2_ALG_HMAC,
						  .details.hmac.hashAlg = TPM2_ALG_SHA256 } } };
	ESYS_TR out = ESYS_TR_NONE;

	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_CreatePrimary(esys, ESYS_TR_RH_NULL, ESYS_TR_PASSWORD,
					 ESYS_TR_NONE, ESYS_TR_NONE, &no_secret, &template,
					 &no_data, &no_pcrs, &out, NULL, NULL, NULL, NULL));
	return out;
}

static void
full_tpm_is_out_of_memory(void **state)
{
	struct rig *r = *state;
	struct tpm *t = rig_tpm(r, TPM_MANAGER_YES, NULL, NULL);
	struct rig_object key;
	struct buf out = BUF_EMPTY;
	ESYS_CONTEXT *esys = NULL;
	ESYS_TR taken[3];

	rig_ec_key(r, &key);
	esys = rig_esys(r);
	for (size_t i = 0; i < 3; i++)
		taken[i] = take_slot(esys);
	assert_rv(CKR_DEVICE_MEMORY, rig_sign(t, &key, &out));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(TSS2_RC_SUCCESS, Esys_FlushContext(esys, taken[i]));
	assert_rv(CKR_OK, rig_sign(t, &key, &out));
	tpm_free(t);
	rig_esys_free(esys);
	buf_free(&out);
	rig_object_free(&key);
}

static void
room_is_made_of_objects_that_others_left(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct buf out = BUF_EMPTY;
	ESYS_CONTEXT *esys = NULL;
	ESYS_TR left[3];

	rig_ec_key(r, &key);
	esys = rig_esys(r);
	for (size_t i = 0; i < 3; i++)
		left[i] = take_slot(esys);
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(TSS2_RC_SUCCESS, Esys_TR_Close(esys, &left[i]));
	rig_esys_free(esys);
	buf_free(&out);
	rig_object_free(&key);
}

/* The process's own is one of the three that a TPM has room for: it starts another when it is next
 * used. */
static void
room_is_made_of_sessions_that_others_left(void **state)
{
	static const TPMT_SYM_DEF none = { .algorithm = TPM2_ALG_NULL };
	struct rig *r = *state;
	struct tpm *late = rig_tpm(r, TPM_MANAGER_NO, NULL, NULL);
	struct rig_object key;
	struct buf out = BUF_EMPTY;
	ESYS_CONTEXT *esys = NULL;
	ESYS_TR left[2];

	rig_ec_key(r, &key);
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	esys = rig_esys(r);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
			TSS2_RC_SUCCESS, Esys_StartAuthSession(esys, ESYS_TR_NONE, ESYS_TR_NONE,
						 ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, NULL,
						 i == 0 ? TPM2_SE_HMAC : TPM2_SE_POLICY, &none,
						 TPM2_ALG_SHA256, &left[i]));
	assert_rv(CKR_OK, rig_sign(late, &key, &out));
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	tpm_free(late);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(TSS2_RC_SUCCESS, Esys_TR_Close(esys, &left[i]));
	rig_esys_free(esys);
	buf_free(&out);
	rig_object_free(&key);
}

static void
handle_that_became_another_programs_is_left_alone(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct buf out = BUF_EMPTY;
	ESYS_CONTEXT *esys = NULL;
	ESYS_TR first = ESYS_TR_NONE;
	ESYS_TR taken = ESYS_TR_NONE;

	rig_ec_key(r, &key);
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	assert_true(swtpm_reset(&r->swtpm));
	esys = rig_esys(r);
	/* The key was in the second slot, as the parent was in the first when it was loaded. */
	first = take_slot(esys);
	taken = take_slot(esys);
	assert_int_equal(TSS2_RC_SUCCESS, Esys_FlushContext(esys, first));
	rig_commands(r);
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	assert_non_null(strstr(rig_commands(r), "Sign GetRandom ReadPublic Load Sign"));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_FlushContext(esys, taken));
	rig_esys_free(esys);
	buf_free(&out);
	rig_object_free(&key);
}

static void
power_cycle_is_survived(void **state)
{
	struct rig *r = *state;
	struct rig_object key;
	struct rig_object seal;
	struct buf out = BUF_EMPTY;

	rig_ec_key(r, &key);
	rig_seal(r, &r->parent, &seal);
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	assert_true(swtpm_reset(&r->swtpm));
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	/* The seal gets the handle that the key had. */
	assert_true(swtpm_reset(&r->swtpm));
	assert_rv(CKR_OK, tpm_unseal(r->tpm, &seal.o, &out));
	assert_bytes_equal(view(&out), LITERAL("a secret"));
	assert_rv(CKR_OK, rig_sign(r->tpm, &key, &out));
	buf_free(&out);
	rig_object_free(&key);
	rig_object_free(&seal);
}

static void
keys_under_a_primary_live_as_long_as_its_seed(void **state)
{
	struct rig *r = *state;
	struct tpm_parent null = { .handle = 0 };
	struct tpm_parent endorsement = { .handle = 0 };
	struct keyspec spec = { KEY_EC, CURVE_P256, 0, true, false, false };
	struct rig_object fleeting;
	struct rig_object lasting;
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_NULL, 0, BYTES_EMPTY, &null));
	rig_key(r, &null, &spec, &fleeting);
	assert_rv(CKR_OK, rig_sign(r->tpm, &fleeting, &out));
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, BYTES_EMPTY, &endorsement));
	rig_key(r, &endorsement, &spec, &lasting);
	assert_rv(CKR_OK, rig_sign(r->tpm, &lasting, &out));
	assert_true(swtpm_reset(&r->swtpm));
	assert_rv(CKR_OK, rig_sign(r->tpm, &lasting, &out));
	rig_commands(r);
	assert_rv(CKR_OK, rig_sign(r->tpm, &lasting, &out));
	assert_commands(r, "Sign");
	assert_rv(CKR_DEVICE_ERROR, rig_sign(r->tpm, &fleeting, &out));
	assert_sentence("the TPM was cleared, or this store comes from another machine");
	tpm_parent_free(&null);
	tpm_parent_free(&endorsement);
	rig_object_free(&fleeting);
	rig_object_free(&lasting);
	buf_free(&out);
}

static void
clear(struct rig *r)
{
	ESYS_CONTEXT *esys = rig_esys(r);

	assert_int_equal(TSS2_RC_SUCCESS,
		Esys_Clear(esys, ESYS_TR_RH_LOCKOUT, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE));
	rig_esys_free(esys);
}

static void
cleared_tpm_is_said_to_be_so(void **state)
{
	struct rig *r = *state;
	struct tpm_parent again = { .handle = 0 };
	struct rig_object key;
	struct rig_object seal = { .public = BUF_EMPTY };
	struct buf out = BUF_EMPTY;

	rig_ec_key(r, &key);
	clear(r);
	rig_commands(r);
	assert_rv(CKR_DEVICE_ERROR, rig_sign(r->tpm, &key, &out));
	assert_sentence("the TPM was cleared, or this store comes from another machine");
	/* Nobody brings the parent back, so once more is enough. */
	assert_commands(r, "Load Load");
	assert_rv(CKR_DEVICE_ERROR, tpm_seal(r->tpm, &r->parent, BYTES_EMPTY, rig_auth(),
					    LITERAL("x"), &seal.public, &seal.private));
	assert_sentence("the TPM was cleared, or this store comes from another machine");
	/* A new storage key is at the same handle now. */
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_OWNER, 0, BYTES_EMPTY, &again));
	assert_rv(CKR_DEVICE_ERROR, rig_sign(r->tpm, &key, &out));
	assert_sentence("the TPM was cleared, or this store comes from another machine");
	assert_rv(CKR_DEVICE_ERROR, tpm_parent_check(r->tpm, &r->parent, BYTES_EMPTY));
	tpm_parent_free(&again);
	rig_object_free(&key);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(signature_survives_what_passes),
		CASE(loss_that_does_not_pass_is_reported),
		CASE(room_is_made_of_idle_keys),
		CASE(keys_that_were_given_up_make_room),
		CASE(full_tpm_is_out_of_memory),
		CASE(room_is_made_of_objects_that_others_left),
		CASE(room_is_made_of_sessions_that_others_left),
		CASE(handle_that_became_another_programs_is_left_alone),
		CASE(power_cycle_is_survived),
		CASE(keys_under_a_primary_live_as_long_as_its_seed),
		CASE(cleared_tpm_is_said_to_be_so),
	};

	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
