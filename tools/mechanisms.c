/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mechanisms as lines of the tool's table, from which the manual's page
 * of them is made. What a TPM lacks is in it too: no TPM is asked.
 */
#include "config.h"

#include "base/names.h"
#include "model/mech.h"
#include "tool.h"

/* In the words of the manual. */
static const struct {
	CK_FLAGS flag;
	const char *word;
} uses[] = {
	{ CKF_GENERATE, "generate" },
	{ CKF_GENERATE_KEY_PAIR, "generate-pair" },
	{ CKF_SIGN, "sign" },
	{ CKF_VERIFY, "verify" },
	{ CKF_SIGN_RECOVER, "sign-recover" },
	{ CKF_VERIFY_RECOVER, "verify-recover" },
	{ CKF_ENCRYPT, "encrypt" },
	{ CKF_DECRYPT, "decrypt" },
	{ CKF_WRAP, "wrap" },
	{ CKF_UNWRAP, "unwrap" },
	{ CKF_DERIVE, "derive" },
	{ CKF_ENCAPSULATE, "encapsulate" },
	{ CKF_DECAPSULATE, "decapsulate" },
	{ CKF_DIGEST, "digest" },
};

static void
mechanism_print(FILE *f, const struct mech *m)
{
	const char *between = "";

	fprintf(f, "mechanism\t%s\t%s\t", name_of_mechanism(m->type),
		m->key_type == CK_UNAVAILABLE_INFORMATION ? "" : name_of_key_type(m->key_type));
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		if ((m->flags & uses[i].flag) == 0)
			continue;
		fprintf(f, "%s%s", between, uses[i].word);
		between = " ";
	}
	putc('\n', f);
}

void
mechanisms_table(FILE *f)
{
	size_t count = 0;
	const struct mech *rows = mech_rows(&count);

	for (size_t i = 0; i < count; i++)
		mechanism_print(f, &rows[i]);
}
