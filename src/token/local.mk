# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libtoken.la
libtoken_la_SOURCES = \
	src/token/agree.c \
	src/token/change.c \
	src/token/core.c \
	src/token/derive.c \
	src/token/derive_aes.c \
	src/token/derive_hkdf.c \
	src/token/derive_kbkdf.c \
	src/token/derive_simple.c \
	src/token/doctor.c \
	src/token/encapsulate.c \
	src/token/find.c \
	src/token/generate.c \
	src/token/home.c \
	src/token/import.c \
	src/token/index.c \
	src/token/made.c \
	src/token/object.c \
	src/token/object_blocks.c \
	src/token/object_change.c \
	src/token/object_cipher.c \
	src/token/object_copy.c \
	src/token/object_create.c \
	src/token/object_load.c \
	src/token/object_mac.c \
	src/token/object_sign.c \
	src/token/parent.c \
	src/token/pin.c \
	src/token/profile.c \
	src/token/protect.c \
	src/token/random.c \
	src/token/reveal.c \
	src/token/secret.c \
	src/token/secret_place.c \
	src/token/token.c src/token/token.h \
	src/token/token_caps.c \
	src/token/token_check.c \
	src/token/token_find.c \
	src/token/token_init.c \
	src/token/token_private.h \
	src/token/tries.c \
	src/token/unwrap.c \
	src/token/wrap.c \
	src/token/wrap_form.c

# The layers below are real, the TPM is the fake one.
TOKEN_TEST_SOURCES = \
	$(FAKE_TPM_SOURCES) \
	test/unit/token_fixture.c test/unit/token_fixture.h
FILL_SOURCES = test/fill/fill.c test/fill/fill.h
TOKEN_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/test/fake
TOKEN_TEST_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) $(SQLITE_CFLAGS)
TOKEN_TEST_LDADD = libtoken.la libkey.la libmodel.la libstore.la libconf.la libhost.la libbase.la \
	$(CRYPTO_LIBS) $(SQLITE_LIBS) $(UNIT_LIBS)

UNIT_TESTS += \
	test/unit/test_attr_store \
	test/unit/test_certificate \
	test/unit/test_copy \
	test/unit/test_decrypt \
	test/unit/test_derive \
	test/unit/test_derive_kbkdf \
	test/unit/test_derive_simple \
	test/unit/test_encapsulate \
	test/unit/test_generate \
	test/unit/test_hkdf \
	test/unit/test_import \
	test/unit/test_object \
	test/unit/test_pin \
	test/unit/test_protect \
	test/unit/test_scale \
	test/unit/test_secret \
	test/unit/test_secret_copy \
	test/unit/test_secret_des \
	test/unit/test_secret_place \
	test/unit/test_secret_use \
	test/unit/test_token \
	test/unit/test_unwrap \
	test/unit/test_wrap
test_unit_test_attr_store_SOURCES = test/unit/test_attr_store.c \
	test/unit/attr_object.c test/unit/attr_object.h \
	test/unit/attr_standard.c test/unit/attr_standard.h test/unit/template.h $(TOKEN_TEST_SOURCES)
test_unit_test_attr_store_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_attr_store_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_attr_store_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_certificate_SOURCES = test/unit/test_certificate.c test/unit/template.h \
	$(TOKEN_TEST_SOURCES)
test_unit_test_certificate_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_certificate_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_certificate_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_copy_SOURCES = test/unit/test_copy.c $(TOKEN_TEST_SOURCES)
test_unit_test_copy_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_copy_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_copy_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_decrypt_SOURCES = test/unit/test_decrypt.c $(TOKEN_TEST_SOURCES)
test_unit_test_decrypt_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_decrypt_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_decrypt_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_derive_SOURCES = test/unit/test_derive.c $(TOKEN_TEST_SOURCES)
test_unit_test_derive_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_derive_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_derive_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_derive_kbkdf_SOURCES = test/unit/test_derive_kbkdf.c test/unit/secret.h \
	$(TOKEN_TEST_SOURCES)
test_unit_test_derive_kbkdf_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_derive_kbkdf_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_derive_kbkdf_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_derive_simple_SOURCES = test/unit/test_derive_simple.c $(TOKEN_TEST_SOURCES)
test_unit_test_derive_simple_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_derive_simple_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_derive_simple_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_encapsulate_SOURCES = test/unit/test_encapsulate.c $(TOKEN_TEST_SOURCES)
test_unit_test_encapsulate_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_encapsulate_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_encapsulate_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_generate_SOURCES = test/unit/test_generate.c $(TOKEN_TEST_SOURCES)
test_unit_test_generate_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_generate_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_generate_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_hkdf_SOURCES = test/unit/test_hkdf.c $(TOKEN_TEST_SOURCES)
test_unit_test_hkdf_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_hkdf_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_hkdf_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_import_SOURCES = test/unit/test_import.c test/unit/privkey_reference.h \
	$(TOKEN_TEST_SOURCES)
test_unit_test_import_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_import_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_import_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_object_SOURCES = test/unit/test_object.c $(TOKEN_TEST_SOURCES)
test_unit_test_object_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_object_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_object_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_pin_SOURCES = test/unit/test_pin.c $(TOKEN_TEST_SOURCES)
test_unit_test_pin_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_pin_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_pin_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_protect_SOURCES = test/unit/test_protect.c $(TOKEN_TEST_SOURCES)
test_unit_test_protect_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_protect_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_protect_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_scale_SOURCES = test/unit/test_scale.c $(FILL_SOURCES) $(TOKEN_TEST_SOURCES)
test_unit_test_scale_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS) -I$(top_srcdir)/test
test_unit_test_scale_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_scale_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_secret_SOURCES = test/unit/test_secret.c $(TOKEN_TEST_SOURCES)
test_unit_test_secret_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_secret_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_secret_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_secret_copy_SOURCES = test/unit/test_secret_copy.c test/unit/secret.h $(TOKEN_TEST_SOURCES)
test_unit_test_secret_copy_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_secret_copy_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_secret_copy_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_secret_des_SOURCES = test/unit/test_secret_des.c test/unit/secret.h $(TOKEN_TEST_SOURCES)
test_unit_test_secret_des_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_secret_des_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_secret_des_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_secret_place_SOURCES = test/unit/test_secret_place.c test/unit/secret.h $(TOKEN_TEST_SOURCES)
test_unit_test_secret_place_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_secret_place_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_secret_place_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_secret_use_SOURCES = test/unit/test_secret_use.c test/unit/secret.h $(TOKEN_TEST_SOURCES)
test_unit_test_secret_use_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_secret_use_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_secret_use_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_token_SOURCES = test/unit/test_token.c $(TOKEN_TEST_SOURCES)
test_unit_test_token_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_token_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_token_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_unwrap_SOURCES = test/unit/test_unwrap.c test/unit/wrap_fixture.h \
	test/unit/privkey_reference.h $(TOKEN_TEST_SOURCES)
test_unit_test_unwrap_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_unwrap_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_unwrap_LDADD = $(TOKEN_TEST_LDADD)
test_unit_test_wrap_SOURCES = test/unit/test_wrap.c test/unit/wrap_fixture.h \
	test/unit/privkey_reference.h $(TOKEN_TEST_SOURCES)
test_unit_test_wrap_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_wrap_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_wrap_LDADD = $(TOKEN_TEST_LDADD)
