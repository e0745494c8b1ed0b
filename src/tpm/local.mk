# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libwire.la
libwire_la_SOURCES = \
	src/tpm/wire.c src/tpm/wire.h src/tpm/wire_private.h \
	src/tpm/wire_choose.c \
	src/tpm/wire_command.c \
	src/tpm/wire_flow.c \
	src/tpm/wire_name.c \
	src/tpm/wire_parse.c \
	src/tpm/wire_protect.c \
	src/tpm/wire_salt.c \
	src/tpm/wire_session.c
libwire_la_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
libwire_la_LIBADD = $(TSS_LIBS)

UNIT_TESTS += test/unit/test_wire
test_unit_test_wire_SOURCES = test/unit/test_wire.c
test_unit_test_wire_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_wire_LDADD = libwire.la libhost.la libbase.la $(UNIT_LIBS)

noinst_LTLIBRARIES += libtpm.la
libtpm_la_SOURCES = \
	src/tpm/tpm.h src/tpm/tpm_private.h \
	src/tpm/blob.c \
	src/tpm/template.c
libtpm_la_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
libtpm_la_LIBADD = $(TSS_LIBS)

UNIT_TESTS += \
	test/unit/test_blob \
	test/unit/test_template
test_unit_test_blob_SOURCES = test/unit/test_blob.c
test_unit_test_blob_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_blob_LDADD = libtpm.la libwire.la libhost.la libbase.la $(UNIT_LIBS)
test_unit_test_template_SOURCES = test/unit/test_template.c
test_unit_test_template_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_template_LDADD = $(test_unit_test_blob_LDADD)
