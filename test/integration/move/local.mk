# SPDX-License-Identifier: BSD-2-Clause
# What was wrapped unwraps on another token.
check_PROGRAMS += test/integration/move/move
test_integration_move_move_SOURCES = test/integration/move/move.c
test_integration_move_move_LDADD = -ldl
dist_check_SCRIPTS += test/integration/move/move.sh
TESTS += test/integration/move/move.sh
