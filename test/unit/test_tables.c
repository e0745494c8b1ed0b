/* SPDX-License-Identifier: BSD-2-Clause */
/* Invariants over every row of the attribute and the mechanism table. */
#include "config.h"

#include "base/names.h"
#include "model/model_private.h"
#include "template.h"

static void
attributes_are_sorted_and_their_rows_do_not_overlap(void **state)
{
	size_t count = 0;
	const struct attr_row *rows = attr_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_true(i == 0 || rows[i - 1].type <= rows[i].type);
		assert_true(rows[i].of != 0 && (rows[i].of & ~(uint32_t)OF_ANY) == 0);
		for (size_t j = 0; j < i; j++) {
			if (rows[i].type != rows[j].type)
				continue;
			assert_int_equal(rows[i].of & rows[j].of, 0);
			assert_int_equal(rows[i].kind, rows[j].kind);
			assert_int_equal(rows[i].max, rows[j].max);
		}
	}
}

static bool
default_fits(enum attr_kind kind, enum attr_default d)
{
	switch (d) {
	case DEF_NONE:
		return kind != KIND_BOOL;
	case DEF_ZERO:
	case DEF_UNAVAILABLE:
		return kind == KIND_NUMBER;
	case DEF_EMPTY:
		return kind == KIND_BYTES || kind == KIND_TEXT || kind == KIND_DATE;
	case DEF_READS_EMPTY:
		return kind == KIND_BYTES || kind == KIND_MECHANISMS || kind == KIND_TEMPLATE;
	default:
		return kind == KIND_BOOL;
	}
}

static void
defaults_are_of_the_attributes_kind(void **state)
{
	size_t count = 0;
	const struct attr_row *rows = attr_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		assert_true(default_fits(rows[i].kind, rows[i].fallback));
}

static void
rules_of_an_attribute_do_not_contradict(void **state)
{
	const uint32_t bools = STICKY_TRUE | STICKY_FALSE | SO_TRUE | USAGE;
	size_t count = 0;
	const struct attr_row *rows = attr_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		uint32_t rules = rows[i].rules;

		assert_true((rules & bools) == 0 || rows[i].kind == KIND_BOOL);
		assert_true((rules & (STICKY_TRUE | STICKY_FALSE)) == 0 || (rules & SETTABLE) != 0);
		assert_false((rules & STICKY_TRUE) != 0 && (rules & STICKY_FALSE) != 0);
		assert_false((rules & NEED_GENERATE) != 0 && (rules & NOT_GENERATE) != 0);
		assert_false((rules & NEED_UNWRAP) != 0 && (rules & NOT_UNWRAP) != 0);
		assert_false((rules & SETTABLE) != 0 && (rules & IS_CHECKED) == 0 &&
			     (rules & (TOKEN_SETS | COMPUTED)) != 0);
		assert_false((rules & SETTABLE) != 0 && (rules & ON_COPY) != 0);
		assert_false((rules & SECRET) != 0 &&
			     (rows[i].of & ~(uint32_t)(OF_PRIVATE | OF_SECRET)) != 0);
		assert_false((rules & USAGE) != 0 && (rows[i].of & ~(uint32_t)OF_KEY) != 0);
	}
}

static void
attributes_of_the_standard_have_its_names(void **state)
{
	size_t count = 0;
	const struct attr_row *rows = attr_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const char *name = NULL;
		enum attr_kind kind = KIND_BYTES;

		assert_true(attr_describe(rows[i].type, &name, &kind));
		assert_int_equal(kind, rows[i].kind);
		if (rows[i].type < CKA_VENDOR_DEFINED)
			assert_memory_equal(name, "CKA_", 4);
	}
	assert_null(attr_row_of_type(0x7fffffff));
}

static void
every_kind_of_object_has_what_all_have(void **state)
{
	(void)state;
	for (uint32_t object = 1; object < OF_ANY; object <<= 1) {
		assert_non_null(attr_row_for(CKA_CLASS, object));
		assert_non_null(attr_row_for(CKA_UNIQUE_ID, object));
		assert_int_equal(attr_row_for(CKA_TOKEN, object) != NULL, object != OF_PROFILE);
	}
}

