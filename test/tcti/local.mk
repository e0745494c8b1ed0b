# SPDX-License-Identifier: BSD-2-Clause
# TCTIs for tests. libtcti-test.la: in-process; tokentest: loadable, "/path/tss2-tcti-tokentest.so:swtpm:path=SOCKET".
TCTI_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/test
check_LTLIBRARIES += libtcti-test.la test/tcti/tss2-tcti-tokentest.la
libtcti_test_la_SOURCES = \
	test/tcti/count.c test/tcti/count.h \
	test/tcti/env.c test/tcti/env.h \
	test/tcti/held.c test/tcti/held.h \
	test/tcti/hide.c test/tcti/hide.h \
	test/tcti/liar.c test/tcti/liar.h \
	test/tcti/swtpm.c test/tcti/swtpm.h
libtcti_test_la_CPPFLAGS = $(TCTI_CPPFLAGS)
libtcti_test_la_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
libtcti_test_la_LIBADD = $(TSS_LIBS)

test_tcti_tss2_tcti_tokentest_la_SOURCES = test/tcti/module.c src/tpm/wire_command.c
test_tcti_tss2_tcti_tokentest_la_CPPFLAGS = $(TCTI_CPPFLAGS)
test_tcti_tss2_tcti_tokentest_la_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_tcti_tss2_tcti_tokentest_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
test_tcti_tss2_tcti_tokentest_la_LIBADD = libtcti-test.la libbase.la

# These start a swtpm each; without one they are skipped.
TCTI_TESTS = test/tcti/test_count test/tcti/test_doubts test/tcti/test_lies test/tcti/test_sessions \
	test/tcti/test_wire
test_tcti_test_count_SOURCES = test/tcti/test_count.c test/tcti/rig.c test/tcti/rig.h
test_tcti_test_count_CPPFLAGS = $(TCTI_CPPFLAGS) \
	-DTOKENTEST_MODULE='"$(abs_top_builddir)/test/tcti/.libs/tss2-tcti-tokentest.so"'
test_tcti_test_count_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_tcti_test_count_LDADD = libtcti-test.la libwire.la libhost.la libbase.la $(UNIT_LIBS)
test_tcti_test_doubts_SOURCES = test/tcti/test_doubts.c test/tcti/rig.c test/tcti/rig.h
test_tcti_test_doubts_CPPFLAGS = $(TCTI_CPPFLAGS)
test_tcti_test_doubts_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_tcti_test_doubts_LDADD = $(test_tcti_test_count_LDADD)
test_tcti_test_lies_SOURCES = test/tcti/test_lies.c test/tcti/rig.c test/tcti/rig.h
test_tcti_test_lies_CPPFLAGS = $(TCTI_CPPFLAGS)
test_tcti_test_lies_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_tcti_test_lies_LDADD = $(test_tcti_test_count_LDADD)
test_tcti_test_sessions_SOURCES = test/tcti/test_sessions.c test/tcti/rig.c test/tcti/rig.h
test_tcti_test_sessions_CPPFLAGS = $(TCTI_CPPFLAGS)
test_tcti_test_sessions_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_tcti_test_sessions_LDADD = $(test_tcti_test_count_LDADD)
test_tcti_test_wire_SOURCES = test/tcti/test_wire.c test/tcti/rig.c test/tcti/rig.h
test_tcti_test_wire_CPPFLAGS = $(TCTI_CPPFLAGS)
test_tcti_test_wire_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_tcti_test_wire_LDADD = $(test_tcti_test_count_LDADD)
if HAVE_CMOCKA
check_PROGRAMS += $(TCTI_TESTS)
TESTS += $(TCTI_TESTS)
endif
