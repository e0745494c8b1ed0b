# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libsession.la
libsession_la_SOURCES = \
	src/session/access.c \
	src/session/iv.c src/session/iv.h \
	src/session/login.c \
	src/session/op.c src/session/op.h \
	src/session/op_cipher.c \
	src/session/op_cipher_parts.c \
	src/session/op_digest.c \
	src/session/op_dual.c \
	src/session/op_find.c \
	src/session/op_mac.c \
	src/session/op_message.c \
	src/session/op_message_cipher.c \
	src/session/op_sign.c \
	src/session/op_state.c \
	src/session/op_verify.c \
	src/session/op_verify_signature.c \
	src/session/session.c src/session/session.h \
	src/session/session_derive.c \
	src/session/session_kem.c \
	src/session/session_object.c \
	src/session/session_wrap.c \
	src/session/slot.c \
	src/session/slot_info.c

SESSION_TEST_LIBS = libsession.la libtoken.la libmodel.la libkey.la libtpm.la libwire.la libhost.la \
	libstore.la libconf.la libbase.la $(UNIT_LIBS)
UNIT_TESTS += \
	test/unit/test_access \
	test/unit/test_iv \
	test/unit/test_op \
	test/unit/test_session \
	test/unit/test_slot
test_unit_test_access_SOURCES = test/unit/test_access.c
test_unit_test_access_LDADD = libsession.la $(UNIT_LIBS)
test_unit_test_iv_SOURCES = test/unit/test_iv.c
test_unit_test_iv_LDADD = libsession.la libhost.la libbase.la $(UNIT_LIBS)
test_unit_test_op_SOURCES = test/unit/test_op.c
test_unit_test_op_LDADD = $(SESSION_TEST_LIBS)
# The layers below are real, the TPM is the fake one.
test_unit_test_session_SOURCES = test/unit/test_session.c $(TOKEN_TEST_SOURCES)
test_unit_test_session_CPPFLAGS = $(TOKEN_TEST_CPPFLAGS)
test_unit_test_session_CFLAGS = $(TOKEN_TEST_CFLAGS)
test_unit_test_session_LDADD = libsession.la $(TOKEN_TEST_LDADD)
test_unit_test_slot_SOURCES = test/unit/test_slot.c
test_unit_test_slot_LDADD = $(SESSION_TEST_LIBS)
