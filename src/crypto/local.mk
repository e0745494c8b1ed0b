# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libhost.la
libhost_la_SOURCES = \
	src/crypto/aes.h src/crypto/aes_private.h src/crypto/crypto.h src/crypto/crypto_private.h \
	src/crypto/ghash.h \
	src/crypto/aes.c \
	src/crypto/aes_block.c \
	src/crypto/aes_gcm.c \
	src/crypto/aes_stream.c \
	src/crypto/aes_wrap.c \
	src/crypto/blake2b.c \
	src/crypto/blocks.c \
	src/crypto/cipher.c \
	src/crypto/cmac.c \
	src/crypto/ct.h \
	src/crypto/digest.c \
	src/crypto/ec.c \
	src/crypto/encrypt.c \
	src/crypto/ghash.c \
	src/crypto/hkdf.c \
	src/crypto/hmac.c \
	src/crypto/kbkdf.c \
	src/crypto/kdf.c \
	src/crypto/libctx.c \
	src/crypto/mac.c \
	src/crypto/oaep.c \
	src/crypto/pad.c \
	src/crypto/pkcs1_cipher.c \
	src/crypto/privkey.c \
	src/crypto/pss.c \
	src/crypto/random.c \
	src/crypto/rsa.c \
	src/crypto/rsasve.c \
	src/crypto/verify.c
libhost_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
libhost_la_LIBADD = $(CRYPTO_LIBS)

# Independent calculations come from libcrypto's own interfaces, in the tests only.
UNIT_TESTS += \
	test/unit/test_aes \
	test/unit/test_cipher \
	test/unit/test_cmac \
	test/unit/test_des \
	test/unit/test_digest \
	test/unit/test_ec \
	test/unit/test_encrypt \
	test/unit/test_engine \
	test/unit/test_gcm \
	test/unit/test_hmac \
	test/unit/test_kbkdf \
	test/unit/test_kdf \
	test/unit/test_key_wrap \
	test/unit/test_pad \
	test/unit/test_privkey \
	test/unit/test_rsasve \
	test/unit/test_verify
test_unit_test_aes_SOURCES = test/unit/test_aes.c test/unit/vector.h
test_unit_test_aes_LDADD = libhost.la libbase.la $(UNIT_LIBS)
test_unit_test_cipher_SOURCES = test/unit/test_cipher.c test/unit/cipher_reference.h test/unit/vector.h
test_unit_test_cipher_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_cipher_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_cmac_SOURCES = test/unit/test_cmac.c test/unit/cipher_reference.h test/unit/vector.h
test_unit_test_cmac_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_cmac_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_des_SOURCES = test/unit/test_des.c test/unit/cipher_reference.h test/unit/vector.h
test_unit_test_des_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_des_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_digest_SOURCES = test/unit/test_digest.c test/unit/vector.h
test_unit_test_digest_LDADD = libhost.la libbase.la $(UNIT_LIBS)
test_unit_test_ec_SOURCES = test/unit/test_ec.c test/unit/vector.h
test_unit_test_ec_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_ec_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_encrypt_SOURCES = test/unit/test_encrypt.c test/unit/rsa_reference.h test/unit/vector.h
test_unit_test_encrypt_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_encrypt_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_engine_SOURCES = test/unit/test_engine.c test/unit/vector.h
test_unit_test_engine_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_engine_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_gcm_SOURCES = test/unit/test_gcm.c test/unit/cipher_reference.h test/unit/vector.h
test_unit_test_gcm_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_gcm_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_hmac_SOURCES = test/unit/test_hmac.c test/unit/vector.h
test_unit_test_hmac_LDADD = libhost.la libbase.la $(UNIT_LIBS)
test_unit_test_kbkdf_SOURCES = test/unit/test_kbkdf.c test/unit/vector.h
test_unit_test_kbkdf_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_kbkdf_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_kdf_SOURCES = test/unit/test_kdf.c test/unit/vector.h
test_unit_test_kdf_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_kdf_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_key_wrap_SOURCES = test/unit/test_key_wrap.c test/unit/cipher_reference.h test/unit/vector.h
test_unit_test_key_wrap_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_key_wrap_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_pad_SOURCES = test/unit/test_pad.c test/unit/rsa_reference.h
test_unit_test_pad_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_pad_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_privkey_SOURCES = test/unit/test_privkey.c test/unit/privkey_reference.h \
	test/unit/vector.h
test_unit_test_privkey_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_privkey_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_rsasve_SOURCES = test/unit/test_rsasve.c test/unit/rsa_reference.h
test_unit_test_rsasve_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_rsasve_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_verify_SOURCES = test/unit/test_verify.c test/unit/rsa_reference.h test/unit/vector.h
test_unit_test_verify_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_verify_LDADD = libhost.la libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
