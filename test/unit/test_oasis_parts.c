/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of the OASIS runner: its rules of comparison, and how it reads
 * XML, names and values, hostile ones too.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "oasis.h"
#include "unit.h"

static enum { SAME, VARIED, DEVIATED, WRONG } judge(const struct finding *f, CK_ULONG mechanism)
{
	struct seen seen = { .mechanism = mechanism };
	struct report r = { .out = fopen("/dev/null", "w"), .name = "rules" };

	assert_non_null(r.out);
	compare(f, &seen, &r);
	fclose(r.out);
	assert_int_equal(r.same + r.varied + r.deviated + r.wrong, 1);
	if (r.same + r.varied == 1)
		return r.same == 1 ? SAME : VARIED;
	return r.deviated == 1 ? DEVIATED : WRONG;
}

static void
a_deviation_is_one_of_its_function_field_and_mechanism(void **state)
{
	struct finding f = { .function = "C_GetMechanismInfo",
		.field = "Flags",
		.is_number = true,
		.expected = CKF_GENERATE_KEY_PAIR,
		.got = CKF_GENERATE_KEY_PAIR | CKF_HW };

	(void)state;
	assert_int_equal(judge(&f, CKM_RSA_PKCS_KEY_PAIR_GEN), DEVIATED);
	assert_int_equal(judge(&f, CKM_EC_KEY_PAIR_GEN), WRONG);
	f.function = "C_GetTokenInfo";
	assert_int_equal(judge(&f, CKM_RSA_PKCS_KEY_PAIR_GEN), WRONG);
	f.function = "C_GetMechanismInfo";
	f.field = "Flag";
	assert_int_equal(judge(&f, CKM_RSA_PKCS_KEY_PAIR_GEN), WRONG);
	f.field = "Flags";
	f.got = CKF_HW;
	assert_int_equal(judge(&f, CKM_RSA_PKCS_KEY_PAIR_GEN), WRONG);
	f.got = f.expected;
	assert_int_equal(judge(&f, CKM_EC_KEY_PAIR_GEN), SAME);
}

static void
values_vary_and_lengths_do_not(void **state)
{
	struct finding f = { .function = "C_GetAttributeValue",
		.field = "VALUE",
		.is_attribute = true,
		.expected_bytes = LITERAL("one"),
		.got_bytes = LITERAL("other") };

	(void)state;
	assert_int_equal(judge(&f, 0), VARIED);
	f.is_attribute = false; /* a field of that name is none of the standard's */
	assert_int_equal(judge(&f, 0), WRONG);
	f = (struct finding){ .function = "C_GetAttributeValue",
		.field = "VALUE",
		.is_number = true,
		.is_attribute = true,
		.is_length = true,
		.expected = 3,
		.got = 5 };
	assert_int_equal(judge(&f, 0), WRONG);
	f.got = 3;
	assert_int_equal(judge(&f, 0), SAME);
}

static void
the_tokens_numbers_are_strict(void **state)
{
	static const char *const names[] = { "Flags", "MaxSessionCount", "SessionCount",
		"MaxRwSessionCount", "RwSessionCount", "MaxPinLen", "MinPinLen",
		"TotalPublicMemory", "FreePublicMemory", "TotalPrivateMemory", "FreePrivateMemory",
		"CryptokiVersion" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct finding f = { .function = "C_GetTokenInfo",
			.field = names[i],
			.is_number = true,
			.expected = 4,
			.got = 5 };

		assert_int_equal(judge(&f, 0), WRONG);
	}
}

static void
a_modulus_has_as_many_bits_and_is_odd(void **state)
{
	static const struct {
		struct bytes got;
		int verdict;
	} rows[] = {
		{ { (const uint8_t *)"\x81\x03", 2 }, DEVIATED },
		{ { (const uint8_t *)"\x80\x01", 2 }, SAME },
		{ { (const uint8_t *)"\x81\x02", 2 }, WRONG },
		{ { (const uint8_t *)"\x7f\x03", 2 }, WRONG },
		{ { (const uint8_t *)"\x81\x00\x03", 3 }, WRONG },
		{ { (const uint8_t *)"\x81", 1 }, WRONG },
		{ { NULL, 0 }, WRONG },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct finding f = { .function = "C_GetAttributeValue",
			.field = "MODULUS",
			.is_attribute = true,
			.expected_bytes = LITERAL("\x80\x01"),
			.got_bytes = rows[i].got };

		assert_int_equal(judge(&f, 0), rows[i].verdict);
	}
}

static struct xml *
parse(struct bytes text, unsigned *wrong)
{
	struct report r = { .out = fopen("/dev/null", "w"), .name = "xml" };
	struct xml *x = NULL;

	assert_non_null(r.out);
	x = xml_parse(text, &r);
	fclose(r.out);
	*wrong = r.wrong;
	return x;
}

static void
elements_attributes_and_lines_are_read(void **state)
{
	unsigned wrong = 0;
	struct xml *x = parse(LITERAL("<a>\n # \"text\" > 'x'\n<b c='&lt;\"' d = "
				      "\"&amp;'\"/>\n<e\n></e >\n</a>\n"),
		&wrong);

	(void)state;
	assert_int_equal(wrong, 0);
	assert_true(xml_is(x, "a"));
	assert_int_equal(xml_children(x), 2);
	assert_string_equal(xml_attr(x->child, "c"), "<\"");
	assert_string_equal(xml_attr(x->child, "d"), "&'");
	assert_null(xml_attr(x->child, "e"));
	assert_int_equal(x->child->line, 3);
	assert_true(xml_is(x->child->next, "e"));
	xml_free(x);
}

