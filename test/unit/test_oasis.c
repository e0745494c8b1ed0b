/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runner of the OASIS test cases, on a provider of its own. A runner that
 * can not fail proves nothing, so most cases here are about what must fail.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "oasis.h"
#include "oasis_provider.h"
#include "unit.h"

#define BLANK32 "                                "
#define HEX16   "80000000000000000000000000000001"
#define HEX128  HEX16 HEX16 HEX16 HEX16 HEX16 HEX16 HEX16 HEX16

static const char sample[] =
	"\n<PKCS11>\n"
	"<C_Initialize/><C_Initialize rv=\"OK\"/> # a \"remark\"\n"
	"<C_GetSlotList><TokenPresent value=\"true\"/><SlotList/></C_GetSlotList>\n"
	"<C_GetSlotList rv=\"OK\"><SlotList length=\"${SlotList.length}\"/></C_GetSlotList>\n"
	"<C_GetSlotList><TokenPresent value=\"true\"/><SlotList "
	"length=\"${SlotList.length}\"/></C_GetSlotList>\n"
	"<C_GetSlotList rv=\"OK\"><SlotList><SlotID "
	"value=\"${Slot[0]}\"/></SlotList></C_GetSlotList>\n"
	"<C_GetSlotInfo><SlotID value=\"${Slot[0]}\"/></C_GetSlotInfo>\n"
	"<C_GetSlotInfo rv=\"OK\"><SlotInfo>"
	"<SlotDescription value=\"" BLANK32 "OASIS slot                      \"/>"
	"<ManufacturerID value=\"OASIS                           \"/>"
	"<Flags value=\"TOKEN_PRESENT\"/><HardwareVersion major=\"9\" minor=\"0\"/>"
	"<FirmwareVersion major=\"1\" minor=\"0\"/></SlotInfo></C_GetSlotInfo>\n"
	"<C_GetMechanismList><SlotID value=\"${Slot[0]}\"/><MechanismList "
	"length=\"8\"/></C_GetMechanismList>\n"
	"<C_GetMechanismList rv=\"OK\"><MechanismList><Type value=\"SHA512\"/><Type "
	"value=\"RSA_PKCS\"/>"
	"</MechanismList></C_GetMechanismList>\n"
	"<C_GetMechanismInfo><SlotID value=\"${Slot[0]}\"/><Type "
	"value=\"SHA512\"/></C_GetMechanismInfo>\n"
	"<C_GetMechanismInfo rv=\"OK\"><MechanismInfo><MinKeySize value=\"0\"/><MaxKeySize "
	"value=\"0x0\"/>"
	"<Flags value=\"DIGEST\"/></MechanismInfo></C_GetMechanismInfo>\n"
	"<C_GetMechanismInfo><SlotID value=\"7\"/><Type value=\"RSA_PKCS\"/></C_GetMechanismInfo>\n"
	"<C_GetMechanismInfo rv=\"OK\"><MechanismInfo><MinKeySize value=\"512\"/><MaxKeySize "
	"value=\"16384\"/>"
	"<Flags "
	"value=\"ENCRYPT|DECRYPT|SIGN|VERIFY|WRAP|UNWRAP\"/></MechanismInfo></C_GetMechanismInfo>\n"
	"<C_OpenSession><SlotID value=\"${Slot[0]}\"/><Flags "
	"value=\"RW_SESSION|SERIAL_SESSION\"/></C_OpenSession>\n"
	"<C_OpenSession rv=\"OK\"><Session value=\"${Session}\"/></C_OpenSession>\n"
	"<C_Login><Session value=\"${Session}\"/><UserType value=\"USER\"/><Pin "
	"value=\"${Pin}\"/></C_Login>\n"
	"<C_Login rv=\"OK\"/>\n"
	"<C_FindObjectsInit><Session value=\"${Session}\"/><Template><Attribute type=\"TOKEN\" "
	"value=\"TRUE\"/>"
	"<Attribute type=\"LABEL\" value=\"a &amp; b\"/></Template></C_FindObjectsInit>\n"
	"<C_FindObjectsInit rv=\"0x0\"/>\n"
	"<C_FindObjects><Session value=\"${Session}\"/><Object length=\"2\"/></C_FindObjects>\n"
	"<C_FindObjects rv=\"OK\"><Object><Object value=\"${Key}\"/><Object "
	"value=\"${Other}\"/></Object></C_FindObjects>\n"
	"<C_GetAttributeValue><Session value=\"${Session}\"/><Object value=\"${Key}\"/><Template>"
	"<Attribute type=\"LABEL\"/></Template></C_GetAttributeValue>\n"
	"<C_GetAttributeValue rv=\"OK\"><Template><Attribute type=\"LABEL\" "
	"length=\"6\"/></Template></C_GetAttributeValue>\n"
	"<C_GetAttributeValue><Session value=\"${Session}\"/><Object value=\"${Key}\"/><Template>"
	"<Attribute type=\"LABEL\" length=\"6\"/><Attribute type=\"MODULUS\" length=\"1024\"/>"
	"<Attribute type=\"PUBLIC_EXPONENT\" length=\"16\"/></Template></C_GetAttributeValue>\n"
	"<C_GetAttributeValue rv=\"OK\"><Template><Attribute type=\"LABEL\" value=\"roots\"/>"
	"<Attribute type=\"MODULUS\" value=\"" HEX128 "\"/>"
	"<Attribute type=\"PUBLIC_EXPONENT\" value=\"010001\"/></Template></C_GetAttributeValue>\n"
	"<C_SignInit><Session value=\"${Session}\"/><Mechanism><Type "
	"value=\"SHA256_RSA_PKCS\"/></Mechanism>"
	"<Key value=\"${Key}\"/></C_SignInit>\n"
	"<C_SignInit rv=\"OK\"/>\n"
	"<C_Sign><Session value=\"${Session}\"/><Data value=\"3082aBCd\"/><Signature "
	"length=\"128\"/></C_Sign>\n"
	"<C_Sign rv=\"OK\"><Signature value=\"" HEX128 "\"/></C_Sign>\n"
	"<C_Finalize/><C_Finalize rv=\"OK\"/>\n"
	"</PKCS11>\n";

