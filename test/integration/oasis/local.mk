# SPDX-License-Identifier: BSD-2-Clause
# Runner for the test cases of the OASIS PKCS #11 profiles. All but main() is a library, for the unit test.
check_LTLIBRARIES += liboasis.la
liboasis_la_SOURCES = \
	test/integration/oasis/call.c \
	test/integration/oasis/case.c \
	test/integration/oasis/compare.c \
	test/integration/oasis/oasis.h \
	test/integration/oasis/place.c \
	test/integration/oasis/reply.c \
	test/integration/oasis/reply.h \
	test/integration/oasis/reply_list.c \
	test/integration/oasis/reply_template.c \
	test/integration/oasis/report.c \
	test/integration/oasis/request.c \
	test/integration/oasis/signature.c \
	test/integration/oasis/values.c \
	test/integration/oasis/vars.c \
	test/integration/oasis/xml.c
liboasis_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
liboasis_la_LIBADD = libbase.la $(CRYPTO_LIBS)

check_PROGRAMS += test/integration/oasis/oasis test/integration/oasis/prepare
test_integration_oasis_oasis_SOURCES = test/integration/oasis/main.c
test_integration_oasis_oasis_LDADD = liboasis.la -ldl
test_integration_oasis_prepare_SOURCES = test/integration/oasis/prepare.c
test_integration_oasis_prepare_LDADD = -ldl
dist_check_SCRIPTS += test/integration/oasis/run.sh
TESTS += test/integration/oasis/run.sh

UNIT_TESTS += test/unit/test_oasis test/unit/test_oasis_parts
test_unit_test_oasis_SOURCES = \
	test/unit/test_oasis.c \
	test/unit/oasis_provider.c \
	test/unit/oasis_provider.h
test_unit_test_oasis_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/test/integration/oasis
test_unit_test_oasis_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_unit_test_oasis_LDADD = liboasis.la $(CRYPTO_LIBS) $(UNIT_LIBS)
test_unit_test_oasis_parts_SOURCES = test/unit/test_oasis_parts.c
test_unit_test_oasis_parts_CPPFLAGS = $(test_unit_test_oasis_CPPFLAGS)
test_unit_test_oasis_parts_LDADD = liboasis.la $(UNIT_LIBS)
