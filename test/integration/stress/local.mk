# SPDX-License-Identifier: BSD-2-Clause
# The module under load: threads, processes.
STRESS_CLIENT = test/integration/stress/client.c test/integration/stress/client.h
stress_programs = \
	test/integration/stress/cancel \
	test/integration/stress/fork \
	test/integration/stress/login \
	test/integration/stress/many \
	test/integration/stress/prefork \
	test/integration/stress/share \
	test/integration/stress/stress
check_PROGRAMS += $(stress_programs)
test_integration_stress_cancel_SOURCES = test/integration/stress/cancel.c $(STRESS_CLIENT)
test_integration_stress_cancel_LDADD = -ldl -lpthread
test_integration_stress_fork_SOURCES = test/integration/stress/fork.c test/integration/stress/fork.h \
	test/integration/stress/fork_threads.c $(STRESS_CLIENT)
test_integration_stress_fork_LDADD = -ldl -lpthread
test_integration_stress_login_SOURCES = test/integration/stress/login.c $(STRESS_CLIENT)
test_integration_stress_login_LDADD = -ldl
test_integration_stress_many_SOURCES = test/integration/stress/many.c $(STRESS_CLIENT)
test_integration_stress_many_LDADD = -ldl
test_integration_stress_prefork_SOURCES = test/integration/stress/prefork.c $(STRESS_CLIENT)
test_integration_stress_prefork_LDADD = -ldl
test_integration_stress_share_SOURCES = test/integration/stress/share.c $(STRESS_CLIENT)
test_integration_stress_share_LDADD = -ldl -lpthread
test_integration_stress_stress_SOURCES = test/integration/stress/stress.c $(STRESS_CLIENT)
test_integration_stress_stress_LDADD = -ldl -lpthread
stress_tests = \
	test/integration/stress/cancel.sh \
	test/integration/stress/fork.sh \
	test/integration/stress/keys.sh \
	test/integration/stress/login.sh \
	test/integration/stress/prefork.sh \
	test/integration/stress/share.sh \
	test/integration/stress/strangers.sh \
	test/integration/stress/stress.sh
dist_check_SCRIPTS += $(stress_tests)
TESTS += $(stress_tests)

# A minute of it, in a build of "configure --enable-sanitizers=thread".
.PHONY: check-threads
if THREAD_SANITIZER
check-threads: all $(stress_programs)
	@$(AM_TESTS_ENVIRONMENT) STRESS_SECONDS=60 $(BASH_PATH) '$(srcdir)/test/integration/stress/stress.sh'
else
check-threads:
	@echo 'This needs a build of its own: configure --enable-sanitizers=thread' && exit 1
endif
