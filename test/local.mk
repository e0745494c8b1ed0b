# SPDX-License-Identifier: BSD-2-Clause
include test/tcti/local.mk
