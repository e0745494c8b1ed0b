# SPDX-License-Identifier: BSD-2-Clause
# The module: everything inside, three symbols outside.
p11module_LTLIBRARIES = tpm2-token.la
tpm2_token_la_SOURCES = \
	src/api/api.h \
	src/api/decrypt.c \
	src/api/digest.c \
	src/api/dual.c \
	src/api/encrypt.c \
	src/api/enter.c \
	src/api/find.c \
	src/api/general.c \
	src/api/interface.c \
	src/api/key.c \
	src/api/message.c \
	src/api/message_cipher.c \
	src/api/module.c \
	src/api/object.c \
	src/api/random.c \
	src/api/session.c \
	src/api/sign.c \
	src/api/slot.c \
	src/api/stub_3.c \
	src/api/verify.c
tpm2_token_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -Wl,-z,defs \
	-export-symbols $(top_srcdir)/src/api/exports.sym
tpm2_token_la_LIBADD = libsession.la libtoken.la libmodel.la libkey.la libtpm.la libwire.la libhost.la \
	libstore.la libconf.la libbase.la
EXTRA_tpm2_token_la_DEPENDENCIES = src/api/exports.sym
EXTRA_DIST += src/api/exports.sym
