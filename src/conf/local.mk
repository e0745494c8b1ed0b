# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libconf.la
libconf_la_SOURCES = \
	src/conf/conf.c src/conf/conf.h \
	src/conf/conf_private.h \
	src/conf/file.c \
	src/conf/path.c

UNIT_TESTS += \
	test/unit/test_conf \
	test/unit/test_conf_path
test_unit_test_conf_SOURCES = test/unit/test_conf.c
test_unit_test_conf_LDADD = libconf.la libbase.la $(UNIT_LIBS)
test_unit_test_conf_path_SOURCES = test/unit/test_conf_path.c
test_unit_test_conf_path_LDADD = libconf.la libbase.la $(UNIT_LIBS)