/* The sample with one text in place of another; the caller frees. */
static char *
changed(const char *from, const char *to)
{
	const char *at = strstr(sample, from);
	char *out = NULL;

	assert_non_null(at);
	assert_true(
		asprintf(&out, "%.*s%s%s", (int)(at - sample), sample, to, at + strlen(from)) > 0);
	return out;
}

/* Runs the case; what it prints is left in *said, if wanted. */
static bool
runs(const char *text, struct report *r, char **said)
{
	char *out = NULL;
	size_t len = 0;
	bool passed = false;

	*r = (struct report){ .out = open_memstream(&out, &len), .name = "sample" };
	assert_non_null(r->out);
	passed = case_run(&provider, bytes_str(text), "1234", r);
	fclose(r->out);
	if (said != NULL)
		*said = out;
	else
		free(out);
	return passed;
}

static void
assert_passes(const char *text)
{
	struct report r;
	char *said = NULL;

	if (!runs(text, &r, &said))
		fail_msg("%s", said);
	free(said);
}

/* It fails, and says so with this text. */
static void
assert_fails(const char *text, const char *with)
{
	struct report r;
	char *said = NULL;

	if (runs(text, &r, &said) || strstr(said, with) == NULL)
		fail_msg("wanted: %s; said: %s", with, said);
	assert_true(r.wrong > 0);
	free(said);
}

static void
the_sample_passes_with_its_deviations_told(void **state)
{
	struct report r;
	char *said = NULL;

	(void)state;
	assert_true(runs(sample, &r, &said));
	assert_int_equal(r.calls, 16);
	assert_int_equal(r.wrong, 0);
	assert_int_equal(r.deviated, 6);
	assert_non_null(strstr(said, "deviation: C_GetSlotInfo: Flags is 5 (0x5), not 1 (0x1): "));
	assert_non_null(strstr(said, "sample: passed: 16 calls"));
	free(said);
}

