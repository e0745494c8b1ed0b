# SPDX-License-Identifier: BSD-2-Clause
dist_man_MANS += \
	man/tpm2-token.1 \
	man/tpm2-token.7 \
	man/tpm2-token-mechanisms.7 \
	man/tpm2-token.conf.5
