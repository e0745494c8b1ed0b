# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libkey.la
libkey_la_SOURCES = \
	src/key/key.c src/key/key.h \
	src/key/key_host.c \
	src/key/key_private.h \
	src/key/key_tpm.c \
	src/key/key_tpm_secret.c \
	src/key/keyring.c \
	src/key/keyring_auth.c \
	src/key/keyring_store.c

# A TPM in software, in the place of libtpm.
FAKE_TPM_SOURCES = \
	test/fake/fake_fork.c \
	test/fake/fake_move.c \
	test/fake/fake_private.h \
	test/fake/fake_secret.c \
	test/fake/fake_tpm.c test/fake/fake_tpm.h

UNIT_TESTS += test/unit/test_key
test_unit_test_key_SOURCES = test/unit/test_key.c $(FAKE_TPM_SOURCES)
test_unit_test_key_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/test/fake
test_unit_test_key_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_key_LDADD = libkey.la libhost.la libbase.la $(CRYPTO_LIBS) $(UNIT_LIBS)
