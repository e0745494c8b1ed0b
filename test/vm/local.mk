# SPDX-License-Identifier: BSD-2-Clause
# On a real kernel, in a virtual machine: takes minutes, so that it is no part of "make check".
check_PROGRAMS += test/vm/use
test_vm_use_SOURCES = \
	test/integration/api/api.h \
	test/integration/api/helpers.c \
	test/integration/api/openssl.c \
	test/vm/use.c
test_vm_use_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
test_vm_use_LDADD = $(CRYPTO_LIBS) -ldl
EXTRA_DIST += \
	test/vm/commands.awk \
	test/vm/guest.sh \
	test/vm/init.sh \
	test/vm/luks.sh \
	test/vm/processes.sh \
	test/vm/reboot.sh \
	test/vm/run.sh \
	test/vm/sleep.sh \
	test/vm/volume.sh

.PHONY: check-vm
check-vm: all test/integration/api/api test/vm/use
	@$(AM_TESTS_ENVIRONMENT) $(BASH_PATH) '$(srcdir)/test/vm/run.sh' || test $$? = 77
