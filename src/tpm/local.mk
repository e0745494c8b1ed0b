# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libwire.la
libwire_la_SOURCES = \
	src/tpm/share.c src/tpm/share.h \
	src/tpm/wire.c src/tpm/wire.h src/tpm/wire_private.h \
	src/tpm/wire_check.c \
	src/tpm/wire_choose.c \
	src/tpm/wire_command.c \
	src/tpm/wire_context.c \
	src/tpm/wire_files.c \
	src/tpm/wire_flow.c \
	src/tpm/wire_leftover.c \
	src/tpm/wire_name.c \
	src/tpm/wire_parse.c \
	src/tpm/wire_protect.c \
	src/tpm/wire_session.c \
	src/tpm/wire_work.c
libwire_la_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
libwire_la_LIBADD = $(TSS_LIBS)

UNIT_TESTS += test/unit/test_wire
test_unit_test_wire_SOURCES = test/unit/test_wire.c
test_unit_test_wire_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_wire_LDADD = libwire.la libhost.la libbase.la $(UNIT_LIBS)

noinst_LTLIBRARIES += libtpm.la
libtpm_la_SOURCES = \
	src/tpm/tpm.h src/tpm/tpm_private.h \
	src/tpm/auth.c \
	src/tpm/blob.c \
	src/tpm/caps.c \
	src/tpm/cipher.c \
	src/tpm/context.c \
	src/tpm/create.c \
	src/tpm/crowd.c \
	src/tpm/duplicate.c src/tpm/duplicate.h \
	src/tpm/ecdh.c \
	src/tpm/export.c \
	src/tpm/handles.c \
	src/tpm/import.c \
	src/tpm/load.c \
	src/tpm/load_saved.c \
	src/tpm/lockout.c \
	src/tpm/mac.c \
	src/tpm/parent.c \
	src/tpm/parent_open.c \
	src/tpm/presence.c src/tpm/presence.h \
	src/tpm/random.c \
	src/tpm/rsa.c \
	src/tpm/run.c \
	src/tpm/saved.c src/tpm/saved.h \
	src/tpm/seal.c \
	src/tpm/secret.c \
	src/tpm/sign.c \
	src/tpm/stand_in.c src/tpm/stand_in.h \
	src/tpm/template.c \
	src/tpm/way.c
libtpm_la_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
libtpm_la_LIBADD = $(TSS_LIBS)

UNIT_TESTS += \
	test/unit/test_blob \
	test/unit/test_duplicate \
	test/unit/test_presence \
	test/unit/test_saved \
	test/unit/test_template \
	test/unit/test_way
test_unit_test_blob_SOURCES = test/unit/test_blob.c
test_unit_test_blob_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_blob_LDADD = libtpm.la libwire.la libhost.la libbase.la $(UNIT_LIBS)
test_unit_test_duplicate_SOURCES = test/unit/test_duplicate.c
test_unit_test_duplicate_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_duplicate_LDADD = $(test_unit_test_blob_LDADD)
test_unit_test_presence_SOURCES = test/unit/test_presence.c test/unit/place.h
test_unit_test_presence_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_presence_LDADD = $(test_unit_test_blob_LDADD)
test_unit_test_way_SOURCES = test/unit/test_way.c
test_unit_test_way_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_way_LDADD = $(test_unit_test_blob_LDADD)
test_unit_test_saved_SOURCES = test/unit/test_saved.c
test_unit_test_saved_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_saved_LDADD = $(test_unit_test_blob_LDADD)
test_unit_test_template_SOURCES = test/unit/test_template.c
test_unit_test_template_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_unit_test_template_LDADD = $(test_unit_test_blob_LDADD)

# These start a swtpm each; without one they are skipped.
TPM_TESTS = \
	test/integration/tpm/test_tpm \
	test/integration/tpm/test_tpm_ecdh \
	test/integration/tpm/test_tpm_export \
	test/integration/tpm/test_tpm_faults \
	test/integration/tpm/test_tpm_fork \
	test/integration/tpm/test_tpm_idle \
	test/integration/tpm/test_tpm_import \
	test/integration/tpm/test_tpm_keys \
	test/integration/tpm/test_tpm_memory \
	test/integration/tpm/test_tpm_secrets \
	test/integration/tpm/test_tpm_share \
	test/integration/tpm/test_tpm_stays \
	test/integration/tpm/test_tpm_strangers
TPM_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/test \
	-DTOKENTEST_MODULE='"$(abs_top_builddir)/test/tcti/.libs/tss2-tcti-tokentest.so"'
