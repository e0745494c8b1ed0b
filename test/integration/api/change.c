/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes: attributes that go one way only, objects that may not be changed,
 * copied or destroyed, and what only the SO may say (PKCS#11 3.2, 4.1.2, 4.1.3,
 * 5.7.2, 5.7.3, 5.7.6).
 */
#include "config.h"

#include "api.h"

static const CK_ULONG secret = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET, data = CKO_DATA;

/* A session secret that is neither sensitive nor kept, with one attribute more. */
static CK_OBJECT_HANDLE
open_secret(struct ctx *c, CK_SESSION_HANDLE h, CK_ATTRIBUTE more)
{
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &secret), attr_number(CKA_KEY_TYPE, &generic),
		attr_text(CKA_VALUE, "twenty bytes, a key."), attr_bool(CKA_TOKEN, false),
		attr_bool(CKA_SENSITIVE, false), attr_bool(CKA_EXTRACTABLE, true), more };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "C_CreateObject", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	return o;
}

static CK_RV
set(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE a)
{
	return c->f->C_SetAttributeValue(h, o, &a, 1);
}

static CK_RV
copy(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE a, CK_OBJECT_HANDLE *out)
{
	return c->f->C_CopyObject(h, o, &a, 1, out);
}

static bool
is_true(struct ctx *c, CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	CK_BBOOL v = 9;
	CK_ATTRIBUTE a = { type, &v, 1 };

	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, o, &a, 1));
	return v == CK_TRUE;
}

static void
test_one_way(struct ctx *c, CK_SESSION_HANDLE h)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		bool end; /* the value that stays */
	} rows[] = { { CKA_SENSITIVE, true }, { CKA_EXTRACTABLE, false },
		{ CKA_WRAP_WITH_TRUSTED, true }, { CKA_COPYABLE, false } };
	CK_OBJECT_HANDLE o = open_secret(c, h, attr_text(CKA_LABEL, "one way"));

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (c->reference && rows[i].type != CKA_SENSITIVE &&
			rows[i].type != CKA_EXTRACTABLE)
			continue; /* SoftHSM settles them at creation */
		expect(c, "an attribute may stay as it is", CKR_OK,
			set(c, h, o, attr_bool(rows[i].type, !rows[i].end)));
		expect(c, "an attribute goes its way", CKR_OK,
			set(c, h, o, attr_bool(rows[i].type, rows[i].end)));
		expect_true(c, "it has gone it", is_true(c, h, o, rows[i].type) == rows[i].end);
		expect(c, "and does not come back", CKR_ATTRIBUTE_READ_ONLY,
			set(c, h, o, attr_bool(rows[i].type, !rows[i].end)));
	}
	expect_true(c, "what was not always so is not",
		!is_true(c, h, o, CKA_ALWAYS_SENSITIVE) &&
			!is_true(c, h, o, CKA_NEVER_EXTRACTABLE));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

