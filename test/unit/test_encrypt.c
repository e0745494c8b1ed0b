/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA encryption: libcrypto opens what we have made, and the other way round.
 */
#include "config.h"

#include "rsa_reference.h"
#include "vector.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* One whose modulus is a whole number of bytes, and one that begins with a single bit. */
static struct reference keys[2];

static const struct scheme pkcs1 = { .alg = ALG_RSA_PKCS1 };
static const struct scheme raw = { .alg = ALG_RSA_RAW };
static const struct scheme schemes[] = {
	{ .alg = ALG_RSA_PKCS1 },
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA1, .mgf = HASH_SHA1 },
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA256, .mgf = HASH_SHA256 },
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA224, .mgf = HASH_SHA512 },
	{ .alg = ALG_RSA_OAEP, .digest = HASH_SHA384, .mgf = HASH_SHA1 },
};

static const uint8_t text[256] = { 0x01, 0x00, 0x02, 0x00 };
#define SECRET LITERAL("a secret of the key")

/* cipher to what the TPM's private operation makes of it. */
static void
open_raw(const struct reference *r, struct bytes cipher, struct buf *em)
{
	reference_decrypt(r, &raw, BYTES_EMPTY, cipher, em);
}

static void
reference_encrypt(
	const struct reference *r, const struct scheme *s, struct bytes message, struct buf *out)
{
	EVP_PKEY_CTX *ctx = reference_setup(r, s, EVP_PKEY_encrypt_init);
	size_t len = r->key.modulus.len;
	void *label = OPENSSL_memdup(s->label.ptr, s->label.len);

	if (s->label.len > 0)
		assert_int_equal(
			1, EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label, (int)s->label.len));
	else
		OPENSSL_free(label);
	assert_rv(CKR_OK, buf_resize(out, len));
	assert_int_equal(1, EVP_PKEY_encrypt(ctx, out->ptr, &len, message.ptr, message.len));
	EVP_PKEY_CTX_free(ctx);
}

static void
check_both_ways(const struct reference *r, const struct scheme *s, size_t len)
{
	struct bytes message = bytes_of(text, len);
	struct buf cipher = BUF_EMPTY;
	struct buf em = BUF_EMPTY;
	struct buf plain = BUF_EMPTY;

	assert_rv(CKR_OK, crypto_encrypt(&r->key, s, message, &cipher));
	assert_int_equal(cipher.len, r->key.modulus.len);
	reference_decrypt(r, s, view(&s->label), view(&cipher), &plain);
	assert_bytes_equal(view(&plain), message);
	reference_encrypt(r, s, message, &cipher);
	open_raw(r, view(&cipher), &em);
	assert_rv(CKR_OK, crypto_unpad(s, view(&em), SECRET, view(&cipher), &plain));
	assert_bytes_equal(view(&plain), message);
	buf_free(&cipher);
	buf_free(&em);
	buf_free(&plain);
}

static void
libcrypto_and_we_understand_each_other(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(keys); k++)
		for (size_t i = 0; i < COUNT(schemes); i++) {
			size_t most = 0;

			assert_rv(CKR_OK, crypto_message_max(&keys[k].key, &schemes[i], &most));
			check_both_ways(&keys[k], &schemes[i], 0);
			check_both_ways(&keys[k], &schemes[i], 1);
			check_both_ways(&keys[k], &schemes[i], most);
		}
}

static void
a_label_is_part_of_the_encoding(void **state)
{
	struct scheme s = schemes[2];
	struct scheme other = schemes[2];
	struct buf cipher = BUF_EMPTY;
	struct buf em = BUF_EMPTY;
	struct buf plain = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, buf_set(&s.label, LITERAL("label")));
	check_both_ways(&keys[0], &s, 20);
	assert_rv(CKR_OK, crypto_encrypt(&keys[0].key, &s, LITERAL("text"), &cipher));
	open_raw(&keys[0], view(&cipher), &em);
	assert_rv(CKR_ENCRYPTED_DATA_INVALID,
		crypto_unpad(&other, view(&em), SECRET, view(&cipher), &plain));
	assert_rv(CKR_OK, buf_set(&other.label, LITERAL("Label")));
	assert_rv(CKR_ENCRYPTED_DATA_INVALID,
		crypto_unpad(&other, view(&em), SECRET, view(&cipher), &plain));
	assert_null(plain.ptr);
	scheme_free(&s);
	scheme_free(&other);
	assert_int_equal(ALG_NONE, s.alg);
	buf_free(&cipher);
	buf_free(&em);
}

