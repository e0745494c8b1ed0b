/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rate of signatures: a bare Esys_Sign loop with password authorisation, and
 * C_SignInit + C_Sign of the module, on the same TPM, in turns, in one run.
 *
 *   rate MODULE TCTI [ROUNDS [SIGNATURES]]
 *
 * Makes a token of its own through the module (its store comes from the
 * environment), so use it with a software TPM. Prints a line a round, and last
 * the medians and their ratio.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tss2/tss2_esys.h>
#include <tss2/tss2_tctildr.h>

#include "tpm2-token/pkcs11.h"

#define ROUNDS_MAX 99
#define SRK        0x81000001u

static CK_BYTE digest[32] = "a digest of thirty-two bytes....";

static void
die(const char *what, unsigned long code)
{
	fprintf(stderr, "rate: %s failed: 0x%lx\n", what, code);
	exit(1);
}

static void
must_tss(const char *what, TSS2_RC rc)
{
	if (rc != TSS2_RC_SUCCESS)
		die(what, rc);
}

static void
must_ck(const char *what, CK_RV rv)
{
	if (rv != CKR_OK)
		die(what, rv);
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- the bare TPM ---------------------------------------------------------- */

struct bare {
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys;
	ESYS_TR key;
};

static void
bare_open(struct bare *b, const char *tcti)
{
	must_tss("Tss2_TctiLdr_Initialize", Tss2_TctiLdr_Initialize(tcti, &b->tcti));
	must_tss("Esys_Initialize", Esys_Initialize(&b->esys, b->tcti, NULL));
}

/* A P-256 key with a 32-byte authorisation under the parent that the token uses too. */
static void
bare_key(struct bare *b)
{
	TPM2B_SENSITIVE_CREATE sensitive = { 0 };
	TPM2B_PUBLIC template = { 0 };
	TPMT_PUBLIC *area = &template.publicArea;
	TPM2B_DATA outside = { 0 };
	TPML_PCR_SELECTION pcr = { 0 };
	TPM2B_PRIVATE *private = NULL;
	TPM2B_PUBLIC *public = NULL;
	TPM2B_AUTH auth = { .size = 32 };
	ESYS_TR parent = ESYS_TR_NONE;

	memset(auth.buffer, 0x5a, auth.size);
	sensitive.sensitive.userAuth = auth;
	area->type = TPM2_ALG_ECC;
	area->nameAlg = TPM2_ALG_SHA256;
	area->objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
		TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA |
		TPMA_OBJECT_SIGN_ENCRYPT;
	area->parameters.eccDetail.symmetric.algorithm = TPM2_ALG_NULL;
	area->parameters.eccDetail.scheme.scheme = TPM2_ALG_NULL;
	area->parameters.eccDetail.curveID = TPM2_ECC_NIST_P256;
	area->parameters.eccDetail.kdf.scheme = TPM2_ALG_NULL;
	must_tss("Esys_TR_FromTPMPublic",
		Esys_TR_FromTPMPublic(b->esys, SRK, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &parent));
	must_tss("Esys_Create",
		Esys_Create(b->esys, parent, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE, &sensitive,
			&template, &outside, &pcr, &private, &public, NULL, NULL, NULL));
	must_tss("Esys_Load", Esys_Load(b->esys, parent, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
				      private, public, &b->key));
	must_tss("Esys_TR_SetAuth", Esys_TR_SetAuth(b->esys, b->key, &auth));
	Esys_Free(private);
	Esys_Free(public);
	Esys_TR_Close(b->esys, &parent);
}

static double
bare_rate(struct bare *b, unsigned count)
{
	const TPMT_SIG_SCHEME scheme = { .scheme = TPM2_ALG_ECDSA,
		.details.ecdsa.hashAlg = TPM2_ALG_SHA256 };
	const TPMT_TK_HASHCHECK ticket = { .tag = TPM2_ST_HASHCHECK, .hierarchy = TPM2_RH_NULL };
	TPM2B_DIGEST in = { .size = sizeof digest };
	double start = now_s();

	memcpy(in.buffer, digest, sizeof digest);
	for (unsigned i = 0; i < count; i++) {
		TPMT_SIGNATURE *signature = NULL;

		must_tss("Esys_Sign", Esys_Sign(b->esys, b->key, ESYS_TR_PASSWORD, ESYS_TR_NONE,
					      ESYS_TR_NONE, &in, &scheme, &ticket, &signature));
		Esys_Free(signature);
	}
	return count / (now_s() - start);
}

static void
bare_close(struct bare *b)
{
	must_tss("Esys_FlushContext", Esys_FlushContext(b->esys, b->key));
	Esys_Finalize(&b->esys);
	Tss2_TctiLdr_Finalize(&b->tcti);
}

/* --- the module ------------------------------------------------------------- */

struct module {
	CK_FUNCTION_LIST *f;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
};

static void
module_open(struct module *m, const char *path)
{
	static CK_BYTE label[32] = "rate                            ";
	static CK_UTF8CHAR pin[] = "so-pin-of-rate";
	void *dl = dlopen(path, RTLD_NOW);
	CK_C_GetFunctionList get = NULL;
	CK_SLOT_ID slots[64];
	CK_ULONG count = 64;

	if (dl == NULL || (*(void **)&get = dlsym(dl, "C_GetFunctionList")) == NULL) {
		fprintf(stderr, "rate: %s\n", dlerror());
		exit(1);
	}
	must_ck("C_GetFunctionList", get(&m->f));
	must_ck("C_Initialize", m->f->C_Initialize(NULL));
	must_ck("C_GetSlotList", m->f->C_GetSlotList(CK_FALSE, slots, &count));
	must_ck("C_InitToken", m->f->C_InitToken(slots[count - 1], pin, sizeof pin - 1, label));
	must_ck("C_OpenSession", m->f->C_OpenSession(slots[count - 1], CKF_SERIAL_SESSION | CKF_RW_SESSION,
					 NULL, NULL, &m->session));
	must_ck("C_Login(SO)", m->f->C_Login(m->session, CKU_SO, pin, sizeof pin - 1));
	must_ck("C_InitPIN", m->f->C_InitPIN(m->session, pin, sizeof pin - 1));
	must_ck("C_Logout", m->f->C_Logout(m->session));
	must_ck("C_Login", m->f->C_Login(m->session, CKU_USER, pin, sizeof pin - 1));
}

static void
module_key(struct module *m)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	static CK_BBOOL yes = CK_TRUE;
	CK_MECHANISM generate = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, p256, sizeof p256 }, { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, 1 }, { CKA_SIGN, &yes, 1 } };
	CK_OBJECT_HANDLE public_key = 0;

	must_ck("C_GenerateKeyPair",
		m->f->C_GenerateKeyPair(m->session, &generate, public, 2, private, 2, &public_key, &m->key));
}