/* The whole point: what the case expects otherwise, and the runner must not swallow. */
static const struct {
	const char *from, *to, *says;
} wrong_values[] = {
	{ "rv=\"OK\"", "rv=\"FUNCTION_FAILED\"", "C_Initialize: CKR_OK, not FUNCTION_FAILED" },
	{ "rv=\"0x0\"", "rv=\"0x5\"", "C_FindObjectsInit: CKR_OK, not 0x5" },
	{ "<C_Finalize rv=\"OK\"/>", "<C_Finalize rv=\"CKR_OK\"/>", "not CKR_OK" },
	{ "<Flags value=\"TOKEN_PRESENT\"/>", "<Flags value=\"TOKEN_PRESENT|REMOVABLE_DEVICE\"/>",
		"Flags is 5 (0x5), not 3 (0x3)" },
	{ "<Flags value=\"TOKEN_PRESENT\"/>", "<Flags value=\"0x0\"/>", "not 0 (0x0)" },
	{ "<Flags value=\"DIGEST\"/>", "<Flags value=\"DIGEST|SIGN\"/>",
		"C_GetMechanismInfo: Flags" },
	{ "<Flags value=\"DIGEST\"/>", "<Flags value=\"SIGN\"/>", "C_GetMechanismInfo: Flags" },
	{ "MaxKeySize value=\"0x0\"", "MaxKeySize value=\"1\"", "MaxKeySize is 0 (0x0), not 1" },
	{ "MinKeySize value=\"0\"", "MinKeySize value=\"1\"", "MinKeySize is 0 (0x0), not 1" },
	{ "|SIGN|VERIFY|", "|VERIFY|", "C_GetMechanismInfo: Flags" },
	{ "<Type value=\"SHA512\"/><Type", "<Type value=\"SHA384\"/><Type",
		"SHA384 is not in the list" },
	{ "<Object value=\"${Key}\"/><Object value=\"${Other}\"/>", "<Object value=\"${Key}\"/>",
		"Object length is 2 (0x2), not 1" },
	{ "<Object><Object value=\"${Key}\"/><Object value=\"${Other}\"/></Object>", "<Object/>",
		"Object length is 2 (0x2), not 0" },
	{ "type=\"LABEL\" length=\"6\"/></Template>", "type=\"LABEL\" length=\"5\"/></Template>",
		"LABEL length is 6 (0x6), not 5" },
	{ "value=\"roots\"", "value=\"Roots\"", "LABEL is 726f6f7473 (5 bytes)" },
	{ "value=\"roots\"", "value=\"root\"", "LABEL is 726f6f747300 (6 bytes)" },
	{ "MODULUS\" value=\"8000", "MODULUS\" value=\"80", "MODULUS is" },
	{ "<Signature value=\"8000", "<Signature value=\"80", "Signature is" },
};

static void
another_expected_value_fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong_values); i++) {
		char *text = changed(wrong_values[i].from, wrong_values[i].to);

		assert_fails(text, wrong_values[i].says);
		free(text);
	}
}

static const struct {
	const char *from, *to;
} free_values[] = {
	{ "OASIS slot", "Other slot" },
	{ "\"OASIS  ", "\"Other  " },
	{ "major=\"9\"", "major=\"3\"" },
	{ "length=\"${SlotList.length}\"/></C_GetSlotList>\n<C_GetSlotList><TokenPresent "
	  "value=\"true\"/>"
	  "<SlotList length=\"${SlotList.length}\"/>",
		"length=\"5\"/></C_GetSlotList>\n<C_GetSlotList><TokenPresent value=\"TRUE\"/>"
		"<SlotList length=\"5\"/>" },
	{ "<Object value=\"${Other}\"/>", "<Object value=\"1\"/>" },
	{ "value=\"010001\"", "value=\"03\"" },
	{ "<PKCS11>", "<PKCS11 xmlns='urn:oasis:tc:pkcs11:xmlns'>" },
	{ "RW_SESSION|SERIAL_SESSION", "0x6" },
};

