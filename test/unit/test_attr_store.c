/* SPDX-License-Identifier: BSD-2-Clause */
/* Token objects with every attribute that a template may give: after a restart each attribute is
 * there as it was given, and a search for it finds the object. */
#include "config.h"

#include "attr_object.h"
#include "base/names.h"
#include "template.h"
#include "token_fixture.h"

/* What only the right value may be given for, or what has a meaning of its own below. */
static bool
is_settled(const struct object_kind *kind, const struct standard_row *row, enum attr_event event)
{
	const struct attr_row *ours = attr_row_for(row->type, kind->object);
	uint32_t notes = notes_expected(row->type, kind->object);

	return ours == NULL || (notes & note_refused(event)) != 0 || (notes & F(7)) != 0 ||
	       (ours->rules & (COMPUTED | IS_CHECKED)) != 0 || row->type == CKA_CLASS ||
	       row->type == kind->selector;
}

static void
fill_template(
	const struct object_kind *kind, enum attr_event event, bool private, struct attrs *out)
{
	struct buf value = BUF_EMPTY;

	for (size_t i = 0; i < standard_count; i++) {
		const struct standard_row *row = &standard_rows[i];

		if ((row->of & kind->object) == 0 || is_settled(kind, row, event))
			continue;
		other_value(row, BYTES_EMPTY, &value);
		give(out, row->type, view(&value));
	}
	buf_free(&value);
	give_bool(out, CKA_PRIVATE, private);
	if (attr_row_for(CKA_TRUSTED, kind->object) != NULL)
		give_bool(out, CKA_TRUSTED, false); /* the SO's */
	if (attr_row_for(CKA_EXTRACTABLE, kind->object) != NULL)
		give_bool(out, CKA_EXTRACTABLE, false);
	if (attr_row_for(CKA_ALWAYS_AUTHENTICATE, kind->object) != NULL)
		give_bool(out, CKA_ALWAYS_AUTHENTICATE, false); /* forbids copies */
}

/* The value of a key or a certificate. */
static void
give_value(struct fixture *f, const struct object_kind *kind, struct attrs *out)
{
	static const uint8_t modulus[256] = { [0] = 0xc1, [255] = 0x01 };
	/* DES wants odd parity. */
	static const uint8_t odd[24] = { 1, 2, 4, 7, 8, 11, 13, 14, 2, 4, 7, 8, 11, 13, 14, 1, 4, 7,
		8, 11, 13, 14, 1, 2 };
	const size_t len = kind->value == CKK_DES ? 8 : kind->value == CKK_DES3 ? 24 : 16;
	uint32_t object = kind->object;
	struct object *ec = NULL;

	if (object == OF_X509)
		give(out, CKA_VALUE, bytes_of(certificate, sizeof certificate));
	if ((object & OF_SECRET) != 0)
		give(out, CKA_VALUE, bytes_of(odd, len));
	if (object == OF_RSA_PUBLIC) {
		give(out, CKA_MODULUS, bytes_of(modulus, sizeof modulus));
		give(out, CKA_PUBLIC_EXPONENT, LITERAL("\x01\x00\x01"));
	}
	if (object == OF_EC_PUBLIC) {
		assert_rv(CKR_OK, object_get(f->token, make_ec(f, "other"), &ec));
		give(out, CKA_EC_PARAMS, attrs_bytes(object_attrs(ec), CKA_EC_PARAMS));
		give(out, CKA_EC_POINT, attrs_bytes(object_attrs(ec), CKA_EC_POINT));
		object_put(ec);
	}
}

static bool
is_found(struct fixture *f, const struct attr *a, uint64_t handle)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct find *find = NULL;
	uint64_t handles[64];
	size_t count = 0;
	bool found = false;

	give(&wanted, a->type, view(&a->value));
	assert_rv(CKR_OK, find_start(f->token, &wanted, &find));
	assert_rv(CKR_OK, find_next(find, handles, COUNT(handles), &count));
	for (size_t i = 0; i < count; i++)
		found |= handles[i] == handle;
	find_free(find);
	attrs_free(&wanted);
	return found;
}

static void
check_after_restart(struct fixture *f, const struct attrs *given, struct bytes uid)
{
	struct object *o = NULL;
	uint64_t handle = 0;

	fixture_reopen(f);
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	assert_int_equal(1, find_one(f->token, CKA_UNIQUE_ID, uid, &handle));
	assert_rv(CKR_OK, object_get(f->token, handle, &o));
	for (size_t i = 0; i < given->count; i++) {
		const struct attr *a = &given->list[i];

		if (a->type == CKA_VALUE && !attrs_has(object_attrs(o), CKA_VALUE))
			continue; /* a key that is in the TPM */
		assert_bytes_equal(attrs_bytes(object_attrs(o), a->type), view(&a->value));
		if (a->type != CKA_VALUE || !attrs_has(object_attrs(o), CKA_SENSITIVE))
			if (!is_found(f, a, handle))
				fail_msg("%s is not found",
					name_of_attribute((CK_ATTRIBUTE_TYPE)a->type));
	}
	object_put(o);
}

static void
try_kind(struct fixture *f, const struct object_kind *kind, bool private)
{
	struct attrs given = ATTRS_EMPTY;
	struct object *o = NULL;
	struct buf uid = BUF_EMPTY;

	fill_template(kind, ATTR_CREATE, private, &given);
	give_u64(&given, CKA_CLASS, kind->class);
	give_u64(&given, kind->selector, kind->value);
	give_value(f, kind, &given);
	assert_rv(CKR_OK, object_create(f->token, 1, &given, &o));
	assert_rv(CKR_OK, buf_set(&uid, attrs_bytes(object_attrs(o), CKA_UNIQUE_ID)));
	object_put(o);
	check_after_restart(f, &given, view(&uid));
	buf_free(&uid);
	attrs_free(&given);
}

static void
every_attribute_of_a_created_object_is_kept_and_found(void **state)
{
	const uint32_t kinds = OF_DATA | OF_X509 | OF_PUBLIC | OF_SECRET;
	const uint32_t with_public = OF_DATA | OF_X509 | OF_PUBLIC;

	for (size_t i = 0; i < object_kind_count; i++) {
		if ((object_kinds[i].object & kinds) == 0)
			continue;
		try_kind(*state, &object_kinds[i], true);
		if ((object_kinds[i].object & with_public) != 0)
			try_kind(*state, &object_kinds[i], false);
	}
}

static void
every_attribute_of_a_generated_key_is_kept_and_found(void **state)
{
	static const struct object_kind kind = { "EC private key", OF_EC_PRIVATE, CKO_PRIVATE_KEY,
		CKA_KEY_TYPE, CKK_EC };
	struct fixture *f = *state;
	struct attrs given = ATTRS_EMPTY;
	struct object *public = NULL, *private = NULL;
	struct buf uid = BUF_EMPTY;

	fill_template(&kind, ATTR_GENERATE, true, &given);
	assert_rv(CKR_OK, try_ec(f->token, &given, true, &public, &private));
	assert_rv(CKR_OK, buf_set(&uid, attrs_bytes(object_attrs(private), CKA_UNIQUE_ID)));
	object_put(public);
	object_put(private);
	check_after_restart(f, &given, view(&uid));
	buf_free(&uid);
	attrs_free(&given);
}

#define WITH_USER(name) cmocka_unit_test_setup_teardown(name, fixture_user, fixture_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_USER(every_attribute_of_a_created_object_is_kept_and_found),
		WITH_USER(every_attribute_of_a_generated_key_is_kept_and_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
