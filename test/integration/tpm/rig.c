/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tests' software TPM and objects.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tss2/tss2_tctildr.h>

#include "crypto/crypto.h"
#include "integration/tpm/rig.h"

int
rig_setup(void **state)
{
	struct rig *r = calloc(1, sizeof *r);

	if (r == NULL || crypto_open() != CKR_OK || !swtpm_start(&r->swtpm) ||
		!swtpm_relax(&r->swtpm))
		return -1;
	snprintf(r->log, sizeof r->log, "%s/commands", r->swtpm.dir);
	setenv("TOKENTEST_LOG", r->log, 1);
	snprintf(r->dump, sizeof r->dump, "%s/bytes", r->swtpm.dir);
	setenv("TOKENTEST_DUMP", r->dump, 1);
	*state = r;
	return 0;
}

int
rig_teardown(void **state)
{
	struct rig *r = *state;

	swtpm_stop(&r->swtpm);
	crypto_close();
	free(r);
	return 0;
}

struct tpm *
rig_tpm(struct rig *r, enum tpm_manager manager, const char *env, const char *value)
{
	char tcti[512];
	struct tpm *t = NULL;

	unsetenv("TOKENTEST_FAULT");
	unsetenv("TOKENTEST_HIDE");
	if (env != NULL)
		setenv(env, value, 1);
	snprintf(tcti, sizeof tcti, "%s:%s", TOKENTEST_MODULE, r->swtpm.tcti);
	assert_rv(CKR_OK, tpm_new(tcti, manager, &t));
	return t;
}

int
rig_connect(void **state)
{
	struct rig *r = *state;
	struct rig_object first;
	struct buf secret = BUF_EMPTY;

	r->tpm = rig_tpm(r, TPM_MANAGER_NO, NULL, NULL);
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_OWNER, 0, BYTES_EMPTY, &r->parent));
	assert_rv(CKR_OK, tpm_read_caps(r->tpm, &r->caps));
	/* After power-on the first use of a seal is answered by "retry". */
	rig_seal(r, &r->parent, &first);
	assert_rv(CKR_OK, tpm_unseal(r->tpm, &first.o, &secret));
	rig_object_free(&first);
	buf_free(&secret);
	rig_commands(r);
	return 0;
}

int
rig_disconnect(void **state)
{
	struct rig *r = *state;

	tpm_free(r->tpm);
	r->tpm = NULL;
	tpm_parent_free(&r->parent);
	/* What tests behind a pretended manager leave loaded. */
	if (!swtpm_reset(&r->swtpm))
		return -1;
	rig_commands(r);
	return 0;
}

const char *
rig_commands(struct rig *r)
{
	FILE *log = fopen(r->log, "r");
	char line[128];
	size_t used = 0;

	r->commands[0] = '\0';
	if (log == NULL)
		return r->commands;
	fseek(log, r->log_at, SEEK_SET);
	while (fgets(line, sizeof line, log) != NULL) {
		int n = snprintf(r->commands + used, sizeof r->commands - used, "%s%.*s",
			used > 0 ? " " : "", (int)strcspn(line, " "), line);

		used = used + (size_t)n < sizeof r->commands ? used + (size_t)n
							     : sizeof r->commands - 1;
	}
	r->log_at = ftell(log);
	fclose(log);
	return r->commands;
}

bool
rig_wire_has(const struct rig *r, struct bytes needle)
{
	struct buf all = BUF_EMPTY;
	struct stat st;
	FILE *dump = fopen(r->dump, "r");
	bool has = false;

	assert_non_null(dump);
	assert_int_equal(0, fstat(fileno(dump), &st));
	assert_rv(CKR_OK, buf_resize(&all, (size_t)st.st_size));
	assert_int_equal(all.len, fread(all.ptr, 1, all.len, dump));
	has = memmem(all.ptr, all.len, needle.ptr, needle.len) != NULL;
	fclose(dump);
	buf_free(&all);
	return has;
}

static unsigned
count_handles(ESYS_CONTEXT *esys, UINT32 first)
{
	TPMS_CAPABILITY_DATA *data = NULL;
	unsigned count = 0;

	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_GetCapability(esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
					 TPM2_CAP_HANDLES, first, 16, NULL, &data));
	count = data->data.handles.count;
	Esys_Free(data);
	return count;
}

unsigned
rig_left(struct rig *r)
{
	ESYS_CONTEXT *esys = rig_esys(r);
	unsigned count = count_handles(esys, 0x80000000u) + count_handles(esys, 0x02000000u);

	rig_esys_free(esys);
	return count;
}

struct bytes
rig_auth(void)
{
	return LITERAL("an authorisation of thirty-two b");
}

struct bytes
rig_wrong_auth(void)
{
	return LITERAL("an authorisation of thirty-two B");
}

static void
object_describe(struct rig_object *o, const struct tpm_parent *parent)
{
	o->o = (struct tpm_object){ parent, BYTES_EMPTY, view(&o->public), view(&o->private),
		rig_auth() };
}

void
rig_seal(struct rig *r, const struct tpm_parent *parent, struct rig_object *out)
{
	*out = (struct rig_object){ .public = BUF_EMPTY };
	assert_rv(CKR_OK, tpm_seal(r->tpm, parent, BYTES_EMPTY, rig_auth(), LITERAL("a secret"),
				  &out->public, &out->private));
	object_describe(out, parent);
}

