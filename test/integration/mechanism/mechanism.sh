#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every mechanism, with a software TPM of its own. It has no AES with 192 bits: such a key is sealed.
export API_CONF='seal-aes = yes'
export API_PROGRAM=${abs_top_builddir:-$PWD}/test/integration/mechanism/mechanism
exec "$(dirname "$0")/../api/run_api.sh"
