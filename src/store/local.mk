# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libstore.la
libstore_la_SOURCES = \
	src/store/caps.c \
	src/store/connect.c \
	src/store/db.c \
	src/store/files.c \
	src/store/find.c \
	src/store/objects.c \
	src/store/query.c \
	src/store/schema.c \
	src/store/store.h \
	src/store/store_private.h \
	src/store/tokens.c \
	src/store/watch.c
libstore_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
libstore_la_LIBADD = $(SQLITE_LIBS)
EXTRA_DIST += src/store/imports.sym

UNIT_TESTS += \
	test/unit/test_store_changes \
	test/unit/test_store_faults \
	test/unit/test_store_find \
	test/unit/test_store_open \
	test/unit/test_store_readers \
	test/unit/test_store_rows \
	test/unit/test_store_upgrade
test_unit_test_store_changes_SOURCES = test/unit/test_store_changes.c test/unit/store_fixture.h
test_unit_test_store_changes_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
test_unit_test_store_changes_LDADD = libstore.la libbase.la $(SQLITE_LIBS) $(UNIT_LIBS)
test_unit_test_store_faults_SOURCES = test/unit/test_store_faults.c test/unit/store_fixture.h
test_unit_test_store_faults_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
test_unit_test_store_faults_LDADD = libstore.la libbase.la $(SQLITE_LIBS) $(UNIT_LIBS)
test_unit_test_store_find_SOURCES = test/unit/test_store_find.c test/unit/store_fixture.h
test_unit_test_store_find_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
test_unit_test_store_find_LDADD = libstore.la libbase.la $(SQLITE_LIBS) $(UNIT_LIBS)
test_unit_test_store_open_SOURCES = test/unit/test_store_open.c test/unit/store_fixture.h
test_unit_test_store_open_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
test_unit_test_store_open_LDADD = libstore.la libbase.la $(SQLITE_LIBS) $(UNIT_LIBS)
test_unit_test_store_readers_SOURCES = test/unit/test_store_readers.c test/unit/store_fixture.h
test_unit_test_store_readers_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
test_unit_test_store_readers_LDADD = libstore.la libbase.la $(SQLITE_LIBS) $(UNIT_LIBS)
test_unit_test_store_rows_SOURCES = test/unit/test_store_rows.c test/unit/store_fixture.h
test_unit_test_store_rows_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
test_unit_test_store_rows_LDADD = libstore.la libbase.la $(SQLITE_LIBS) $(UNIT_LIBS)
test_unit_test_store_upgrade_SOURCES = test/unit/test_store_upgrade.c test/unit/store_fixture.h
test_unit_test_store_upgrade_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
test_unit_test_store_upgrade_LDADD = libstore.la libbase.la $(SQLITE_LIBS) $(UNIT_LIBS)