static void
raw_is_a_number_below_the_modulus(void **state)
{
	const struct reference *r = &keys[0];
	struct buf cipher = BUF_EMPTY;
	struct buf plain = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, crypto_encrypt(&r->key, &raw, LITERAL("\x07"), &cipher));
	open_raw(r, view(&cipher), &plain);
	assert_int_equal(r->key.modulus.len, plain.len);
	assert_bytes_equal(LITERAL("\x07"), bytes_trim_left(view(&plain)));
	assert_rv(CKR_OK, crypto_unpad(&raw, view(&plain), SECRET, view(&cipher), &cipher));
	assert_bytes_equal(view(&plain), view(&cipher));
	assert_rv(CKR_DATA_INVALID, crypto_encrypt(&r->key, &raw, view(&r->key.modulus), &cipher));
	assert_rv(CKR_DATA_LEN_RANGE,
		crypto_encrypt(&r->key, &raw, bytes_of(text, r->key.modulus.len + 1), &cipher));
	buf_free(&cipher);
	buf_free(&plain);
}

static void
what_does_not_fit_is_refused(void **state)
{
	struct scheme oaep = { .alg = ALG_RSA_OAEP, .digest = HASH_SHA512, .mgf = HASH_SHA512 };
	struct scheme none = { .alg = ALG_RSA_OAEP };
	struct scheme pss = { .alg = ALG_RSA_PSS };
	struct pubkey ec = { .kind = KEY_EC, .curve = CURVE_P256 };
	struct buf out = BUF_EMPTY;
	size_t most = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(schemes); i++) {
		assert_rv(CKR_OK, crypto_message_max(&keys[0].key, &schemes[i], &most));
		assert_rv(CKR_DATA_LEN_RANGE,
			crypto_encrypt(&keys[0].key, &schemes[i], bytes_of(text, most + 1), &out));
	}
	assert_rv(CKR_KEY_SIZE_RANGE, crypto_message_max(&keys[0].key, &oaep, &most));
	assert_rv(CKR_KEY_SIZE_RANGE, crypto_encrypt(&keys[0].key, &oaep, BYTES_EMPTY, &out));
	assert_rv(CKR_KEY_SIZE_RANGE, crypto_message_max(&keys[0].key, &none, &most));
	assert_rv(CKR_MECHANISM_INVALID, crypto_encrypt(&keys[0].key, &pss, BYTES_EMPTY, &out));
	assert_rv(CKR_KEY_TYPE_INCONSISTENT, crypto_encrypt(&ec, &pkcs1, BYTES_EMPTY, &out));
	assert_rv(CKR_MECHANISM_INVALID,
		crypto_unpad(&pss, bytes_of(text, 128), SECRET, BYTES_EMPTY, &out));
	assert_rv(CKR_DATA_LEN_RANGE, pad_pkcs1_cipher(BYTES_EMPTY, 10, &out));
	assert_rv(CKR_KEY_SIZE_RANGE,
		unpad_pkcs1_cipher(bytes_of(text, 10), SECRET, BYTES_EMPTY, 0, &out));
	assert_rv(CKR_KEY_SIZE_RANGE,
		unpad_oaep(HASH_SHA256, HASH_SHA256, BYTES_EMPTY, bytes_of(text, 65), &out));
	assert_rv(CKR_MECHANISM_PARAM_INVALID,
		unpad_oaep(HASH_NONE, HASH_SHA256, BYTES_EMPTY, bytes_of(text, 128), &out));
	assert_null(out.ptr);
}

/* --- what is not well encoded --- */

static void
every_changed_byte_of_oaep_is_one_code(void **state)
{
	const struct scheme *s = &schemes[2];
	struct buf em = BUF_EMPTY;
	struct buf out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, pad_oaep(s->digest, s->mgf, BYTES_EMPTY, LITERAL("text"), 128, &em));
	for (size_t i = 0; i < em.len; i++) {
		/* The text itself is not protected, but the masks depend on all of it. */
		em.ptr[i] ^= 0x40;
		assert_rv(CKR_ENCRYPTED_DATA_INVALID,
			unpad_oaep(s->digest, s->mgf, BYTES_EMPTY, view(&em), &out));
		em.ptr[i] ^= 0x40;
	}
	assert_null(out.ptr);
	assert_rv(CKR_OK, unpad_oaep(s->digest, s->mgf, BYTES_EMPTY, view(&em), &out));
	buf_free(&em);
	buf_free(&out);
}

