# SPDX-License-Identifier: BSD-2-Clause
# What calls may cost in TPM commands.
check_PROGRAMS += test/integration/budget/budget
test_integration_budget_budget_SOURCES = \
	test/integration/budget/budget.c \
	test/integration/budget/budget.h \
	test/integration/budget/client.c \
	test/integration/budget/look.c \
	test/integration/budget/move.c \
	test/integration/budget/process.c \
	test/integration/budget/random.c \
	test/integration/budget/rsa.c \
	test/integration/budget/secret.c \
	test/integration/budget/sign.c
dist_check_SCRIPTS += test/integration/budget/budget.sh
TESTS += test/integration/budget/budget.sh
