# SPDX-License-Identifier: BSD-2-Clause
# The benchmark: built with the tests and run by hand, for nothing may depend on timing. Only that it works is tested.
check_PROGRAMS += test/bench/worker test/bench/fill
test_bench_worker_SOURCES = \
	test/bench/bare.c test/bench/bare.h \
	test/bench/bare_crew.c \
	test/bench/bare_work.c \
	test/bench/bench.h \
	test/bench/crew.c test/bench/crew.h \
	test/bench/cryptoki.c \
	test/bench/job.c \
	test/bench/key.c \
	test/bench/main.c \
	test/bench/measure.c \
	test/bench/setup.c \
	test/bench/sign.c \
	test/bench/sign_crew.c \
	test/bench/start.c
test_bench_worker_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/test
test_bench_worker_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS)
test_bench_worker_LDADD = $(TSS_LIBS) -lpthread
test_bench_fill_SOURCES = test/bench/fill.c $(FILL_SOURCES)
test_bench_fill_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/test
test_bench_fill_LDADD = $(TOKEN_LIBS) -lpthread
dist_check_SCRIPTS += test/bench/works.sh
TESTS += test/bench/works.sh
EXTRA_DIST += \
	doc/performance.csv doc/performance.svg \
	test/bench/about.sh \
	test/bench/bench.sh \
	test/bench/chart.gp \
	test/bench/providers.sh \
	test/bench/publish.sh \
	test/bench/summary.awk \
	test/bench/table.awk \
	test/bench/weigh.awk \
	test/bench/weights.csv

bench_parts = test/bench/worker test/bench/fill test/tcti/tss2-tcti-tokentest.la

.PHONY: bench bench-doc
bench: all $(bench_parts)
	@$(AM_TESTS_ENVIRONMENT) $(BASH_PATH) '$(srcdir)/test/bench/bench.sh' $(BENCH_ARGS)

# A whole run, whose tables, figures and chart become doc/performance.*
bench-doc: all $(bench_parts)
	@$(AM_TESTS_ENVIRONMENT) $(BASH_PATH) '$(srcdir)/test/bench/bench.sh' $(BENCH_ARGS) -o bench
	@$(BASH_PATH) '$(srcdir)/test/bench/publish.sh' bench '$(srcdir)/doc'