static void
what_the_standard_lets_vary_may_vary(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(free_values); i++) {
		char *text = changed(free_values[i].from, free_values[i].to);

		assert_passes(text);
		free(text);
	}
}

static const struct {
	const char *from, *to, *says;
} bad_cases[] = {
	{ "<C_Initialize/>", "<C_Reboot/>", "C_Reboot is not known" },
	{ "<C_Initialize rv=\"OK\"/>", "", "C_Initialize has no reply" },
	{ "<C_Initialize rv=\"OK\"/>", "<C_Initialize/>", "C_Initialize has no reply" },
	{ "<C_Initialize rv=\"OK\"/>", "<C_Finalize rv=\"OK\"/>", "C_Initialize has no reply" },
	{ "<C_Initialize rv=\"OK\"/>", "<C_Initialize rv=\"OK\" length=\"1\"/>", "has no reply" },
	{ "<C_Initialize rv=\"OK\"/>",
		"<C_Initialize rv=\"OK\"><Flags value=\"1\"/></C_Initialize>",
		"Flags is not known" },
	{ "<C_Initialize/>", "<C_Initialize><pReserved/></C_Initialize>",
		"pReserved is not known" },
	{ "<C_Initialize/>", "<C_Initialize rv=\"OK\"/>", "elements only" },
	{ "<C_Finalize rv=\"OK\"/>", "", "C_Finalize has no reply" },
	{ "<Flags value=\"TOKEN_PRESENT\"/>", "", "the reply lacks Flags" },
	{ "<Flags value=\"TOKEN_PRESENT\"/>", "<Flags/>", "Flags is not understood" },
	{ "<Flags value=\"TOKEN_PRESENT\"/>", "<Flags value=\"\"/>", "Flags is not understood" },
	{ "<Flags value=\"TOKEN_PRESENT\"/>", "<Flags value=\"TOKEN_PRESENT|\"/>",
		"not understood" },
	{ "<Flags value=\"TOKEN_PRESENT\"/>", "<Flags value=\"TOKEN\"/>", "not understood" },
	{ "<Flags value=\"TOKEN_PRESENT\"/>", "<Flags value=\"1\" length=\"1\"/>",
		"not understood" },
	{ "<SlotInfo>", "<SlotInfo length=\"1\">", "the reply lacks SlotDescription" },
	{ "minor=\"0\"/></SlotInfo>", "minor=\"0\"/><Flags value=\"1\"/></SlotInfo>",
		"Flags is not known" },
	{ "major=\"9\"", "major=\"256\"", "HardwareVersion is not understood" },
	{ "major=\"9\"", "release=\"9\"", "HardwareVersion is not understood" },
	{ "\"OASIS  ", "\"OASIS ", "ManufacturerID is not understood" },
	{ "<TokenPresent value=\"true\"/>", "", "the request lacks TokenPresent" },
	{ "<TokenPresent value=\"true\"/>", "<TokenPresent value=\"yes\"/>", "not understood" },
	{ "<SlotList length=\"${SlotList.length}\"/></C_GetSlotList>\n<C_GetSlotList><",
		"<SlotList><SlotID "
		"value=\"${Slot[0]}\"/></SlotList></C_GetSlotList>\n<C_GetSlotList><",
		"SlotList is not understood" },
	{ "<SlotList><SlotID value=\"${Slot[0]}\"/></SlotList>", "<SlotList/>", "not understood" },
	{ "<SlotList><SlotID value=\"${Slot[0]}\"/></SlotList>",
		"<SlotList><SlotID value=\"${Slot[0]}\"/><SlotID value=\"${Slot[1]}\"/></SlotList>",
		"1 entries, not 2" },
	{ "<C_GetSlotInfo><SlotID value=\"${Slot[0]}\"/>",
		"<C_GetSlotInfo><SlotID value=\"${Slot[1]}\"/>", "SlotID is not understood" },
	{ "value=\"${Session}\"/></C_OpenSession>", "value=\"${}\"/></C_OpenSession>",
		"not understood" },
	{ "<MechanismList length=\"8\"/>", "<MechanismList length=\"65537\"/>", "not understood" },
	{ "<MechanismList length=\"8\"/>", "<MechanismList length=\"-1\"/>", "not understood" },
	{ "<Type value=\"SHA512\"/></C", "<Type value=\"SHA5\"/></C", "Type is not understood" },
	{ "<Attribute type=\"TOKEN\"", "<Attribute type=\"TOKENS\"", "Template is not understood" },
	{ "<Attribute type=\"TOKEN\" value=\"TRUE\"/>", "<Attribute type=\"TOKEN\" value=\"1\"/>",
		"Template is not understood" },
	{ "type=\"LABEL\" length=\"6\"/></Template>", "type=\"ID\" length=\"6\"/></Template>",
		"Template is not understood" },
	{ "<Template><Attribute type=\"LABEL\" length=\"6\"/></Template>", "<Template/>",
		"Template is not understood" },
	{ "value=\"roots\"", "value=\"roots\" length=\"6\"", "Template is not understood" },
	{ "value=\"010001\"", "value=\"01001\"", "Template is not understood" },
	{ "<Mechanism><Type value=\"SHA256_RSA_PKCS\"/>",
		"<Mechanism><Type value=\"SHA256_RSA_PKCS\"/><Parameter value=\"00\"/>",
		"Mechanism is not understood" },
	{ "Data value=\"3082aBCd\"", "Data value=\"0x3082\"", "Data is not understood" },
	{ "<Pin value=\"${Pin}\"/>", "<Pin value=\"4321\"/>",
		"C_Login: CKR_PIN_INCORRECT, not OK" },
	{ "<PKCS11>", "<PKCS11 version=\"3\">", "PKCS11 is no test case" },
};

