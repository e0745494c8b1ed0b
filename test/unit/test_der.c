/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "base/der.h"
#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct length_row {
	const char *der;
	bool valid;
};

static const struct length_row length_rows[] = {
	{ "0400", true },
	{ "0401aa", true },
	{ "0401", false }, /* content missing */
	{ "04", false },   /* length missing */
	{ "", false },
	{ "0480aa0000", false }, /* indefinite */
	{ "048101aa", false },   /* not the shortest form */
	{ "04820001aa", false },
	{ "0481", false },
	{ "0484ffffffff", false },
	{ "0485010000000000", false }, /* longer than anything */
	{ "04ff", false },
	{ "1f810100", false }, /* tag number in several bytes */
	{ "bf0100", false },
};

static void
lengths_are_definite_shortest_and_within_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(length_rows); i++) {
		struct bytes der = hex(length_rows[i].der);
		struct bytes rest = der;
		struct bytes content = BYTES_EMPTY;
		struct bytes whole = BYTES_EMPTY;
		uint8_t tag = 0;

		assert_int_equal(length_rows[i].valid, der_read_any(&rest, &tag, &content, &whole));
		if (length_rows[i].valid) {
			assert_int_equal(tag, 0x04);
			assert_int_equal(rest.len, 0);
			assert_bytes_equal(whole, der);
		} else {
			assert_ptr_equal(rest.ptr, der.ptr);
			assert_int_equal(rest.len, der.len);
			assert_null(content.ptr);
		}
	}
	vectors_free();
}

static void
what_is_appended_is_read_again(void **state)
{
	static const size_t lens[] = { 0, 1, 127, 128, 255, 256, 65535, 65536 };
	struct buf content = BUF_EMPTY;
	struct buf der = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(lens); i++) {
		struct bytes rest = BYTES_EMPTY;
		struct bytes found = BYTES_EMPTY;

		assert_rv(CKR_OK, buf_resize(&content, lens[i]));
		assert_rv(CKR_OK, buf_resize(&der, 0));
		assert_rv(CKR_OK, der_append(&der, DER_SEQUENCE, view(&content)));
		assert_rv(CKR_OK, der_append(&der, DER_NULL, BYTES_EMPTY));
		rest = view(&der);
		assert_false(der_read(&rest, DER_SET, &found));
		assert_int_equal(rest.len, der.len);
		assert_true(der_read(&rest, DER_SEQUENCE, &found));
		assert_bytes_equal(found, view(&content));
		assert_true(der_read(&rest, DER_NULL, &found));
		assert_int_equal(rest.len, 0);
	}
	buf_free(&content);
	buf_free(&der);
}

static void
numbers_are_shortest_and_never_negative(void **state)
{
	static const char *const rows[][2] = {
		{ "", "020100" },
		{ "00", "020100" },
		{ "0000", "020100" },
		{ "7f", "02017f" },
		{ "80", "02020080" },
		{ "0080", "02020080" },
		{ "00010001", "0203010001" },
	};
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_rv(CKR_OK, buf_resize(&out, 0));
		assert_rv(CKR_OK, der_append_uint(&out, hex(rows[i][0])));
		assert_bytes_equal(view(&out), hex(rows[i][1]));
	}
	buf_free(&out);
	vectors_free();
}

/* --- public keys: made by openssl(1) ---------------------------------------------- */

#define RSA_SPKI                                                                                   \
	"305c300d06092a864886f70d0101010500034b003048024100b9acf23452d960b3391650f8905101"         \
	"9665ec50b0f29f74ea3f0759a2f046661f83e5fcc44bc7bf187e180f00cc6c6101cac0b59225d3de"         \
	"507b8b69c4c77d92910203010001"
#define POINT                                                                                      \
	"0445a4d7d7191ae9a63841e79e71ecbc282dec7e8edb0a1860ff3267cb9d0a52539ce9cbc2a248a4"         \
	"f83e1e4c68a776db9a79f93e753f6f2466bb19eb60e3f93dfd"
#define EC_SPKI "3059301306072a8648ce3d020106082a8648ce3d030107034200" POINT

static void
an_rsa_key_goes_in_and_out(void **state)
{
	struct pubkey k = PUBKEY_EMPTY;
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, der_spki_read(hex(RSA_SPKI), &k));
	assert_int_equal(k.kind, KEY_RSA);
	assert_int_equal(pubkey_bits(&k), 512);
	assert_bytes_equal(view(&k.exponent), hex("010001"));
	assert_rv(CKR_OK, der_spki_of(&k, &out));
	assert_bytes_equal(view(&out), hex(RSA_SPKI));
	pubkey_free(&k);
	buf_free(&out);
	vectors_free();
}

static void
an_ec_key_goes_in_and_out(void **state)
{
	struct pubkey k = PUBKEY_EMPTY;
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, der_spki_read(hex(EC_SPKI), &k));
	assert_int_equal(k.kind, KEY_EC);
	assert_int_equal(k.curve, CURVE_P256);
	assert_bytes_equal(view(&k.point), hex(POINT));
	assert_rv(CKR_OK, der_spki_of(&k, &out));
	assert_bytes_equal(view(&out), hex(EC_SPKI));
	pubkey_free(&k);
	buf_free(&out);
	vectors_free();
}

