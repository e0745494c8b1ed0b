/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TPM made of software that stands in place of libtpm in unit tests: it
 * checks authorisations, counts wrong ones as the dictionary-attack protection
 * does, and fails where a test wants it to.
 */
#ifndef TEST_FAKE_FAKE_TPM_H
#define TEST_FAKE_FAKE_TPM_H

#include "tpm/tpm.h"

struct fake_tpm {
	unsigned calls;   /* calls that would have reached the TPM */
	unsigned fail_at; /* the call with this number fails; 0: none */
	CK_RV fail_rv;
	bool absent;               /* there is no TPM: CKR_DEVICE_REMOVED */
	bool fips;                 /* keys that may sign may not decrypt */
	bool no_aes;               /* it has no EncryptDecrypt2 */
	uint32_t missing_modes;    /* bit (1 << enum block_mode): it has that, but not these */
	uint32_t hashes;           /* bit (1 << enum hash); all after a reset */
	uint32_t failures;         /* wrong authorisations of seals */
	uint32_t max;              /* lockout from here on */
	uint32_t forgotten;        /* tpm_forget() calls */
	void (*during)(void *arg); /* called while a command "runs" */
	void *during_arg;
};

extern struct fake_tpm fake_tpm;

/* As after a start, max 10. */
void fake_tpm_reset(void);

#endif
