# SPDX-License-Identifier: BSD-2-Clause
include test/integration/local.mk
include test/tcti/local.mk
include test/integration/api/local.mk
include test/bench/local.mk
include test/integration/budget/local.mk
include test/integration/fault/local.mk
include test/integration/install/local.mk
include test/integration/mechanism/local.mk
include test/integration/move/local.mk
include test/integration/oasis/local.mk
include test/integration/stress/local.mk
include test/vm/local.mk