static const char *const wrong_spkis[] = {
	"", "3000", EC_SPKI "00",                                     /* trailing byte */
	"3059301306072a8648ce3d020106082a8648ce3d030107034201" POINT, /* unused bits */
	"3059301306072a8648ce3d020106082a8648ce3d030101034200" POINT, /* unknown curve */
	"3059301306072a8648ce3d020206082a8648ce3d030107034200" POINT, /* unknown algorithm */
	"3056301006072a8648ce3d020106052b81040022034200" POINT,       /* another curve's point */
	"3059301306072a8648ce3d020106082a8648ce3d030107034200"
	"05" /* not uncompressed */
	"45a4d7d7191ae9a63841e79e71ecbc282dec7e8edb0a1860ff3267cb9d0a52539ce9cbc2a248a4f8"
	"3e1e4c68a776db9a79f93e753f6f2466bb19eb60e3f93dfd",
	"3039301306072a8648ce3d020106082a8648ce3d030107032200" /* compressed */
	"0345a4d7d7191ae9a63841e79e71ecbc282dec7e8edb0a1860ff3267cb9d0a5253",
	"301a300d06092a864886f70d01010105000309003006020181020103",       /* negative modulus */
	"301b300d06092a864886f70d0101010500030a00300702020001020103",     /* modulus not shortest */
	"301a300d06092a864886f70d01010105000309003006020100020103",       /* zero */
	"301c300d06092a864886f70d0101010500030b0030060201230201030500",   /* more than a key */
	"301d300d06092a864886f70d0101010500030c003009020123020103020103", /* three numbers */
	"3018300b06092a864886f70d0101010309003006020123020103",           /* no parameters */
};

static void
other_keys_are_refused(void **state)
{
	struct pubkey k = PUBKEY_EMPTY;
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong_spkis); i++) {
		assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, der_spki_read(hex(wrong_spkis[i]), &k));
		assert_int_equal(k.kind, KEY_NONE);
	}
	assert_rv(CKR_OK,
		der_spki_read(hex("301a300d06092a864886f70d01010105000309003006020123020103"), &k));
	pubkey_free(&k);
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, der_spki_of(&k, &out));
	k.kind = KEY_EC;
	assert_rv(CKR_ATTRIBUTE_VALUE_INVALID, der_spki_of(&k, &out));
	assert_null(out.ptr);
	vectors_free();
}

/* A copy that ends where the data ends, so that a sanitizer sees a byte too far. */
static struct bytes
exact_copy(struct bytes b, uint8_t **owner)
{
	*owner = malloc(b.len + 1);
	assert_non_null(*owner);
	if (b.len > 0)
		memcpy(*owner + 1, b.ptr, b.len);
	return bytes_of(*owner + 1, b.len);
}

static void
cut_keys_are_refused_and_changed_ones_do_no_harm(void **state)
{
	static const char *const keys[] = { RSA_SPKI, EC_SPKI };

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct bytes der = hex(keys[i]);
		struct pubkey k = PUBKEY_EMPTY;
		uint8_t *copy = NULL;

		for (size_t len = 0; len < der.len; len++) {
			assert_rv(CKR_ATTRIBUTE_VALUE_INVALID,
				der_spki_read(exact_copy(bytes_slice(der, 0, len), &copy), &k));
			free(copy);
		}
		for (size_t bit = 0; bit < der.len * 8; bit++) {
			struct bytes changed = exact_copy(der, &copy);

			copy[1 + bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (der_spki_read(changed, &k) == CKR_OK)
				assert_int_not_equal(k.kind, KEY_NONE);
			pubkey_free(&k);
			free(copy);
		}
	}
	vectors_free();
}

static void
a_point_is_read_with_and_without_its_octet_string(void **state)
{
	struct bytes point = BYTES_EMPTY;
	struct buf wrapped = BUF_EMPTY;
	struct buf raw = BUF_EMPTY;

	(void)state;
	for (enum curve c = CURVE_NONE + 1; c < CURVE_COUNT; c++) {
		struct pubkey k = { .kind = KEY_EC, .curve = c };

		assert_rv(CKR_OK, buf_resize(&raw, 0));
		assert_rv(CKR_OK, buf_resize(&raw, 1 + 2 * curve_row(c)->field_len));
		raw.ptr[0] = 0x04;
		raw.ptr[1] = 0x3f; /* looks like the length of an OCTET STRING */
		k.point = raw;
		assert_rv(CKR_OK, der_ec_point_of(&k, &wrapped));
		assert_true(der_ec_point_read(view(&wrapped), &point));
		assert_bytes_equal(point, view(&raw));
		assert_true(der_ec_point_read(view(&raw), &point));
		assert_ptr_equal(point.ptr, raw.ptr);
		assert_int_equal(point.len, raw.len);
		assert_false(der_ec_point_read(bytes_slice(view(&raw), 0, raw.len - 1), &point));
		assert_false(
			der_ec_point_read(bytes_slice(view(&wrapped), 0, wrapped.len - 1), &point));
		raw.ptr[0] = 0x02;
		assert_false(der_ec_point_read(view(&raw), &point));
	}
	assert_false(der_ec_point_read(BYTES_EMPTY, &point));
	buf_free(&wrapped);
	buf_free(&raw);
}