static void
test_all_or_nothing(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE o = open_secret(c, h, attr_text(CKA_LABEL, "before"));
	CK_ATTRIBUTE t[] = { attr_text(CKA_LABEL, "after"), attr_bool(CKA_SENSITIVE, true),
		attr_bool(CKA_LOCAL, true) };
	char label[16] = "";
	CK_ATTRIBUTE a = { CKA_LABEL, label, sizeof(label) };

	expect(c, "a change with one attribute that can not be", CKR_ATTRIBUTE_READ_ONLY,
		c->f->C_SetAttributeValue(h, o, t, COUNT(t)));
	expect(c, "the label after it", CKR_OK, c->f->C_GetAttributeValue(h, o, &a, 1));
	expect_true(c, "the label is as before", a.ulValueLen == 6 && label[0] == 'b');
	expect_true(c, "the key is as before", !is_true(c, h, o, CKA_SENSITIVE));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

static void
test_prohibited(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE fixed = open_secret(c, h, attr_bool(CKA_MODIFIABLE, false));
	CK_OBJECT_HANDLE single = open_secret(c, h, attr_bool(CKA_COPYABLE, false));
	CK_OBJECT_HANDLE lasting = open_secret(c, h, attr_bool(CKA_DESTROYABLE, false)), o = 0;

	expect(c, "a change of what is not modifiable", CKR_ACTION_PROHIBITED,
		set(c, h, fixed, attr_text(CKA_LABEL, "x")));
	expect(c, "a copy of what is not copyable", CKR_ACTION_PROHIBITED,
		copy(c, h, single, attr_text(CKA_LABEL, "x"), &o));
	expect(c, "the end of what is not destroyable", CKR_ACTION_PROHIBITED,
		c->f->C_DestroyObject(h, lasting));
	expect(c, "CKA_DESTROYABLE is settled", CKR_ATTRIBUTE_READ_ONLY,
		set(c, h, lasting, attr_bool(CKA_DESTROYABLE, true)));
	expect(c, "a copy that can be destroyed", CKR_OK,
		copy(c, h, lasting, attr_bool(CKA_DESTROYABLE, true), &o));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
	if (!expect(c, "a copy that can be modified", CKR_OK,
		    copy(c, h, fixed, attr_bool(CKA_MODIFIABLE, true), &o)))
		return;
	expect(c, "C_SetAttributeValue", CKR_OK, set(c, h, o, attr_text(CKA_LABEL, "x")));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

static void
test_copies(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE o = open_secret(c, h, attr_text(CKA_LABEL, "source")), kept = 0, same = 0;

	expect(c, "a copy that is sensitive", CKR_OK,
		copy(c, h, o, attr_bool(CKA_SENSITIVE, true), &kept));
	expect(c, "a copy that is not any more", CKR_ATTRIBUTE_READ_ONLY,
		copy(c, h, kept, attr_bool(CKA_SENSITIVE, false), &same));
	expect_true(c, "it was not always so", !is_true(c, h, kept, CKA_ALWAYS_SENSITIVE));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, kept));
	expect(c, "a copy that can not be extracted", CKR_OK,
		copy(c, h, o, attr_bool(CKA_EXTRACTABLE, false), &kept));
	expect(c, "a copy that can be again", CKR_ATTRIBUTE_READ_ONLY,
		copy(c, h, kept, attr_bool(CKA_EXTRACTABLE, true), &same));
	expect_true(c, "it was so once", !is_true(c, h, kept, CKA_NEVER_EXTRACTABLE));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, kept));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

/* 4.2: each has its own. */
static void
test_unique_id(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE o = open_secret(c, h, attr_text(CKA_LABEL, "source")), same = 0;
	char a[64] = "", b[64] = "";
	CK_ATTRIBUTE id_a = { CKA_UNIQUE_ID, a, sizeof(a) }, id_b = { CKA_UNIQUE_ID, b, sizeof(b) };

	expect(c, "a copy with the unique id of one's own", CKR_ATTRIBUTE_READ_ONLY,
		copy(c, h, o, attr_text(CKA_UNIQUE_ID, "mine"), &same));
	expect(c, "a copy that repeats what can not change", CKR_OK,
		copy(c, h, o, attr_number(CKA_KEY_TYPE, &generic), &same));
	expect(c, "the source's unique id", CKR_OK, c->f->C_GetAttributeValue(h, o, &id_a, 1));
	expect(c, "the copy's unique id", CKR_OK, c->f->C_GetAttributeValue(h, same, &id_b, 1));
	expect_true(c, "they differ", a[0] != 0 && strcmp(a, b) != 0);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, same));
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

/* 5.7.3: the handle is dead in every session. */
static void
test_destroyed_everywhere(struct ctx *c, CK_SESSION_HANDLE h)
{
	CK_SESSION_HANDLE other = open_rw(c);
	CK_OBJECT_HANDLE o = open_secret(c, h, attr_text(CKA_LABEL, "x")), none = 0;

	expect(c, "another session may change it", CKR_OK,
		set(c, other, o, attr_text(CKA_LABEL, "y")));
	expect(c, "another session may destroy it", CKR_OK, c->f->C_DestroyObject(other, o));
	expect(c, "a change of what is gone", CKR_OBJECT_HANDLE_INVALID,
		set(c, h, o, attr_text(CKA_LABEL, "z")));
	expect(c, "a copy of what is gone", CKR_OBJECT_HANDLE_INVALID,
		copy(c, h, o, attr_text(CKA_LABEL, "z"), &none));
	expect(c, "the end of what is gone", CKR_OBJECT_HANDLE_INVALID,
		c->f->C_DestroyObject(h, o));
	expect(c, "C_CloseSession", CKR_OK, c->f->C_CloseSession(other));
}