static void
mechanisms_are_unique_and_found(void **state)
{
	size_t count = 0;
	const struct mech *rows = mech_rows(&count);

	(void)state;
	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(mech_find(rows[i].type), &rows[i]);
		assert_memory_equal(name_of_mechanism(rows[i].type), "CKM_", 4);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rows[i].name, rows[j].name);
	}
	assert_null(mech_find(CKM_RC2_KEY_GEN));
}

static void
mechanisms_are_complete_rows(void **state)
{
	size_t count = 0;
	const struct mech *rows = mech_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct mech *m = &rows[i];

		assert_non_null(m->params);
		assert_true(m->flags != 0 && (m->flags & (CKF_HW | CKF_EC_F_P)) == 0);
		assert_true(m->alg > ALG_NONE && m->alg < ALG_COUNT);
		assert_true(m->hash == HASH_NONE || hash_row(m->hash) != NULL);
		assert_int_equal(m->alg == ALG_DIGEST, m->flags == CKF_DIGEST);
		assert_int_equal(m->alg == ALG_DIGEST, m->key_type == CK_UNAVAILABLE_INFORMATION);
		if (m->alg == ALG_DIGEST)
			assert_int_equal(hash_row(m->hash)->mechanism, m->type);
	}
}

/* What makes a key for an HMAC, the keys that the HMAC takes, and what can be created. */
static void
every_hmac_has_a_key_of_its_own(void **state)
{
	size_t count = 0, hmacs = 0;
	const struct mech *rows = mech_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		size_t takers = 0;

		if (strstr(rows[i].name, "-HMAC-KEYGEN") == NULL)
			continue;
		for (size_t j = 0; j < count; j++) {
			CK_ATTRIBUTE key[] = { NUMBER(CKA_CLASS, CKO_SECRET_KEY),
				NUMBER(CKA_KEY_TYPE, rows[i].key_type), YES(CKA_SIGN) };
			struct attrs a = ATTRS_EMPTY;
			uint32_t object = 0;

			read_into(key, COUNT(key), &a);
			assert_rv(CKR_OK, attr_object_of(&a, &object));
			assert_int_equal(OF_GENERIC, object);
			takers += rows[j].alg == ALG_HMAC &&
				  mech_fits(&rows[j], CKF_SIGN, &a) == CKR_OK;
			attrs_free(&a);
		}
		assert_int_equal(2, takers); /* whole and _GENERAL */
		hmacs++;
	}
	assert_int_equal(HASH_COUNT - 1, hmacs);
}

static size_t
place(CK_MECHANISM_TYPE type)
{
	size_t count = 0;
	const struct mech *rows = mech_rows(&count);

	return (size_t)(mech_find(type) - rows);
}

/* pkcs11-tool takes the first that fits. */
static void
single_part_comes_before_hashed(void **state)
{
	size_t count = 0;
	const struct mech *rows = mech_rows(&count);

	(void)state;
	assert_true(place(CKM_RSA_PKCS) < place(CKM_RSA_X_509));
	for (size_t i = 0; i < count; i++) {
		if (rows[i].key_type == CKK_RSA && rows[i].hash != HASH_NONE)
			assert_true(place(CKM_RSA_PKCS) < i && place(CKM_RSA_PKCS_PSS) < i);
		if (rows[i].key_type == CKK_EC && rows[i].hash != HASH_NONE)
			assert_true(place(CKM_ECDSA) < i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_are_sorted_and_their_rows_do_not_overlap),
		cmocka_unit_test(defaults_are_of_the_attributes_kind),
		cmocka_unit_test(rules_of_an_attribute_do_not_contradict),
		cmocka_unit_test(attributes_of_the_standard_have_its_names),
		cmocka_unit_test(every_kind_of_object_has_what_all_have),
		cmocka_unit_test(mechanisms_are_unique_and_found),
		cmocka_unit_test(mechanisms_are_complete_rows),
		cmocka_unit_test(every_hmac_has_a_key_of_its_own),
		cmocka_unit_test(single_part_comes_before_hashed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
