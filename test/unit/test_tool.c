/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the tool that turn bytes into text and back. */
#include "config.h"

#include <stdlib.h>

#include "unit.h"

#include "tool.h"

static void
only_valid_utf8_counts_as_a_character(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = { { "a", 1 }, { "\xc3\xa9", 2 }, { "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x94\x91", 4 }, { "\x80", 0 }, { "\xc0\x80", 0 }, { "\xc3", 0 },
		{ "\xe0\x80\x80", 0 }, { "\xed\xa0\x80", 0 }, { "\xf4\x90\x80\x80", 0 },
		{ "\xf0\x80\x80\x80", 0 }, { "\xff", 0 }, { "", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(rows[i].len, utf8_char_len(bytes_str(rows[i].text)));
}

static void
json_stays_valid_whatever_the_label_holds(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	struct json j = { .f = f };

	(void)state;
	json_open(&j, NULL, '{');
	json_text(&j, "label", LITERAL("a\"b\\c\n\x7f\xff\xc3\xa9\0z"));
	json_hex(&j, "id", LITERAL("\x01\xab"));
	json_open(&j, "empty", '[');
	json_close(&j, ']');
	json_open(&j, "list", '[');
	json_number(&j, NULL, 18446744073709551615ULL);
	json_bool(&j, NULL, true);
	json_close(&j, ']');
	json_close(&j, '}');
	fclose(f);
	assert_string_equal("{\n"
			    "  \"label\": \"a\\\"b\\\\c\\u000a\\u007f\\ufffd\xc3\xa9\\u0000z\",\n"
			    "  \"id\": \"01ab\",\n"
			    "  \"empty\": [],\n"
			    "  \"list\": [\n"
			    "    18446744073709551615,\n"
			    "    true\n"
			    "  ]\n"
			    "}\n",
		text);
	free(text);
}

static void
text_for_people_holds_no_control_characters(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	print_text(f, LITERAL("\x1b[31mred\xc2\x9b\xff \xc3\xa9\n"));
	fclose(f);
	assert_string_equal("?[31mred?? \xc3\xa9?", text);
	free(text);
}

static void
ids_are_hex_digits_in_pairs(void **state)
{
	static const char *const bad[] = { "", "0", "0g", "012", "01 02", "zz", ":01",
		"01:", "01::02", "0x01" };
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, hex_read("a1:B2c3", &out));
	assert_bytes_equal(LITERAL("\xa1\xb2\xc3"), view(&out));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_rv(CKR_ARGUMENTS_BAD, hex_read(bad[i], &out));
	assert_bytes_equal(LITERAL("\xa1\xb2\xc3"), view(&out));
	buf_free(&out);
}

static void
uris_say_token_label_id_and_class(void **state)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct buf token = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, uri_read("pkcs11:model=x;token=my%20token;object=a%3Bb;id=%01%fF;type="
				   "private?pin-value=1",
				  &wanted, &token));
	assert_bytes_equal(LITERAL("my token"), view(&token));
	assert_bytes_equal(LITERAL("a;b"), attrs_bytes(&wanted, CKA_LABEL));
	assert_bytes_equal(LITERAL("\x01\xff"), attrs_bytes(&wanted, CKA_ID));
	assert_int_equal(CKO_PRIVATE_KEY, attrs_u64(&wanted, CKA_CLASS, 0));
	assert_int_equal(3, wanted.count);
	attrs_free(&wanted);
	buf_free(&token);
}

static void
a_serial_number_in_a_uri_wins_over_the_label(void **state)
{
	static const char *const both[] = { "pkcs11:serial=01;token=t",
		"pkcs11:token=t;serial=01" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct attrs wanted = ATTRS_EMPTY;
		struct buf token = BUF_EMPTY;

		assert_rv(CKR_OK, uri_read(both[i], &wanted, &token));
		assert_bytes_equal(LITERAL("01"), view(&token));
		attrs_free(&wanted);
		buf_free(&token);
	}
}

static void
what_is_no_uri_is_refused(void **state)
{
	static const char *const bad[] = { "", "http://x", "pkcs11:object", "pkcs11:=x",
		"pkcs11:colour=red", "pkcs11:id=%0", "pkcs11:id=%zz", "pkcs11:id=%",
		"pkcs11:type=thing" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct attrs wanted = ATTRS_EMPTY;
		struct buf token = BUF_EMPTY;

		assert_rv(CKR_ARGUMENTS_BAD, uri_read(bad[i], &wanted, &token));
		attrs_free(&wanted);
		buf_free(&token);
	}
}

static void
an_rsa_key_is_written_as_ssh_writes_it(void **state)
{
	struct pubkey key = { .kind = KEY_RSA };
	struct buf line = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_set(&key.exponent, LITERAL("\x01\x00\x01")));
	assert_rv(CKR_OK, buf_set(&key.modulus, LITERAL("\xc0\x01")));
	assert_rv(CKR_OK, ssh_key_line(&key, LITERAL("a\nb"), &line));
	/* 00000007 "ssh-rsa" 00000003 010001 00000003 00c001 */
	assert_bytes_equal(
		LITERAL("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAwDAAQ== a?b"), view(&line));
	pubkey_free(&key);
	buf_free(&line);
}

static void
an_ec_key_is_written_as_ssh_writes_it(void **state)
{
	struct pubkey key = { .kind = KEY_EC, .curve = CURVE_P256 };
	struct buf line = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_set(&key.point, LITERAL("\x04xy")));
	assert_rv(CKR_OK, ssh_key_line(&key, BYTES_EMPTY, &line));
	/* 00000013 "ecdsa-sha2-nistp256" 00000008 "nistp256" 00000003 04 78 79 */
	assert_bytes_equal(LITERAL("ecdsa-sha2-nistp256 "
				   "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAAADBHh5"),
		view(&line));
	pubkey_free(&key);
	buf_free(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_valid_utf8_counts_as_a_character),
		cmocka_unit_test(json_stays_valid_whatever_the_label_holds),
		cmocka_unit_test(text_for_people_holds_no_control_characters),
		cmocka_unit_test(ids_are_hex_digits_in_pairs),
		cmocka_unit_test(uris_say_token_label_id_and_class),
		cmocka_unit_test(a_serial_number_in_a_uri_wins_over_the_label),
		cmocka_unit_test(what_is_no_uri_is_refused),
		cmocka_unit_test(an_rsa_key_is_written_as_ssh_writes_it),
		cmocka_unit_test(an_ec_key_is_written_as_ssh_writes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
