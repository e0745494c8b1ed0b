/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of a comparison. Everything is strict but the rows of two tables:
 * what the standard lets vary (PKCS #11 Profiles 3.2, "Permitted Test Case
 * Variations"), and where no second provider can be like the first.
 */
#include "config.h"

#include <string.h>

#include "oasis.h"

#define ANY_MECHANISM CK_UNAVAILABLE_INFORMATION
#define SHOWN         16

enum what { FIELD, ATTRIBUTE, LENGTH };

/* clang-format off */
static const struct {
	enum what what;
	const char *name;
} varying[] = {
	{ FIELD, "LibraryDescription" }, { FIELD, "LibraryVersion" }, { FIELD, "ManufacturerID" },
	{ FIELD, "SlotDescription" }, { FIELD, "HardwareVersion" }, { FIELD, "FirmwareVersion" },
	{ FIELD, "serialNumber" }, { FIELD, "label" }, { FIELD, "model" }, { FIELD, "utcTime" },
	{ FIELD, "SlotID" }, { FIELD, "Object" }, { FIELD, "Session" }, { FIELD, "Data" },
	{ FIELD, "EncryptedData" }, { FIELD, "RandomData" },
	{ LENGTH, "SlotList" }, { LENGTH, "MechanismList" },
	{ ATTRIBUTE, "VALUE" }, { ATTRIBUTE, "PUBLIC_EXPONENT" }, { ATTRIBUTE, "PRIVATE_EXPONENT" },
	{ ATTRIBUTE, "PRIME_1" }, { ATTRIBUTE, "PRIME_2" }, { ATTRIBUTE, "EXPONENT_1" },
	{ ATTRIBUTE, "EXPONENT_2" }, { ATTRIBUTE, "COEFFICIENT" }, { ATTRIBUTE, "PRIME" },
	{ ATTRIBUTE, "SUBPRIME" }, { ATTRIBUTE, "BASE" }, { ATTRIBUTE, "EC_POINT" },
	{ ATTRIBUTE, "UNIQUE_ID" },
};
/* clang-format on */

struct deviation {
	enum what what;
	const char *function, *field;
	CK_MECHANISM_TYPE mechanism;
	bool (*holds)(const struct deviation *d, const struct finding *f, const struct seen *s);
	CK_ULONG a, b; /* arguments of the check */
	const char *why;
};

/* The flags that are expected; those of a may come in addition, those of b may be missing. */
static bool
flags_but(const struct deviation *d, const struct finding *f, const struct seen *s)
{
	(void)s;
	return (f->got & ~f->expected & ~d->a) == 0 && (f->expected & ~f->got & ~d->b) == 0;
}

static bool
in_range(const struct deviation *d, const struct finding *f, const struct seen *s)
{
	(void)s;
	return f->got >= d->a && f->got <= d->b;
}

/* A modulus of the same bits: odd, and its highest bit set. */
static bool
modulus_like_it(const struct deviation *d, const struct finding *f, const struct seen *s)
{
	struct bytes n = f->got_bytes;

	(void)d;
	(void)s;
	return n.len > 0 && n.len == f->expected_bytes.len && (n.ptr[0] & 0x80) != 0 &&
	       (n.ptr[n.len - 1] & 1) != 0;
}

static bool
signature_of_the_data(const struct deviation *d, const struct finding *f, const struct seen *s)
{
	(void)d;
	return f->got_bytes.len == f->expected_bytes.len && signature_holds(s, f->got_bytes);
}

static const struct deviation deviations[] = {
	{ FIELD, "C_GetSlotInfo", "Flags", ANY_MECHANISM, flags_but, CKF_HW_SLOT, 0,
		"a TPM is hardware, and clients look for CKF_HW_SLOT" },
	{ FIELD, "C_GetMechanismInfo", "Flags", CKM_RSA_PKCS_KEY_PAIR_GEN, flags_but, CKF_HW, 0,
		"a TPM is hardware, and clients look for CKF_HW" },
	{ FIELD, "C_GetMechanismInfo", "Flags", CKM_RSA_PKCS, flags_but,
		CKF_HW | CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER | CKF_MESSAGE_SIGN |
			CKF_MESSAGE_VERIFY | CKF_ENCAPSULATE | CKF_DECAPSULATE,
		0, "clients look for CKF_HW; it recovers, signs messages and encapsulates, too" },
	{ FIELD, "C_GetMechanismInfo", "MinKeySize", CKM_RSA_PKCS_KEY_PAIR_GEN, in_range, 1024,
		2048, "TPMs have no RSA keys of less than 1024 bits" },
	{ FIELD, "C_GetMechanismInfo", "MinKeySize", CKM_RSA_PKCS, in_range, 1024, 2048,
		"TPMs have no RSA keys of less than 1024 bits" },
	{ FIELD, "C_GetMechanismInfo", "MaxKeySize", CKM_RSA_PKCS_KEY_PAIR_GEN, in_range, 2048,
		4096, "TPMs have no RSA keys of more than 4096 bits" },
	{ FIELD, "C_GetMechanismInfo", "MaxKeySize", CKM_RSA_PKCS, in_range, 2048, 4096,
		"TPMs have no RSA keys of more than 4096 bits" },
	{ ATTRIBUTE, "C_GetAttributeValue", "MODULUS", ANY_MECHANISM, modulus_like_it, 0, 0,
		"the private half of the test case's key is not published" },
	{ FIELD, "C_Sign", "Signature", ANY_MECHANISM, signature_of_the_data, 0, 0,
		"it is another key; the signature holds for the data and the modulus that was "
		"read" },
};

static enum what
kind(const struct finding *f)
{
	if (f->is_length)
		return LENGTH;
	return f->is_attribute ? ATTRIBUTE : FIELD;
}

static bool
is_same(const struct finding *f)
{
	return f->is_number ? f->expected == f->got : bytes_equal(f->expected_bytes, f->got_bytes);
}

static bool
may_vary(const struct finding *f)
{
	for (size_t i = 0; i < COUNT(varying); i++)
		if (varying[i].what == kind(f) && strcmp(varying[i].name, f->field) == 0)
			return true;
	return false;
}

static const struct deviation *
deviation_find(const struct finding *f, const struct seen *seen)
{
	for (size_t i = 0; i < COUNT(deviations); i++) {
		const struct deviation *d = &deviations[i];

		if (d->what == kind(f) && strcmp(d->field, f->field) == 0 &&
			strcmp(d->function, f->function) == 0 &&
			(d->mechanism == ANY_MECHANISM || d->mechanism == seen->mechanism) &&
			d->holds(d, f, seen))
			return d;
	}
	return NULL;
}

struct shown {
	char text[2 * SHOWN + 64];
};

static struct shown
show(const struct finding *f, CK_ULONG number, struct bytes b)
{
	char hex[2 * SHOWN + 1] = "";
	struct shown out;

	if (f->is_number)
		snprintf(out.text, sizeof out.text, "%lu (0x%lx)", number, number);
	else
		snprintf(out.text, sizeof out.text, "%s%s (%zu bytes)",
			hex_of(bytes_slice(b, 0, SHOWN), hex), b.len > SHOWN ? "..." : "", b.len);
	return out;
}

void
compare(const struct finding *f, const struct seen *seen, struct report *r)
{
	struct shown expected = show(f, f->expected, f->expected_bytes);
	struct shown got = show(f, f->got, f->got_bytes);
	const char *length = f->is_length ? " length" : "";
	const struct deviation *d = NULL;

	if (is_same(f))
		r->same++;
	else if (may_vary(f))
		r->varied++;
	else if ((d = deviation_find(f, seen)) != NULL)
		report_deviation(r, f->line, "%s: %s%s is %s, not %s: %s", f->function, f->field,
			length, got.text, expected.text, d->why);
	else
		report_wrong(r, f->line, "%s: %s%s is %s, not %s", f->function, f->field, length,
			got.text, expected.text);
}

void
seen_free(struct seen *s)
{
	buf_free(&s->modulus);
	buf_free(&s->exponent);
	buf_free(&s->data);
}