static void
other_xml_is_refused(void **state)
{
	static const char *const bad[] = { "", "text", "<", "<a", "<a>", "<a/", "<a / >", "</a>",
		"<a></b>", "<a></a x='1'>", "<a><b></a></b>", "<a/><b/>", "<a/>x", "<a b/>",
		"<a b=/>", "<a b=c/>", "<a b='c/>", "<a b='c\"/>", "<a b='1' b='2'/>", "<a b='<'/>",
		"<a b='&x;'/>", "<a b='&#65;'/>", "<a b='&'/>", "<a b='1\n'/>", "<a>&amp;</a>",
		"<1/>", "<a:b/>", "<?xml version='1.0'?><a/>", "<!DOCTYPE a><a/>",
		"<a><!-- c --></a>", "<a><![CDATA[x]]></a>", "<a b='1'c='2'/>",
		"<a b='1' c='2' d='3' e='4' f='5'/>",
		"<a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a>" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		unsigned wrong = 0;
		struct xml *x = parse(bytes_str(bad[i]), &wrong);

		if (x != NULL || wrong != 1)
			fail_msg("%s", bad[i]);
	}
}

static void
every_cut_and_every_zero_byte_is_refused(void **state)
{
	static const char text[] = "<a b='&amp;'> # \n<c d=\"e\"/></a>";
	unsigned wrong = 0;

	(void)state;
	for (size_t n = 0; n + 1 < sizeof text; n++) {
		char *cut =
			malloc(sizeof text); /* its own memory, so that a read too far is seen */
		struct buf exact = BUF_EMPTY;

		assert_non_null(cut);
		memcpy(cut, text, sizeof text);
		cut[n] = '\0';
		assert_null(parse(bytes_of(cut, sizeof text - 1), &wrong));
		assert_rv(CKR_OK, buf_set(&exact, bytes_of(text, n)));
		assert_null(parse(view(&exact), &wrong));
		buf_free(&exact);
		free(cut);
	}
}

static void
names_stand_for_what_they_were_bound_to_last(void **state)
{
	struct vars v = { 0 };

	(void)state;
	assert_string_equal(vars_text(&v, "plain"), "plain");
	assert_null(vars_text(&v, "${a}"));
	assert_true(vars_bind(&v, "${a}", "1"));
	assert_true(vars_bind_number(&v, "${a[0].b}", 22));
	assert_true(vars_bind(&v, "${a}", "3"));
	assert_string_equal(vars_text(&v, "${a}"), "3");
	assert_string_equal(vars_text(&v, "${a[0].b}"), "22");
	assert_null(vars_text(&v, "${a}${a}"));
	assert_null(vars_text(&v, "x${a}"));
	vars_free(&v);
}

static void
bad_names_are_not_bound_and_room_ends(void **state)
{
	static const char *const bad[] = { "", "$", "a", "${}", "${a", "$a}", "${a}b", "${a${b}}",
		"${a}}" };
	struct vars v = { 0 };
	char name[16];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(vars_bind(&v, bad[i], "1"));
	for (unsigned i = 0; i < VARS_MAX; i++) {
		snprintf(name, sizeof name, "${%u}", i);
		assert_true(vars_bind_number(&v, name, i));
	}
	assert_false(vars_bind(&v, "${more}", "1"));
	assert_true(vars_bind(&v, "${0}", "1"));
	vars_free(&v);
}

static void
numbers_are_exact(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "0x", "0x0x1", "1x", "0xg",
		"99999999999999999999999", "unavailableinformation" };
	CK_ULONG n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(value_number(no_names, bad[i], &n));
	assert_true(value_number(no_names, "010", &n));
	assert_int_equal(n, 10);
	assert_true(value_number(no_names, "0x1F", &n));
	assert_int_equal(n, 31);
	assert_true(value_number(no_names, "UnavailableInformation", &n));
	assert_true(n == CK_UNAVAILABLE_INFORMATION);
	assert_true(value_number(users, "USER", &n));
	assert_int_equal(n, CKU_USER);
}

static void
flags_are_exact(void **state)
{
	static const char *const bad[] = { "", "|", "HW|", "|HW", "HW||SIGN", "HW|HW", "hw",
		"CKF_HW" };
	CK_ULONG n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(value_flags(mechanism_flags, bad[i], &n));
	assert_true(value_flags(mechanism_flags, "HW|SIGN VERIFY", &n));
	assert_int_equal(n, CKF_HW | CKF_SIGN | CKF_VERIFY);
	assert_true(value_flags(no_flags, "0x0", &n));
	assert_int_equal(n, 0);
}

static void
hex_is_exact(void **state)
{
	static const char *const bad[] = { "0", "0x00", "0g", "g0", "00 ", "000" };
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(value_hex(bad[i], &out));
		buf_free(&out);
	}
	assert_true(value_hex("", &out));
	assert_int_equal(out.len, 0);
	assert_true(value_hex("00fFA5", &out));
	assert_bytes_equal(view(&out), LITERAL("\x00\xff\xa5"));
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deviation_is_one_of_its_function_field_and_mechanism),
		cmocka_unit_test(values_vary_and_lengths_do_not),
		cmocka_unit_test(the_tokens_numbers_are_strict),
		cmocka_unit_test(a_modulus_has_as_many_bits_and_is_odd),
		cmocka_unit_test(elements_attributes_and_lines_are_read),
		cmocka_unit_test(other_xml_is_refused),
		cmocka_unit_test(every_cut_and_every_zero_byte_is_refused),
		cmocka_unit_test(names_stand_for_what_they_were_bound_to_last),
		cmocka_unit_test(bad_names_are_not_bound_and_room_ends),
		cmocka_unit_test(numbers_are_exact),
		cmocka_unit_test(flags_are_exact),
		cmocka_unit_test(hex_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