static void
what_is_not_understood_fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_cases); i++) {
		char *text = changed(bad_cases[i].from, bad_cases[i].to);

		assert_fails(text, bad_cases[i].says);
		free(text);
	}
}

static void
a_case_without_steps_does_not_pass(void **state)
{
	struct report r;

	(void)state;
	assert_false(runs("<PKCS11/>", &r, NULL));
	assert_false(runs("<PKCS11>text</PKCS11>", &r, NULL));
	assert_false(runs("", &r, NULL));
}

static void
an_expected_failure_passes_and_has_no_values(void **state)
{
	static const char failing[] =
		"<PKCS11><C_GetSlotInfo><SlotID value=\"8\"/></C_GetSlotInfo>"
		"<C_GetSlotInfo rv=\"SLOT_ID_INVALID\">%s</C_GetSlotInfo></PKCS11>";
	char text[256];

	(void)state;
	snprintf(text, sizeof text, failing, "");
	assert_passes(text);
	snprintf(text, sizeof text, failing, "<SlotInfo/>");
	assert_fails(text, "a failure has no values");
}

static void
a_wrong_provider_fails(void **state)
{
	fake.slot_flags = CKF_TOKEN_PRESENT | CKF_HW_SLOT | CKF_REMOVABLE_DEVICE;
	assert_fails(sample, "C_GetSlotInfo: Flags is 7");
	fake_reset(state);
	fake.slot_flags = CKF_HW_SLOT;
	assert_fails(sample, "C_GetSlotInfo: Flags is 4");
	fake_reset(state);
	fake.nul_in_label = true;
	assert_fails(sample, "ManufacturerID is not padded with blanks");
	fake_reset(state);
	fake.without_sha512 = true;
	assert_fails(sample, "SHA512 is not in the list");
	fake_reset(state);
	fake.rv = CKR_SESSION_COUNT;
	assert_fails(sample, "C_OpenSession: CKR_SESSION_COUNT, not OK");
}

