#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The API tests against SoftHSM.
exec "$(dirname "$0")/run_api.sh" softhsm
