#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# All API tests in a program with an allocator of its own, and with the module loaded as pkcs11-provider does: its malloc()
# and free() are libc's then, but what libc itself allocates comes from the program's.
set -u
: "${top_builddir:?the build folder}" "${top_srcdir:?the sources}"
export abs_top_builddir=$top_builddir API_DEEPBIND=1
export API_PRELOAD=$top_builddir/test/integration/api/.libs/tokentest-allocator.so
[ -e "$API_PRELOAD" ] || { echo "$API_PRELOAD is missing"; exit 99; }
exec "$top_srcdir/test/integration/api/run_api.sh"
