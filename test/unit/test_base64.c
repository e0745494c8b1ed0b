/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "unit.h"

#include "base/base64.h"

static const struct {
	const char *plain;
	const char *text;
} vectors[] = {
	/* RFC 4648, section 10. */
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xff\xfe\xfb\xef", "//777w==" },
};

static void
the_rfcs_vectors_are_encoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		struct buf out = BUF_EMPTY;

		assert_rv(CKR_OK, base64_encode(bytes_str(vectors[i].plain), &out));
		assert_bytes_equal(bytes_str(vectors[i].text), view(&out));
		buf_free(&out);
	}
}

static void
the_rfcs_vectors_are_decoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		struct buf out = BUF_EMPTY;

		assert_rv(CKR_OK, base64_decode(bytes_str(vectors[i].text), &out));
		assert_bytes_equal(bytes_str(vectors[i].plain), view(&out));
		buf_free(&out);
	}
}

static void
every_length_and_byte_survives_the_way_there_and_back(void **state)
{
	uint8_t all[256];

	(void)state;
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (uint8_t)i;
	for (size_t len = 0; len <= sizeof all; len++) {
		struct buf text = BUF_EMPTY, back = BUF_EMPTY;

		assert_rv(CKR_OK, base64_encode(bytes_of(all, len), &text));
		assert_rv(CKR_OK, base64_decode(view(&text), &back));
		assert_bytes_equal(bytes_of(all, len), view(&back));
		buf_free(&text);
		buf_free(&back);
	}
}

static void
white_space_is_skipped_and_output_is_appended(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_set(&out, LITERAL("> ")));
	assert_rv(CKR_OK, base64_decode(LITERAL(" Zm9v\r\n\tYg= =\n"), &out));
	assert_bytes_equal(LITERAL("> foob"), view(&out));
	buf_free(&out);
}

static void
what_is_not_base64_is_refused_and_leaves_the_output(void **state)
{
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zm9", "Zg===", "=",
		"====", "Z===", "Zg==Zg==", "Zm9v=", "Zh==", "Zm9=", "Zm9v!", "Zm-_", "Zg=A",
		"Zm9v\x80" };
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_set(&out, LITERAL("kept")));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_rv(CKR_DATA_INVALID, base64_decode(bytes_str(bad[i]), &out));
	assert_rv(CKR_DATA_INVALID, base64_decode(LITERAL("Zm9\0"), &out));
	assert_bytes_equal(LITERAL("kept"), view(&out));
	buf_free(&out);
}

static void
pem_content_is_found_among_other_text(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK,
		pem_decode(
			LITERAL("Subject: x\n-----BEGIN OTHER-----\n!\n-----END OTHER-----\n"
				"-----BEGIN CERTIFICATE-----\r\nZm9v\r\nYmFy\r\n-----END "
				"CERTIFICATE-----\r\n"
				"-----BEGIN CERTIFICATE-----\nZg==\n-----END CERTIFICATE-----\n"),
			"CERTIFICATE", &out));
	assert_bytes_equal(LITERAL("foobar"), view(&out));
	buf_free(&out);
}

static void
pem_without_its_lines_is_refused(void **state)
{
	static const char *const bad[] = { "", "Zm9v", "-----BEGIN CERTIFICATE-----\nZm9v\n",
		"Zm9v\n-----END CERTIFICATE-----\n",
		" -----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nZm9v!\n-----END CERTIFICATE-----\n",
		"-----BEGIN OTHER-----\nZm9v\n-----END OTHER-----\n" };
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_rv(CKR_DATA_INVALID, pem_decode(bytes_str(bad[i]), "CERTIFICATE", &out));
	assert_int_equal(0, out.len);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rfcs_vectors_are_encoded),
		cmocka_unit_test(the_rfcs_vectors_are_decoded),
		cmocka_unit_test(every_length_and_byte_survives_the_way_there_and_back),
		cmocka_unit_test(white_space_is_skipped_and_output_is_appended),
		cmocka_unit_test(what_is_not_base64_is_refused_and_leaves_the_output),
		cmocka_unit_test(pem_content_is_found_among_other_text),
		cmocka_unit_test(pem_without_its_lines_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