/* MGF1 with SHA-256, as PKCS#1 says it. */
static void
mask(struct bytes seed, uint8_t *data, size_t len)
{
	uint8_t counter[4] = { 0 };
	const struct bytes parts[] = { seed, bytes_of(counter, sizeof counter) };
	uint8_t block[32];

	for (size_t i = 0; i < len; i++) {
		put_u32(counter, (uint32_t)(i / sizeof block));
		if (i % sizeof block == 0)
			assert_rv(CKR_OK, crypto_hash_into(HASH_SHA256, parts, 2, block));
		data[i] ^= block[i % sizeof block];
	}
}

/* DB of zeros behind the label's hash, and last the byte that separates it from the message. */
static void
oaep_needs_its_separator(void **state)
{
	static const uint8_t separators[] = { 0x01, 0x00, 0x02 };
	struct bytes label = BYTES_EMPTY;
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(separators); i++) {
		uint8_t em[128] = { 0 };

		assert_rv(CKR_OK, crypto_hash_into(HASH_SHA256, &label, 1, em + 33));
		em[127] = separators[i];
		mask(bytes_of(em + 1, 32), em + 33, 95);
		mask(bytes_of(em + 33, 95), em + 1, 32);
		assert_rv(separators[i] == 0x01 ? CKR_OK : CKR_ENCRYPTED_DATA_INVALID,
			unpad_oaep(HASH_SHA256, HASH_SHA256, label, bytes_of(em, sizeof em), &out));
	}
	assert_int_equal(0, out.len);
	buf_free(&out);
}

/* Of an encoding with 100 bytes of text in 128: where a change spoils it, and where not. */
static const struct {
	size_t at;
	uint8_t value;
	bool good;
} spoilt[] = {
	{ 0, 0x01, false },
	{ 0, 0x80, false },
	{ 1, 0x01, false },
	{ 1, 0x00, false },
	{ 1, 0x03, false },
	{ 2, 0x00, false },
	{ 9, 0x00, false },
	{ 10, 0x00, true },
	{ 26, 0x00, true },
	{ 27, 0x55, true }, /* the zero has gone: text[1] is the next one */
	{ 127, 0x00, true },
};

static void
bad_pkcs1_opens_to_a_message_of_its_own(void **state)
{
	struct bytes cipher = bytes_of(text, 128);
	struct buf good = BUF_EMPTY;
	struct buf synthetic = BUF_EMPTY;
	struct buf out = BUF_EMPTY;

	(void)state;
	/* What every bad encoding of this ciphertext becomes. */
	assert_rv(CKR_OK, unpad_pkcs1_cipher(cipher, SECRET, cipher, 0, &synthetic));
	for (size_t i = 0; i < COUNT(spoilt); i++) {
		assert_rv(CKR_OK, pad_pkcs1_cipher(bytes_of(text, 100), 128, &good));
		good.ptr[spoilt[i].at] = spoilt[i].value;
		assert_rv(CKR_OK, unpad_pkcs1_cipher(view(&good), SECRET, cipher, 0, &out));
		assert_int_equal(!spoilt[i].good, bytes_equal(view(&out), view(&synthetic)));
	}
	memset(good.ptr + 2, 0x11, 126); /* no zero at all */
	assert_rv(CKR_OK, unpad_pkcs1_cipher(view(&good), SECRET, cipher, 0, &out));
	assert_bytes_equal(view(&synthetic), view(&out));
	buf_free(&good);
	buf_free(&synthetic);
	buf_free(&out);
}

/* A caller that expects so many bytes gets so many, whatever is wrong. */
static void
another_length_than_the_wanted_one_is_a_bad_padding(void **state)
{
	uint8_t content[128] = { 0x55 };
	struct bytes cipher = bytes_of(content, 128);
	struct buf good = BUF_EMPTY, synthetic = BUF_EMPTY, out = BUF_EMPTY;

	(void)state;
	assert_rv(CKR_OK, unpad_pkcs1_cipher(cipher, SECRET, cipher, 48, &synthetic));
	assert_int_equal(48, synthetic.len);
	for (size_t len = 46; len <= 50; len++) {
		assert_rv(CKR_OK, pad_pkcs1_cipher(bytes_of(content, len), 128, &good));
		assert_rv(CKR_OK, unpad_pkcs1_cipher(view(&good), SECRET, cipher, 48, &out));
		assert_bytes_equal(
			len == 48 ? bytes_of(content, 48) : view(&synthetic), view(&out));
	}
	assert_rv(CKR_OK, pad_pkcs1_cipher(bytes_of(content, 117), 128, &good));
	assert_rv(CKR_OK, unpad_pkcs1_cipher(view(&good), SECRET, cipher, 117, &out));
	assert_bytes_equal(bytes_of(content, 117), view(&out));
	assert_rv(CKR_KEY_SIZE_RANGE, unpad_pkcs1_cipher(view(&good), SECRET, cipher, 118, &out));
	buf_free(&good);
	buf_free(&synthetic);
	buf_free(&out);
}

