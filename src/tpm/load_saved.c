/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading what was loaded before from its context. TPM 2.0 Part 1, "Object Context Management".
 */
#include "config.h"

#include <stdlib.h>

#include <tss2/tss2_mu.h>

#include "base/log.h"
#include "tpm/tpm_private.h"

struct context_args {
	ESYS_TR tr;
	TPMS_CONTEXT *saved;
	TPMS_CONTEXT loaded;
};

static TSS2_RC
save_send(ESYS_CONTEXT *esys, void *args)
{
	struct context_args *a = args;

	return Esys_ContextSave(esys, a->tr, &a->saved);
}

static TSS2_RC
load_send(ESYS_CONTEXT *esys, void *args)
{
	struct context_args *a = args;

	return Esys_ContextLoad(esys, &a->loaded, &a->tr);
}

/* A primary takes longer to make than a key to load. */
static bool
pays(struct tpm *t, struct bytes private)
{
	return private.len == 0 || saved_pays(&t->saved);
}

static bool
context_read(const struct buf *in, TPMS_CONTEXT *out)
{
	size_t at = 0;

	return in->len > 0 &&
	       Tss2_MU_TPMS_CONTEXT_Unmarshal(in->ptr, in->len, &at, out) == TSS2_RC_SUCCESS;
}

bool
load_saved(struct tpm *t, struct bytes public, struct bytes private, ESYS_TR *out)
{
	struct saved_key *k = t->manager ? NULL : saved_find(&t->saved, public, private);
	struct context_args a = { .tr = ESYS_TR_NONE };

	if (k == NULL || !context_read(&k->context, &a.loaded) || !pays(t, private))
		return false;
	if (tpm_send_timed(t, load_send, &a, &t->saved.costs.context) == TSS2_RC_SUCCESS) {
		*out = a.tr;
		return true;
	}
	/* Nothing that was loaded is gone by that; if the way broke, the next command says so. */
	t->lost = false;
	log_info("saved keys cannot be loaded: the TPM was reset");
	saved_clear(&t->saved);
	return false;
}

static bool
context_write(const TPMS_CONTEXT *in, struct buf *out)
{
	uint8_t form[sizeof *in];
	size_t len = 0;

	return Tss2_MU_TPMS_CONTEXT_Marshal(in, form, sizeof form, &len) == TSS2_RC_SUCCESS &&
	       buf_set(out, bytes_of(form, len)) == CKR_OK;
}

void
load_learn(struct tpm *t, struct bytes public, struct bytes private, ESYS_TR tr)
{
	struct saved_key *k = t->manager ? NULL : saved_find(&t->saved, public, private);
	struct context_args a = { .tr = tr };

	if (t->manager)
		return;
	if (k == NULL) {
		(void)saved_add(&t->saved, public, private);
		return;
	}
	if (k->context.len > 0 || !pays(t, private) ||
		tpm_send(t, save_send, &a) != TSS2_RC_SUCCESS)
		return;
	if (!context_write(a.saved, &k->context))
		log_info("a key's context is not kept");
	Esys_Free(a.saved);
}
