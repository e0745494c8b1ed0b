# SPDX-License-Identifier: BSD-2-Clause
# The command-line tool. All but main() is a library, for the unit tests.
noinst_LTLIBRARIES += libtool-parts.la
libtool_parts_la_CFLAGS = $(AM_CFLAGS)
libtool_parts_la_LIBADD = $(P11KIT_LIBS)
libtool_parts_la_SOURCES = \
	tools/json.c \
	tools/objects.c \
	tools/output.c \
	tools/pin_input.c \
	tools/progress.c \
	tools/ssh_key.c \
	tools/text.c \
	tools/tool.h \
	tools/uri.c

TOKEN_LIBS = libtoken.la libmodel.la libkey.la libtpm.la libwire.la libhost.la libstore.la libconf.la libbase.la

bin_PROGRAMS += tpm2-token
tpm2_token_SOURCES = \
	tools/main.c \
	tools/options.c \
	tools/cmd_cert.c \
	tools/cmd_doctor.c \
	tools/cmd_init.c \
	tools/cmd_keygen.c \
	tools/cmd_list.c \
	tools/cmd_pin.c \
	tools/cmd_rm.c \
	tools/cmd_ssh.c \
	tools/mechanisms.c
tpm2_token_CPPFLAGS = $(AM_CPPFLAGS) -DP11MODULEDIR='"$(p11moduledir)"'
tpm2_token_LDADD = libtool-parts.la $(TOKEN_LIBS) -lpthread

UNIT_TESTS += test/unit/test_tool
test_unit_test_tool_SOURCES = test/unit/test_tool.c
test_unit_test_tool_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
test_unit_test_tool_LDADD = libtool-parts.la $(TOKEN_LIBS) $(UNIT_LIBS) -lpthread
EXTRA_DIST += tools/from-table