void
rig_key(struct rig *r, const struct tpm_parent *parent, const struct keyspec *spec,
	struct rig_object *out)
{
	*out = (struct rig_object){ .public = BUF_EMPTY };
	assert_rv(CKR_OK, tpm_create_key(r->tpm, parent, BYTES_EMPTY, &r->caps, spec, rig_auth(),
				  &out->public, &out->private));
	object_describe(out, parent);
}

void
rig_secret(struct rig *r, const struct tpm_parent *parent, const struct secretspec *spec,
	struct rig_object *out)
{
	*out = (struct rig_object){ .public = BUF_EMPTY };
	assert_rv(CKR_OK, tpm_create_secret(r->tpm, parent, BYTES_EMPTY, &r->caps, spec, rig_auth(),
				  &out->public, &out->private));
	object_describe(out, parent);
}

void
rig_ec_key(struct rig *r, struct rig_object *out)
{
	struct keyspec spec = { KEY_EC, CURVE_P256, 0, true, false, false };

	rig_key(r, &r->parent, &spec, out);
}

CK_RV
rig_sign(struct tpm *t, const struct rig_object *key, struct buf *signature)
{
	struct scheme s = { .alg = ALG_ECDSA };

	return tpm_sign(t, &key->o, &s, RIG_DIGEST, signature);
}

void
rig_object_free(struct rig_object *o)
{
	buf_free(&o->public);
	buf_free(&o->private);
}

ESYS_CONTEXT *
rig_esys(struct rig *r)
{
	TSS2_TCTI_CONTEXT *tcti = NULL;
	ESYS_CONTEXT *esys = NULL;

	assert_int_equal(TSS2_RC_SUCCESS, Tss2_TctiLdr_Initialize(r->swtpm.tcti, &tcti));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_Initialize(&esys, tcti, NULL));
	return esys;
}

void
rig_esys_free(ESYS_CONTEXT *esys)
{
	TSS2_TCTI_CONTEXT *tcti = NULL;

	assert_int_equal(TSS2_RC_SUCCESS, Esys_GetTcti(esys, &tcti));
	Esys_Finalize(&esys);
	Tss2_TctiLdr_Finalize(&tcti);
}

/* Made by a program that is not ours. */
static void
make_rsa_parent(struct rig *r, TPM2_HANDLE handle)
{
	static const TPM2B_SENSITIVE_CREATE no_secret;
	static const TPM2B_DATA no_data;
	static const TPML_PCR_SELECTION no_pcrs;
	TPM2B_PUBLIC template = {
		.publicArea = { .type = TPM2_ALG_RSA,
			.nameAlg = TPM2_ALG_SHA256,
			.objectAttributes = TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT |
					    TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
					    TPMA_OBJECT_SENSITIVEDATAORIGIN |
					    TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA,
			.parameters.rsaDetail = { .symmetric = { .algorithm = TPM2_ALG_AES,
							  .keyBits.aes = 128,
							  .mode.aes = TPM2_ALG_CFB },
				.scheme.scheme = TPM2_ALG_NULL,
				.keyBits = 2048 } }
	};
	ESYS_CONTEXT *esys = rig_esys(r);
	ESYS_TR object = ESYS_TR_NONE;
	ESYS_TR out = ESYS_TR_NONE;

	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_CreatePrimary(esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD,
					 ESYS_TR_NONE, ESYS_TR_NONE, &no_secret, &template,
					 &no_data, &no_pcrs, &object, NULL, NULL, NULL, NULL));
	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_EvictControl(esys, ESYS_TR_RH_OWNER, object, ESYS_TR_PASSWORD,
					 ESYS_TR_NONE, ESYS_TR_NONE, handle, &out));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_FlushContext(esys, object));
	rig_esys_free(esys);
}

void
rig_rsa_parent(struct rig *r, struct tpm_parent *out)
{
	TPM2_HANDLE handle = 0x81000020;

	if (tpm_parent_open(r->tpm, TPM_PERSISTENT, handle, BYTES_EMPTY, out) == CKR_OK)
		return;
	make_rsa_parent(r, handle);
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_PERSISTENT, handle, BYTES_EMPTY, out));
	rig_commands(r);
}

bool
rig_heap_has(const uint8_t *masked, size_t len)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[256];
	unsigned long from = 0;
	unsigned long to = 0;
	bool found = false;

	assert_non_null(maps);
	while (fgets(line, sizeof line, maps) != NULL) {
		if (strstr(line, "[heap]") == NULL || sscanf(line, "%lx-%lx", &from, &to) != 2)
			continue;
		for (const uint8_t *p = (const uint8_t *)from; p + len <= (const uint8_t *)to;
			p++) {
			size_t i = 0;

			while (i < len && (p[i] ^ 0xa5) == masked[i])
				i++;
			found |= i == len;
		}
	}
	fclose(maps);
	return found;
}

void
rig_random(struct buf *out, size_t len, uint8_t *masked)
{
	assert_rv(CKR_OK, buf_resize(out, len));
	assert_rv(CKR_OK, crypto_random(out->ptr, len));
	out->ptr[len - 1] |= 1;
	for (size_t i = 0; i < len; i++)
		masked[i] = out->ptr[i] ^ 0xa5;
}
