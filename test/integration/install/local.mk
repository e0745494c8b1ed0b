# SPDX-License-Identifier: BSD-2-Clause
# The module as it is installed. Foreign programs can not load a module that is built with ASan.
check_PROGRAMS += test/integration/install/harden
test_integration_install_harden_SOURCES = test/integration/install/harden.c
test_integration_install_harden_LDADD = -ldl
install_tests = test/integration/install/places.sh
dist_check_SCRIPTS += $(install_tests)
EXTRA_DIST += test/installed
if !SANITIZERS
TESTS += $(install_tests)
endif
