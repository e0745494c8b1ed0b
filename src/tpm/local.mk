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
