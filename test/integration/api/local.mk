# SPDX-License-Identifier: BSD-2-Clause
# The module through its function list: against a software TPM, and SoftHSM to test the tests.
check_PROGRAMS += test/integration/api/api
test_integration_api_api_SOURCES = \
	test/integration/api/api.h \
	test/integration/api/attribute.c \
	test/integration/api/change.c \
	test/integration/api/cipher.c \
	test/integration/api/cipher_rules.c \
	test/integration/api/class.c \
	test/integration/api/copy.c \
	test/integration/api/derive.c \
	test/integration/api/des.c \
	test/integration/api/derive_simple.c \
	test/integration/api/differences.c \
	test/integration/api/digest.c \
	test/integration/api/dual.c \
	test/integration/api/encapsulate.c \
	test/integration/api/encrypt.c \
	test/integration/api/find.c \
	test/integration/api/fork.c \
	test/integration/api/general.c \
	test/integration/api/helpers.c \
	test/integration/api/hkdf.c \
	test/integration/api/hmac.c \
	test/integration/api/import.c \
	test/integration/api/interface.c \
	test/integration/api/kbkdf.c \
	test/integration/api/keygen.c \
	test/integration/api/login.c \
	test/integration/api/main.c \
	test/integration/api/object.c \
	test/integration/api/message.c \
	test/integration/api/message_cipher.c \
	test/integration/api/openssl.c \
	test/integration/api/openssl_aes.c \
	test/integration/api/openssl_key.c \
	test/integration/api/random.c \
	test/integration/api/recover.c \
	test/integration/api/secret.c \
	test/integration/api/secret_token.c \
	test/integration/api/session.c \
	test/integration/api/sha3.c \
	test/integration/api/sign.c \
	test/integration/api/slot.c \
	test/integration/api/state.c \
	test/integration/api/template.c \
	test/integration/api/thread.c \
	test/integration/api/verify.c \
	test/integration/api/verify_signature.c \
	test/integration/api/walk.c \
	test/integration/api/wrap.c \
	test/integration/api/wrap_rules.c
test_integration_api_api_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_integration_api_api_LDADD = $(CRYPTO_LIBS) -ldl -lpthread
check_LTLIBRARIES += test/integration/api/tokentest-allocator.la
test_integration_api_tokentest_allocator_la_SOURCES = test/integration/api/allocator.c
test_integration_api_tokentest_allocator_la_CFLAGS = $(AM_CFLAGS) -fno-builtin -fvisibility=default
test_integration_api_tokentest_allocator_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
api_tests = \
	test/integration/api/run_api.sh \
	test/integration/api/softhsm.sh
dist_check_SCRIPTS += $(api_tests) test/integration/api/allocator.sh
TESTS += $(api_tests)
# Sanitizers bring an allocator of their own.
if !SANITIZERS
TESTS += test/integration/api/allocator.sh
endif
