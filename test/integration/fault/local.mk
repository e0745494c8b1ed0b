# SPDX-License-Identifier: BSD-2-Clause
# The module when the way to the TPM fails or the TPM is reset under it.
check_PROGRAMS += test/integration/fault/fault
test_integration_fault_fault_SOURCES = test/integration/fault/fault.c
dist_check_SCRIPTS += test/integration/fault/fault.sh
TESTS += test/integration/fault/fault.sh