static double
module_rate(struct module *m, unsigned count)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	double start = now_s();

	for (unsigned i = 0; i < count; i++) {
		CK_BYTE signature[64];
		CK_ULONG len = sizeof signature;

		must_ck("C_SignInit", m->f->C_SignInit(m->session, &ecdsa, m->key));
		must_ck("C_Sign", m->f->C_Sign(m->session, digest, sizeof digest, signature, &len));
	}
	return count / (now_s() - start);
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
median(double *list, unsigned count)
{
	qsort(list, count, sizeof *list, ascending);
	return list[count / 2];
}

int
main(int argc, char **argv)
{
	unsigned rounds = argc > 3 ? (unsigned)atoi(argv[3]) : 9;
	unsigned count = argc > 4 ? (unsigned)atoi(argv[4]) : 1000;
	double bare_rates[ROUNDS_MAX];
	double module_rates[ROUNDS_MAX];
	double ratios[ROUNDS_MAX];
	struct bare bare = { 0 };
	struct module module = { 0 };

	if (argc < 3 || rounds < 1 || rounds > ROUNDS_MAX || count < 1) {
		fprintf(stderr, "usage: rate MODULE TCTI [ROUNDS [SIGNATURES]]\n");
		return 2;
	}
	module_open(&module, argv[1]);
	module_key(&module);
	bare_open(&bare, argv[2]);
	bare_key(&bare);
	bare_rate(&bare, count / 10 + 1);
	module_rate(&module, count / 10 + 1);
	for (unsigned i = 0; i < rounds; i++) {
		bare_rates[i] = bare_rate(&bare, count);
		module_rates[i] = module_rate(&module, count);
		ratios[i] = module_rates[i] / bare_rates[i];
		printf("round %u: bare %.0f/s, module %.0f/s, ratio %.3f\n", i + 1, bare_rates[i],
			module_rates[i], ratios[i]);
	}
	bare_close(&bare);
	must_ck("C_Finalize", module.f->C_Finalize(NULL));
	printf("median: bare %.0f/s, module %.0f/s, ratio %.3f\n", median(bare_rates, rounds),
		median(module_rates, rounds), median(ratios, rounds));
	return 0;
}
