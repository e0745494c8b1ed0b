# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libhost.la
libhost_la_SOURCES = \
	src/crypto/crypto.h src/crypto/crypto_private.h \
	src/crypto/cipher.c \
	src/crypto/digest.c \
	src/crypto/hmac.c \
	src/crypto/kdf.c \
	src/crypto/libctx.c \
	src/crypto/random.c
libhost_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
libhost_la_LIBADD = libbase.la $(CRYPTO_LIBS)

# Independent calculations come from libcrypto's own interfaces, in the tests only.
UNIT_TESTS += \
	test/unit/test_aes \
	test/unit/test_digest \
	test/unit/test_kdf
test_unit_test_aes_SOURCES = test/unit/test_aes.c test/unit/vector.h
test_unit_test_aes_LDADD = libhost.la $(UNIT_LIBS)
test_unit_test_digest_SOURCES = test/unit/test_digest.c test/unit/vector.h
test_unit_test_digest_LDADD = libhost.la $(UNIT_LIBS)
test_unit_test_kdf_SOURCES = test/unit/test_kdf.c test/unit/vector.h
test_unit_test_kdf_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_kdf_LDADD = libhost.la $(UNIT_LIBS) $(CRYPTO_LIBS)