/* 4.11: given, it is compared; none can be asked for, then and later. */
static void
test_check_value(struct ctx *c, CK_SESSION_HANDLE h)
{
	uint8_t right[64], back[8];
	CK_ATTRIBUTE a = { CKA_CHECK_VALUE, back, sizeof(back) };
	CK_ATTRIBUTE none = { CKA_CHECK_VALUE, NULL, 0 };
	CK_ATTRIBUTE wrong[] = { attr_number(CKA_CLASS, &secret),
		attr_number(CKA_KEY_TYPE, &generic), attr_text(CKA_VALUE, "twenty bytes, a key."),
		attr_bytes(CKA_CHECK_VALUE, "abc", 3) };
	CK_OBJECT_HANDLE o = 0;

	expect_true(c, "SHA-1", openssl_digest("SHA1", "twenty bytes, a key.", 20, right) == 20);
	expect(c, "a check value that is wrong", CKR_ATTRIBUTE_VALUE_INVALID,
		c->f->C_CreateObject(h, wrong, COUNT(wrong), &o));
	o = open_secret(c, h, attr_bytes(CKA_CHECK_VALUE, right, 3));
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, o, &a, 1));
	expect_true(c, "the check value is SHA-1's start",
		a.ulValueLen == 3 && memcmp(back, right, 3) == 0);
	expect(c, "a check value can not be set", CKR_ATTRIBUTE_READ_ONLY,
		set(c, h, o, attr_bytes(CKA_CHECK_VALUE, "abc", 3)));
	expect(c, "a check value can be taken away", CKR_OK, set(c, h, o, none));
	a.ulValueLen = sizeof(back);
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, o, &a, 1));
	expect(c, "there is none any more", 0, a.ulValueLen);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
	o = open_secret(c, h, none);
	a.ulValueLen = sizeof(back);
	expect(c, "C_GetAttributeValue", CKR_OK, c->f->C_GetAttributeValue(h, o, &a, 1));
	expect(c, "there is none if the template says so", 0, a.ulValueLen);
	expect(c, "C_DestroyObject", CKR_OK, c->f->C_DestroyObject(h, o));
}

/* 4.9: footnote 10. */
static void
test_trusted(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_ATTRIBUTE untrusted = attr_bool(CKA_TRUSTED, false);

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	find_keys(c, h);
	expect(c, "the user trusts a key", CKR_ATTRIBUTE_READ_ONLY,
		set(c, h, c->rsa.public, attr_bool(CKA_TRUSTED, true)));
	expect(c, "C_Logout", CKR_OK, c->f->C_Logout(h));
	expect(c, "C_Login", CKR_OK, login(c, h, CKU_SO, SO_PIN));
	if (expect(c, "the SO trusts a key", CKR_OK,
		    set(c, h, c->rsa.public, attr_bool(CKA_TRUSTED, true)))) {
		expect_true(c, "it is trusted", is_true(c, h, c->rsa.public, CKA_TRUSTED));
		expect(c, "the SO trusts it no more", CKR_OK, set(c, h, c->rsa.public, untrusted));
	}
	close_all(c);
}

void
test_changes(struct ctx *c)
{
	CK_SESSION_HANDLE h = open_rw(c);
	CK_ATTRIBUTE t[] = { attr_number(CKA_CLASS, &data), attr_text(CKA_VALUE, "old") };
	CK_OBJECT_HANDLE o = 0;

	expect(c, "C_Login", CKR_OK, login(c, h, CKU_USER, USER_PIN));
	test_one_way(c, h);
	test_all_or_nothing(c, h);
	test_prohibited(c, h);
	test_copies(c, h);
	if (!c->reference) /* SoftHSM 2 has no CKA_UNIQUE_ID */
		test_unique_id(c, h);
	test_destroyed_everywhere(c, h);
	test_check_value(c, h);
	expect(c, "C_CreateObject", CKR_OK, c->f->C_CreateObject(h, t, COUNT(t), &o));
	expect(c, "data is kept up to date", CKR_OK, set(c, h, o, attr_text(CKA_VALUE, "new")));
	close_all(c);
	test_trusted(c);
}