TPM_TEST_RIG = test/integration/tpm/rig.c test/integration/tpm/rig.h
TPM_TEST_SHARE = $(TPM_TEST_RIG) test/integration/tpm/rig_share.c test/integration/tpm/rig_share.h
TPM_TEST_LIBS = libtpm.la libtcti-test.la libwire.la libhost.la libbase.la $(UNIT_LIBS)
test_integration_tpm_test_tpm_SOURCES = test/integration/tpm/test_tpm.c $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_integration_tpm_test_tpm_LDADD = $(TPM_TEST_LIBS)
test_integration_tpm_test_tpm_ecdh_SOURCES = test/integration/tpm/test_tpm_ecdh.c $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_ecdh_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_ecdh_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_integration_tpm_test_tpm_ecdh_LDADD = $(TPM_TEST_LIBS)
test_integration_tpm_test_tpm_export_SOURCES = test/integration/tpm/test_tpm_export.c \
	test/integration/tpm/host_key.c test/integration/tpm/host_key.h $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_export_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_export_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS) $(CRYPTO_CFLAGS)
test_integration_tpm_test_tpm_export_LDADD = $(TPM_TEST_LIBS) $(CRYPTO_LIBS)
test_integration_tpm_test_tpm_faults_SOURCES = test/integration/tpm/test_tpm_faults.c $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_faults_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_faults_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_integration_tpm_test_tpm_faults_LDADD = $(TPM_TEST_LIBS)
test_integration_tpm_test_tpm_fork_SOURCES = test/integration/tpm/test_tpm_fork.c $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_fork_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_fork_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_integration_tpm_test_tpm_fork_LDADD = $(TPM_TEST_LIBS)
test_integration_tpm_test_tpm_idle_SOURCES = test/integration/tpm/test_tpm_idle.c $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_idle_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_idle_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_integration_tpm_test_tpm_idle_LDADD = $(TPM_TEST_LIBS)
test_integration_tpm_test_tpm_import_SOURCES = test/integration/tpm/test_tpm_import.c \
	test/integration/tpm/host_key.c test/integration/tpm/host_key.h $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_import_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_import_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS) $(CRYPTO_CFLAGS)
test_integration_tpm_test_tpm_import_LDADD = $(TPM_TEST_LIBS) $(CRYPTO_LIBS)
test_integration_tpm_test_tpm_keys_SOURCES = test/integration/tpm/test_tpm_keys.c $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_keys_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_keys_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_integration_tpm_test_tpm_keys_LDADD = $(TPM_TEST_LIBS)
test_integration_tpm_test_tpm_memory_SOURCES = test/integration/tpm/test_tpm_memory.c \
	test/integration/tpm/host_key.c test/integration/tpm/host_key.h $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_memory_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_memory_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS) $(CRYPTO_CFLAGS)
test_integration_tpm_test_tpm_memory_LDADD = $(TPM_TEST_LIBS) $(CRYPTO_LIBS)
test_integration_tpm_test_tpm_secrets_SOURCES = test/integration/tpm/test_tpm_secrets.c $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_secrets_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_secrets_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS) $(CRYPTO_CFLAGS)
test_integration_tpm_test_tpm_secrets_LDADD = $(TPM_TEST_LIBS) $(CRYPTO_LIBS)
test_integration_tpm_test_tpm_stays_SOURCES = test/integration/tpm/test_tpm_stays.c \
	test/integration/tpm/host_key.c test/integration/tpm/host_key.h $(TPM_TEST_RIG)
test_integration_tpm_test_tpm_stays_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_stays_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS) $(CRYPTO_CFLAGS)
test_integration_tpm_test_tpm_stays_LDADD = $(TPM_TEST_LIBS) $(CRYPTO_LIBS)
test_integration_tpm_test_tpm_strangers_SOURCES = test/integration/tpm/test_tpm_strangers.c $(TPM_TEST_SHARE)
test_integration_tpm_test_tpm_strangers_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_strangers_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_integration_tpm_test_tpm_strangers_LDADD = $(TPM_TEST_LIBS)
test_integration_tpm_test_tpm_share_SOURCES = test/integration/tpm/test_tpm_share.c $(TPM_TEST_SHARE)
test_integration_tpm_test_tpm_share_CPPFLAGS = $(TPM_TEST_CPPFLAGS)
test_integration_tpm_test_tpm_share_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_integration_tpm_test_tpm_share_LDADD = $(TPM_TEST_LIBS)
if HAVE_CMOCKA
check_PROGRAMS += $(TPM_TESTS)
TESTS += $(TPM_TESTS)
endif
