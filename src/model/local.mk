# SPDX-License-Identifier: BSD-2-Clause
noinst_LTLIBRARIES += libmodel.la
libmodel_la_SOURCES = \
	src/model/attr.h src/model/mech.h src/model/model_private.h \
	src/model/attr_check.c \
	src/model/attr_default.c \
	src/model/attr_form.c \
	src/model/attr_get.c \
	src/model/attr_rules.c \
	src/model/attr_table.c \
	src/model/certificate.c \
	src/model/keyspec.c \
	src/model/mech.c \
	src/model/mech_aes.c \
	src/model/mech_derive.c \
	src/model/mech_ecdh.c \
	src/model/mech_hkdf.c \
	src/model/mech_kbkdf.c \
	src/model/mech_message.c \
	src/model/mech_params.c \
	src/model/mech_table.c \
	src/model/privkey.c \
	src/model/pubkey.c \
	src/model/secret.c

UNIT_TESTS += \
	test/unit/test_attr_change \
	test/unit/test_attr_footnotes \
	test/unit/test_attr_form \
	test/unit/test_attr_get \
	test/unit/test_attr_rules \
	test/unit/test_attr_set \
	test/unit/test_attr_standard \
	test/unit/test_client_templates \
	test/unit/test_keyspec \
	test/unit/test_mech \
	test/unit/test_mech_derive \
	test/unit/test_mech_aes \
	test/unit/test_mech_kbkdf \
	test/unit/test_memory \
	test/unit/test_pubkey_attrs \
	test/unit/test_tables
ATTR_OBJECT_SOURCES = \
	test/unit/attr_object.c test/unit/attr_object.h \
	test/unit/attr_standard.c test/unit/attr_standard.h test/unit/template.h
test_unit_test_attr_change_SOURCES = test/unit/test_attr_change.c $(ATTR_OBJECT_SOURCES)
test_unit_test_attr_change_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_attr_footnotes_SOURCES = test/unit/test_attr_footnotes.c $(ATTR_OBJECT_SOURCES)
test_unit_test_attr_footnotes_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_attr_form_SOURCES = test/unit/test_attr_form.c test/unit/template.h
test_unit_test_attr_form_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_attr_get_SOURCES = test/unit/test_attr_get.c test/unit/template.h
test_unit_test_attr_get_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_attr_rules_SOURCES = test/unit/test_attr_rules.c test/unit/template.h
test_unit_test_attr_rules_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_attr_set_SOURCES = test/unit/test_attr_set.c test/unit/template.h
test_unit_test_attr_set_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_attr_standard_SOURCES = test/unit/test_attr_standard.c \
	test/unit/attr_standard.c test/unit/attr_standard.h
test_unit_test_attr_standard_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_client_templates_SOURCES = test/unit/test_client_templates.c test/unit/template.h
test_unit_test_client_templates_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_keyspec_SOURCES = test/unit/test_keyspec.c test/unit/template.h
test_unit_test_keyspec_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_mech_SOURCES = test/unit/test_mech.c test/unit/template.h
test_unit_test_mech_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_mech_aes_SOURCES = test/unit/test_mech_aes.c test/unit/template.h
test_unit_test_mech_aes_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_mech_derive_SOURCES = test/unit/test_mech_derive.c test/unit/template.h
test_unit_test_mech_derive_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_mech_kbkdf_SOURCES = test/unit/test_mech_kbkdf.c test/unit/template.h
test_unit_test_mech_kbkdf_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_memory_SOURCES = test/unit/test_memory.c test/unit/template.h
test_unit_test_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=realloc -Wl,--wrap=free
test_unit_test_memory_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_pubkey_attrs_SOURCES = test/unit/test_pubkey_attrs.c test/unit/template.h
test_unit_test_pubkey_attrs_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
test_unit_test_tables_SOURCES = test/unit/test_tables.c test/unit/template.h
test_unit_test_tables_LDADD = libmodel.la libbase.la $(UNIT_LIBS)