static void
synthetic_messages_differ_by_ciphertext_and_secret(void **state)
{
	uint8_t cipher[128] = { 0 };
	struct bytes c = bytes_of(cipher, sizeof cipher);
	struct buf a = BUF_EMPTY;
	struct buf b = BUF_EMPTY;
	size_t longest = 0;

	(void)state;
	assert_rv(CKR_OK, unpad_pkcs1_cipher(c, SECRET, c, 0, &a));
	assert_rv(CKR_OK, unpad_pkcs1_cipher(c, LITERAL("another"), c, 0, &b));
	assert_false(bytes_equal(view(&a), view(&b)));
	for (int i = 0; i < 500; i++) {
		put_u16(cipher + 2, (uint16_t)i);
		assert_rv(CKR_OK, unpad_pkcs1_cipher(c, SECRET, c, 0, &b));
		longest = b.len > longest ? b.len : longest;
	}
	/* Every length that a real message can have, and no other. */
	assert_int_equal(128 - 11, longest);
	buf_free(&a);
	buf_free(&b);
}

/*
 * What OpenSSL 4.0 answers for bad ciphertexts of a key of 1024 bits; the secret is SHA-256 of its
 * private exponent, as the draft has it.
 */
static const struct {
	const char *cipher, *message;
} rejections[] = {
	{ "30a680cf47538e7762dd3db9a996e8a8a08fe98b8a654fb4294c4427d12d4f68"
	  "1a63a23aadb923e1f0f985dfa910462188dc6c3824c3fbce13ad61a4f79325c1"
	  "a9b69bda29d1608a69ed0c5c816f7b8267cc76cf3f597225adacc0dadc50d781"
	  "f303aeed76c8954292fb92ba72fecc810a4c46a2240ec677ffa20a55010a1ee3",
		"faa9366084ca707450" },
	{ "41bbe243018dba36f327687f6505e48206afe58ef62a0d36b5c48e757cd4bae0"
	  "1c08508a164aee1e2dc906afa5bb90c2309f8d07809e1b2bb80dcae0e87b9b24"
	  "7b94ba2c45e6376297f13da7df363700f7e7318b1ecd3844c853451ccd5fcbd8"
	  "feb480ea4cf81f405838ae70e0f138831369c91bed4db70c02caae52853a0ac6",
		"cc0127268e5ee87589786137b00850648c25602f20dfbe5a684589b87ce04c67"
		"5bbbbf0a296db50373bb4699cc4cb41aba9f9068bd8b1be71a01aca6e11448e6"
		"e4041a2f7751b0182ec5b4d4e97d267a7431bfd2e6e9457d2822277b044fcbbc" },
};

static void
rejection_is_that_of_the_draft(void **state)
{
	static const uint8_t bad[128];
	struct buf out = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < COUNT(rejections); i++) {
		assert_rv(CKR_OK, unpad_pkcs1_cipher(bytes_of(bad, sizeof bad),
					  hex("728c8d98c871404211119922004fe0fa5ffbf634efecf6a6cfc8"
					      "b540dd495a72"),
					  hex(rejections[i].cipher), 0, &out));
		assert_bytes_equal(hex(rejections[i].message), view(&out));
	}
	vectors_free();
	buf_free(&out);
}

static int
setup(void **state)
{
	(void)state;
	keys[0] = reference_new(1024);
	keys[1] = reference_new(1025);
	return crypto_open() == CKR_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(keys); k++)
		reference_free(&keys[k]);
	crypto_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libcrypto_and_we_understand_each_other),
		cmocka_unit_test(a_label_is_part_of_the_encoding),
		cmocka_unit_test(raw_is_a_number_below_the_modulus),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(every_changed_byte_of_oaep_is_one_code),
		cmocka_unit_test(oaep_needs_its_separator),
		cmocka_unit_test(bad_pkcs1_opens_to_a_message_of_its_own),
		cmocka_unit_test(another_length_than_the_wanted_one_is_a_bad_padding),
		cmocka_unit_test(synthetic_messages_differ_by_ciphertext_and_secret),
		cmocka_unit_test(rejection_is_that_of_the_draft),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