static void
key_sizes_and_uses_have_limits(void **state)
{
	fake.min_bits = 0;
	assert_fails(sample, "MinKeySize is 0");
	fake.min_bits = 3072;
	assert_fails(sample, "MinKeySize is 3072");
	fake_reset(state);
	fake.max_bits = 1024;
	assert_fails(sample, "MaxKeySize is 1024");
	fake.max_bits = 32768;
	assert_fails(sample, "MaxKeySize is 32768");
	fake_reset(state);
	fake.rsa_flags = CKF_HW | CKF_SIGN | CKF_VERIFY;
	assert_fails(sample, "C_GetMechanismInfo: Flags");
	fake.rsa_flags =
		CKF_HW | CKF_SIGN | CKF_VERIFY | CKF_ENCRYPT | CKF_DECRYPT | CKF_DERIVE;
	assert_fails(sample, "C_GetMechanismInfo: Flags");
}

static void
handles_are_there_and_differ(void **state)
{
	fake.objects[1] = 21;
	assert_fails(sample, "21 came twice");
	fake.objects[1] = 0;
	assert_fails(sample, "a handle of 0");
	fake_reset(state);
	fake.found = 1;
	assert_fails(sample, "Object length is 1 (0x1), not 2");
	fake.found = 3;
	assert_fails(sample, "3 for 2");
}

static void
lengths_beyond_the_room_are_not_read(void **state)
{
	char *text = changed(
		"LABEL\" length=\"6\"/></Template>", "LABEL\" length=\"4096\"/></Template>");

	(void)state;
	fake.label_len = 4096;
	assert_fails(text, "LABEL: 4096 bytes for 6");
	free(text);
	fake.label_len = CK_UNAVAILABLE_INFORMATION;
	assert_fails(sample, "LABEL length is ");
}

static void
a_signature_must_hold(void **state)
{
	(void)state;
	fake.damage = 1;
	assert_fails(sample, "C_Sign: Signature is");
	fake.damage = 128;
	assert_fails(sample, "C_Sign: Signature is");
}

static void
a_signature_without_its_key_does_not_hold(void **state)
{
	uint8_t signature[128];
	CK_ULONG len = sizeof signature;
	struct seen seen = { .mechanism = CKM_SHA256_RSA_PKCS };
	CK_ATTRIBUTE modulus = { CKA_MODULUS, NULL, sizeof signature };

	(void)state;
	assert_rv(CKR_OK, provider.C_Sign(11, (CK_BYTE *)"data", 4, signature, &len));
	assert_rv(CKR_OK, buf_set(&seen.data, LITERAL("data")));
	assert_false(signature_holds(&seen, bytes_of(signature, len)));
	assert_rv(CKR_OK, buf_resize(&seen.modulus, 128));
	assert_rv(CKR_OK, buf_set(&seen.exponent, LITERAL("\x01\x00\x01")));
	modulus.pValue = seen.modulus.ptr;
	seen.modulus.ptr[127] = 0xff;
	assert_false(signature_holds(&seen, bytes_of(signature, len)));
	assert_rv(CKR_OK, provider.C_GetAttributeValue(11, 21, &modulus, 1));
	assert_true(signature_holds(&seen, bytes_of(signature, len)));
	seen.mechanism = CKM_RSA_PKCS;
	assert_false(signature_holds(&seen, bytes_of(signature, len)));
	seen_free(&seen);
}

#define RUN(f) cmocka_unit_test_setup(f, fake_reset)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RUN(the_sample_passes_with_its_deviations_told),
		RUN(another_expected_value_fails),
		RUN(what_the_standard_lets_vary_may_vary),
		RUN(what_is_not_understood_fails),
		RUN(a_case_without_steps_does_not_pass),
		RUN(an_expected_failure_passes_and_has_no_values),
		RUN(a_wrong_provider_fails),
		RUN(key_sizes_and_uses_have_limits),
		RUN(handles_are_there_and_differ),
		RUN(lengths_beyond_the_room_are_not_read),
		RUN(a_signature_must_hold),
		RUN(a_signature_without_its_key_does_not_hold),
	};

	return cmocka_run_group_tests(tests, fake_key_make, fake_key_drop);
}
