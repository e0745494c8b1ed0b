# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libbase.la
libbase_la_SOURCES = \
	include/tpm2-token/pkcs11.h include/tpm2-token/pkcs11_numbers.h \
	include/tpm2-token/vendor.h \
	src/base/alg.c src/base/alg.h \
	src/base/attrs.c src/base/attrs.h \
	src/base/base64.c src/base/base64.h \
	src/base/bytes.c src/base/bytes.h \
	src/base/clock.c src/base/clock.h \
	src/base/der.c src/base/der.h \
	src/base/fairlock.c src/base/fairlock.h \
	src/base/lockfile.c src/base/lockfile.h \
	src/base/log.c src/base/log.h \
	src/base/names.c src/base/names.h \
	src/base/pkcs8.c src/base/pkcs8.h \
	src/base/rv.c src/base/rv.h \
	src/base/text.c src/base/text.h
libbase_la_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS) $(SQLITE_CFLAGS) $(CRYPTO_CFLAGS)
libbase_la_LIBADD = $(TSS_LIBS) $(SQLITE_LIBS) $(CRYPTO_LIBS)

UNIT_TESTS += \
	test/unit/test_alg \
	test/unit/test_attrs \
	test/unit/test_base64 \
	test/unit/test_bytes \
	test/unit/test_der \
	test/unit/test_fairlock \
	test/unit/test_lockfile \
	test/unit/test_names \
	test/unit/test_pkcs8 \
	test/unit/test_rv \
	test/unit/test_text
test_unit_test_alg_SOURCES = test/unit/test_alg.c
test_unit_test_alg_LDADD = libbase.la $(UNIT_LIBS)
test_unit_test_attrs_SOURCES = test/unit/test_attrs.c
test_unit_test_attrs_LDADD = libbase.la $(UNIT_LIBS)
test_unit_test_base64_SOURCES = test/unit/test_base64.c
test_unit_test_base64_LDADD = libbase.la $(UNIT_LIBS)
test_unit_test_bytes_SOURCES = test/unit/test_bytes.c
test_unit_test_bytes_LDADD = libbase.la $(UNIT_LIBS)
test_unit_test_der_SOURCES = test/unit/test_der.c test/unit/vector.h
test_unit_test_der_LDADD = libbase.la $(UNIT_LIBS)
test_unit_test_fairlock_SOURCES = test/unit/test_fairlock.c
test_unit_test_fairlock_LDADD = libbase.la $(UNIT_LIBS)
test_unit_test_lockfile_SOURCES = test/unit/test_lockfile.c test/unit/place.h
test_unit_test_lockfile_LDADD = libbase.la $(UNIT_LIBS)
test_unit_test_names_SOURCES = test/unit/test_names.c
test_unit_test_names_LDADD = libbase.la $(UNIT_LIBS)
test_unit_test_pkcs8_SOURCES = test/unit/test_pkcs8.c test/unit/vector.h
test_unit_test_pkcs8_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_pkcs8_LDADD = libbase.la $(UNIT_LIBS) $(CRYPTO_LIBS)
test_unit_test_text_SOURCES = test/unit/test_text.c
test_unit_test_text_LDADD = libbase.la $(UNIT_LIBS)
test_unit_test_rv_SOURCES = test/unit/test_rv.c
test_unit_test_rv_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS) $(SQLITE_CFLAGS)
test_unit_test_rv_LDADD = libbase.la $(UNIT_LIBS)
