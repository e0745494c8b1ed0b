/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values as the test cases write them: numbers, names without their prefix,
 * flags with "|" between them, hex. A row for each name that a case may use.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oasis.h"

const struct name session_flags[] = { { "RW_SESSION", CKF_RW_SESSION },
	{ "SERIAL_SESSION", CKF_SERIAL_SESSION }, { NULL, 0 } };

const struct name slot_flags[] = { { "TOKEN_PRESENT", CKF_TOKEN_PRESENT },
	{ "REMOVABLE_DEVICE", CKF_REMOVABLE_DEVICE }, { "HW_SLOT", CKF_HW_SLOT }, { NULL, 0 } };

const struct name token_flags[] = { { "RNG", CKF_RNG }, { "WRITE_PROTECTED", CKF_WRITE_PROTECTED },
	{ "LOGIN_REQUIRED", CKF_LOGIN_REQUIRED },
	{ "USER_PIN_INITIALIZED", CKF_USER_PIN_INITIALIZED },
	{ "RESTORE_KEY_NOT_NEEDED", CKF_RESTORE_KEY_NOT_NEEDED },
	{ "CLOCK_ON_TOKEN", CKF_CLOCK_ON_TOKEN }, { "TOKEN_INITIALIZED", CKF_TOKEN_INITIALIZED },
	{ NULL, 0 } };

const struct name mechanism_flags[] = { { "HW", CKF_HW }, { "ENCRYPT", CKF_ENCRYPT },
	{ "DECRYPT", CKF_DECRYPT }, { "DIGEST", CKF_DIGEST }, { "SIGN", CKF_SIGN },
	{ "VERIFY", CKF_VERIFY }, { "GENERATE", CKF_GENERATE },
	{ "GENERATE_KEY_PAIR", CKF_GENERATE_KEY_PAIR }, { "WRAP", CKF_WRAP },
	{ "UNWRAP", CKF_UNWRAP }, { "DERIVE", CKF_DERIVE }, { NULL, 0 } };

const struct name users[] = { { "SO", CKU_SO }, { "USER", CKU_USER },
	{ "CONTEXT_SPECIFIC", CKU_CONTEXT_SPECIFIC }, { NULL, 0 } };

const struct name mechanisms[] = { { "SHA256", CKM_SHA256 }, { "SHA384", CKM_SHA384 },
	{ "SHA512", CKM_SHA512 }, { "RSA_PKCS_KEY_PAIR_GEN", CKM_RSA_PKCS_KEY_PAIR_GEN },
	{ "RSA_PKCS", CKM_RSA_PKCS }, { "SHA256_RSA_PKCS", CKM_SHA256_RSA_PKCS }, { NULL, 0 } };

const struct name no_flags[] = { { NULL, 0 } };
const struct name no_names[] = { { "UnavailableInformation", CK_UNAVAILABLE_INFORMATION },
	{ "EffectivelyInfinite", CK_EFFECTIVELY_INFINITE }, { NULL, 0 } };

static const struct name classes[] = { { "DATA", CKO_DATA }, { "CERTIFICATE", CKO_CERTIFICATE },
	{ "PUBLIC_KEY", CKO_PUBLIC_KEY }, { "PRIVATE_KEY", CKO_PRIVATE_KEY },
	{ "SECRET_KEY", CKO_SECRET_KEY }, { "PROFILE", CKO_PROFILE }, { NULL, 0 } };

static const struct attribute attributes[] = {
	{ "CLASS", CKA_CLASS, FORM_NUMBER, classes },
	{ "TOKEN", CKA_TOKEN, FORM_BOOL, no_names },
	{ "PRIVATE", CKA_PRIVATE, FORM_BOOL, no_names },
	{ "LABEL", CKA_LABEL, FORM_TEXT, no_names },
	{ "ID", CKA_ID, FORM_HEX, no_names },
	{ "VALUE", CKA_VALUE, FORM_HEX, no_names },
	{ "MODULUS", CKA_MODULUS, FORM_HEX, no_names },
	{ "PUBLIC_EXPONENT", CKA_PUBLIC_EXPONENT, FORM_HEX, no_names },
	{ "PROFILE_ID", CKA_PROFILE_ID, FORM_NUMBER, no_names },
};

static bool
named(const struct name *names, struct bytes text, CK_ULONG *out)
{
	for (; names->text != NULL; names++)
		if (bytes_equal(bytes_str(names->text), text)) {
			*out = names->number;
			return true;
		}
	return false;
}

/* Decimal, or hex after "0x"; no sign, no blanks, no octal. */
static bool
plain_number(const char *text, CK_ULONG *out)
{
	bool hex = strncmp(text, "0x", 2) == 0;
	const char *digits = hex ? text + 2 : text;
	size_t len = strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");

	errno = 0;
	*out = strtoul(digits, NULL, hex ? 16 : 10);
	return len > 0 && digits[len] == '\0' && errno == 0;
}

bool
value_number(const struct name *names, const char *text, CK_ULONG *out)
{
	return plain_number(text, out) || named(names, bytes_str(text), out);
}

bool
value_flags(const struct name *names, const char *text, CK_ULONG *out)
{
	CK_ULONG flags = 0, flag = 0;

	if (plain_number(text, out))
		return true;
	for (;;) {
		size_t n = strcspn(text, "| ");

		if (!named(names, bytes_of(text, n), &flag) || (flags & flag) != 0)
			return false;
		flags |= flag;
		if (text[n] == '\0')
			break;
		text += n + 1;
	}
	*out = flags;
	return true;
}

bool
value_bool(const char *text, CK_BBOOL *out)
{
	*out = strcmp(text, "true") == 0 || strcmp(text, "TRUE") == 0;
	return *out || strcmp(text, "false") == 0 || strcmp(text, "FALSE") == 0;
}

bool
value_hex(const char *text, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";

	for (; text[0] != '\0'; text += 2) {
		const char *high = strchr(digits, tolower((unsigned char)text[0]));
		const char *low =
			text[1] == '\0' ? NULL : strchr(digits, tolower((unsigned char)text[1]));

		if (high == NULL || low == NULL)
			return false;
		if (buf_append_u8(out, (uint8_t)((high - digits) << 4 | (low - digits))) != CKR_OK)
			return false;
	}
	return true;
}

const struct attribute *
attribute_find(const char *name)
{
	for (size_t i = 0; i < COUNT(attributes); i++)
		if (strcmp(attributes[i].name, name) == 0)
			return &attributes[i];
	return NULL;
}

bool
attribute_value(const struct attribute *a, const char *text, struct buf *out)
{
	CK_BBOOL truth = CK_FALSE;
	CK_ULONG number = 0;

	switch (a->form) {
	case FORM_BOOL:
		return value_bool(text, &truth) &&
		       buf_set(out, bytes_of(&truth, sizeof truth)) == CKR_OK;
	case FORM_NUMBER:
		return value_number(a->names, text, &number) &&
		       buf_set(out, bytes_of(&number, sizeof number)) == CKR_OK;
	case FORM_TEXT:
		return buf_set(out, bytes_str(text)) == CKR_OK;
	case FORM_HEX:
		return value_hex(text, out);
	}
	return false;
}
