/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys of a TPM by plain ESAPI calls.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <tss2/tss2_tctildr.h>

#include "bench/bare.h"

#define SRK      0x81000001u
#define AUTH_LEN 32

void
must_tss(const char *what, TSS2_RC rc)
{
	if (rc != TSS2_RC_SUCCESS)
		die(what, rc);
}

void
bare_open(struct bare *b)
{
	must_tss(
		"Tss2_TctiLdr_Initialize", Tss2_TctiLdr_Initialize(getenv("BENCH_TCTI"), &b->tcti));
	must_tss("Esys_Initialize", Esys_Initialize(&b->esys, b->tcti, NULL));
	must_tss("Esys_TR_FromTPMPublic", Esys_TR_FromTPMPublic(b->esys, SRK, ESYS_TR_NONE,
						  ESYS_TR_NONE, ESYS_TR_NONE, &b->parent));
}

void
bare_close(struct bare *b)
{
	Esys_TR_Close(b->esys, &b->parent);
	Esys_Finalize(&b->esys);
	Tss2_TctiLdr_Finalize(&b->tcti);
}

static void
template_kind(TPMT_PUBLIC *area, enum kind kind)
{
	if (kind == KIND_RSA) {
		area->type = TPM2_ALG_RSA;
		area->parameters.rsaDetail.symmetric.algorithm = TPM2_ALG_NULL;
		area->parameters.rsaDetail.scheme.scheme = TPM2_ALG_NULL;
		area->parameters.rsaDetail.keyBits = 2048;
		return;
	}
	area->type = TPM2_ALG_ECC;
	area->parameters.eccDetail.symmetric.algorithm = TPM2_ALG_NULL;
	area->parameters.eccDetail.scheme.scheme = TPM2_ALG_NULL;
	area->parameters.eccDetail.curveID = TPM2_ECC_NIST_P256;
	area->parameters.eccDetail.kdf.scheme = TPM2_ALG_NULL;
}

static TPM2B_AUTH
key_auth(void)
{
	TPM2B_AUTH auth = { .size = AUTH_LEN };

	memset(auth.buffer, 0x5a, auth.size);
	return auth;
}

void
bare_create(struct bare *b, enum kind kind, struct bare_key *key)
{
	TPM2B_SENSITIVE_CREATE sensitive = { .sensitive.userAuth = key_auth() };
	TPM2B_PUBLIC template = { .publicArea = {
					  .nameAlg = TPM2_ALG_SHA256,
					  .objectAttributes =
						  TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
						  TPMA_OBJECT_SENSITIVEDATAORIGIN |
						  TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA |
						  TPMA_OBJECT_SIGN_ENCRYPT,
				  } };
	TPM2B_DATA outside = { 0 };
	TPML_PCR_SELECTION pcr = { 0 };

	*key = (struct bare_key){ .loaded = ESYS_TR_NONE };
	template_kind(&template.publicArea, kind);
	must_tss("Esys_Create", Esys_Create(b->esys, b->parent, ESYS_TR_PASSWORD, ESYS_TR_NONE,
					ESYS_TR_NONE, &sensitive, &template, &outside, &pcr,
					&key->private, &key->public, NULL, NULL, NULL));
}

void
bare_load(struct bare *b, struct bare_key *key)
{
	must_tss("Esys_Load", Esys_Load(b->esys, b->parent, ESYS_TR_PASSWORD, ESYS_TR_NONE,
				      ESYS_TR_NONE, key->private, key->public, &key->loaded));
	bare_key_auth(b, key);
}

void
bare_key_auth(struct bare *b, const struct bare_key *key)
{
	TPM2B_AUTH auth = key_auth();

	must_tss("Esys_TR_SetAuth", Esys_TR_SetAuth(b->esys, key->loaded, &auth));
}

void
bare_flush(struct bare *b, struct bare_key *key)
{
	if (key->loaded != ESYS_TR_NONE)
		must_tss("Esys_FlushContext", Esys_FlushContext(b->esys, key->loaded));
	key->loaded = ESYS_TR_NONE;
}

void
bare_key_free(struct bare *b, struct bare_key *key)
{
	bare_flush(b, key);
	Esys_Free(key->public);
	Esys_Free(key->private);
}

TPMT_SIGNATURE *
bare_sign(struct bare *b, const struct bare_key *key)
{
	const TPMT_TK_HASHCHECK ticket = { .tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL };
	bool rsa = key->public->publicArea.type == TPM2_ALG_RSA;
	TPMT_SIG_SCHEME scheme = { .scheme = rsa ? TPM2_ALG_RSASSA : TPM2_ALG_ECDSA };
	TPM2B_DIGEST in = { .size = DIGEST_LEN };
	TPMT_SIGNATURE *signature = NULL;

	scheme.details.any.hashAlg = TPM2_ALG_SHA256;
	memcpy(in.buffer, bench_digest, DIGEST_LEN);
	must_tss("Esys_Sign", Esys_Sign(b->esys, key->loaded, ESYS_TR_PASSWORD, ESYS_TR_NONE,
				      ESYS_TR_NONE, &in, &scheme, &ticket, &signature));
	return signature;
}
