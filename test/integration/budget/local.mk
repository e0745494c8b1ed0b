# SPDX-License-Identifier: BSD-2-Clause
# What calls may cost in TPM commands.
check_PROGRAMS += test/integration/budget/budget
test_integration_budget_budget_SOURCES = test/integration/budget/budget.c
dist_check_SCRIPTS += test/integration/budget/budget.sh
TESTS += test/integration/budget/budget.sh