/* --- certificates: made by openssl(1) ------------------------------------------------ */

#define V1                                                                                         \
	"308201013081a8020105300a06082a8648ce3d040302300d310b300906035504030c027631301e17"         \
	"0d3236313132313037323833385a170d3236313230313037323833385a300d310b30090603550403"         \
	"0c0276313059301306"                                                                       \
	"072a8648ce3d020106082a8648ce3d030107034200" POINT                                         \
	"300a06082a8648ce3d04030203480030450221009c7aecc29cca586d386351a362bd2a3b6f4ff0d2"         \
	"2bdacad486a4c53375efc21a022024c4e4e02cb466ad61a9a6524143196db1e672df78cf436aaefe"         \
	"f6fb85809b00"
#define V3                                                                                         \
	"3082016b30820110a00302010202020123300a06082a8648ce3d040302300d310b30090603550403"         \
	"0c027633301e170d3236313132313037323833385a170d3336313131383037323833385a300d310b"         \
	"300906035504030c0276"                                                                     \
	"33" EC_SPKI                                                                               \
	"a360305e301d0603551d0e04160414c9e0a4a7f29f13d4198f646655bb564ccc777e9a301f060355"         \
	"1d23041830168014c9e0a4a7f29f13d4198f646655bb564ccc777e9a300f0603551d130101ff0405"         \
	"30030101ff300b0603551d0f040403020780300a06082a8648ce3d0403020349003046022100cada"         \
	"558953ba38fa1dc85a66f00f4c48583048b32f3fc24772c8107c4e549816022100d2c65cf42a4631"         \
	"7fd7fde313a49937300df8c0c91340ce3a000d74924f06f01d"

static void
fields_of_certificates_are_found(void **state)
{
	struct der_certificate c = { 0 };

	(void)state;
	assert_true(der_certificate_read(hex(V3), &c));
	assert_bytes_equal(c.serial, hex("02020123"));
	assert_bytes_equal(c.issuer, hex("300d310b300906035504030c027633"));
	assert_bytes_equal(c.subject, hex("300d310b300906035504030c027633"));
	assert_bytes_equal(c.not_before, hex("170d3236313132313037323833385a"));
	assert_bytes_equal(c.not_after, hex("170d3336313131383037323833385a"));
	assert_bytes_equal(c.spki, hex(EC_SPKI));
	assert_true(der_certificate_read(hex(V1), &c));
	assert_bytes_equal(c.serial, hex("020105"));
	assert_bytes_equal(c.subject, hex("300d310b300906035504030c027631"));
	assert_bytes_equal(c.spki, hex(EC_SPKI));
	vectors_free();
}

static bool
lies_within(struct bytes part, struct bytes whole)
{
	return part.ptr >= whole.ptr && part.len <= whole.len &&
	       part.ptr + part.len <= whole.ptr + whole.len;
}

static void
cut_certificates_are_refused_and_changed_ones_stay_in_bounds(void **state)
{
	static const char *const certificates[] = { V1, V3 };

	(void)state;
	for (size_t i = 0; i < COUNT(certificates); i++) {
		struct bytes der = hex(certificates[i]);
		struct der_certificate c = { 0 };
		uint8_t *copy = NULL;

		for (size_t len = 0; len < der.len; len++) {
			assert_false(der_certificate_read(
				exact_copy(bytes_slice(der, 0, len), &copy), &c));
			free(copy);
			assert_null(c.spki.ptr);
		}
		for (size_t bit = 0; bit < der.len * 8; bit++) {
			struct bytes changed = exact_copy(der, &copy);

			copy[1 + bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (der_certificate_read(changed, &c)) {
				assert_true(lies_within(c.serial, changed));
				assert_true(lies_within(c.issuer, changed));
				assert_true(lies_within(c.subject, changed));
				assert_true(lies_within(c.not_before, changed));
				assert_true(lies_within(c.not_after, changed));
				assert_true(lies_within(c.spki, changed));
			}
			free(copy);
		}
		assert_false(der_certificate_read(hex(i == 0 ? V1 "00" : V3 "00"), &c));
	}
	vectors_free();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_are_definite_shortest_and_within_bounds),
		cmocka_unit_test(what_is_appended_is_read_again),
		cmocka_unit_test(numbers_are_shortest_and_never_negative),
		cmocka_unit_test(an_rsa_key_goes_in_and_out),
		cmocka_unit_test(an_ec_key_goes_in_and_out),
		cmocka_unit_test(other_keys_are_refused),
		cmocka_unit_test(cut_keys_are_refused_and_changed_ones_do_no_harm),
		cmocka_unit_test(a_point_is_read_with_and_without_its_octet_string),
		cmocka_unit_test(fields_of_certificates_are_found),
		cmocka_unit_test(cut_certificates_are_refused_and_changed_ones_stay_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
