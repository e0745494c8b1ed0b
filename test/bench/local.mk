# SPDX-License-Identifier: BSD-2-Clause
# Benchmarks are built with the tests and run by hand: nothing may depend on timing.
check_PROGRAMS += test/bench/rate
test_bench_rate_SOURCES = test/bench/rate.c
test_bench_rate_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_bench_rate_LDADD = $(TSS_LIBS)
EXTRA_DIST += test/bench/run-rate.sh

.PHONY: bench
bench: all test/bench/rate
	@$(AM_TESTS_ENVIRONMENT) TOKEN_RATE=test/bench/rate \
		$(BASH_PATH) '$(srcdir)/test/bench/run-rate.sh' $(BENCH_ARGS)
