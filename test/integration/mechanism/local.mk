# SPDX-License-Identifier: BSD-2-Clause
# Every mechanism that the module lists, against a software TPM and OpenSSL.
check_PROGRAMS += test/integration/mechanism/mechanism
test_integration_mechanism_mechanism_SOURCES = \
	test/integration/mechanism/call.c \
	test/integration/mechanism/key.c \
	test/integration/mechanism/main.c \
	test/integration/mechanism/mechanism.h \
	test/integration/mechanism/object.c \
	test/integration/mechanism/ref_agree.c \
	test/integration/mechanism/ref_derive.c \
	test/integration/mechanism/reference.c \
	test/integration/mechanism/rows.c \
	test/integration/mechanism/trial.c \
	test/integration/mechanism/use_cipher.c \
	test/integration/mechanism/use_kem.c \
	test/integration/mechanism/use_key.c \
	test/integration/mechanism/use_message.c \
	test/integration/mechanism/use_sign.c \
	test/integration/mechanism/use_wrap.c
test_integration_mechanism_mechanism_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_integration_mechanism_mechanism_LDADD = $(CRYPTO_LIBS) -ldl
dist_check_SCRIPTS += test/integration/mechanism/mechanism.sh
TESTS += test/integration/mechanism/mechanism.sh
