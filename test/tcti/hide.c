/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hiding algorithms, curves, key sizes and commands.
 */
#include "config.h"

#include <string.h>

#include <tss2/tss2_mu.h>

#include "tcti/hide.h"
#include "tpm/wire.h"

enum { HEADER = 10 };

struct name_row {
	const char *name;
	struct hide_row row;
};

static const struct name_row names[] = {
	{ "SHA1", { HIDE_ALG, TPM2_ALG_SHA1 } },
	{ "SHA384", { HIDE_ALG, TPM2_ALG_SHA384 } },
	{ "SHA512", { HIDE_ALG, TPM2_ALG_SHA512 } },
	{ "ECC", { HIDE_ALG, TPM2_ALG_ECC } },
	{ "CBC", { HIDE_ALG, TPM2_ALG_CBC } },
	{ "P-384", { HIDE_CURVE, TPM2_ECC_NIST_P384 } },
	{ "P-521", { HIDE_CURVE, TPM2_ECC_NIST_P521 } },
	{ "RSA-1024", { HIDE_RSA_BITS, 1024 } },
	{ "RSA-3072", { HIDE_RSA_BITS, 3072 } },
	{ "RSA-4096", { HIDE_RSA_BITS, 4096 } },
};

bool
hide_add(struct hide *h, enum hide_kind kind, uint32_t value)
{
	if (h->count == HIDE_MAX)
		return false;
	h->rows[h->count++] = (struct hide_row){ kind, value };
	return true;
}

bool
hide_add_name(struct hide *h, const char *name)
{
	const struct wire_command *rows = NULL;
	size_t count = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i].name, name) == 0)
			return hide_add(h, names[i].row.kind, names[i].row.value);
	rows = wire_command_rows(&count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].name + strlen("TPM2_"), name) == 0)
			return hide_add(h, HIDE_COMMAND, rows[i].code);
	return false;
}

static bool
hidden(const struct hide *h, enum hide_kind kind, uint32_t value)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->rows[i].kind == kind && h->rows[i].value == value)
			return true;
	return false;
}

static TSS2_RC
hidden_parms(const struct hide *h, uint16_t type, const TPMU_PUBLIC_PARMS *p)
{
	if (hidden(h, HIDE_ALG, type))
		return TPM2_RC_TYPE;
	if (type == TPM2_ALG_RSA && hidden(h, HIDE_RSA_BITS, p->rsaDetail.keyBits))
		return TPM2_RC_VALUE;
	if (type == TPM2_ALG_ECC && hidden(h, HIDE_CURVE, p->eccDetail.curveID))
		return TPM2_RC_CURVE;
	return TSS2_RC_SUCCESS;
}

/* Parameters of Create and CreatePrimary, whose first one may be encrypted; its length is not. */
static TSS2_RC
hidden_template(const struct hide *h, struct bytes params)
{
	struct reader r = reader_of(params);
	TPM2B_PUBLIC public = { 0 };
	size_t at = 0;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	(void)read_sized_u16(&r);
	if (r.failed || Tss2_MU_TPM2B_PUBLIC_Unmarshal(r.rest.ptr, r.rest.len, &at, &public) !=
				TSS2_RC_SUCCESS)
		return TSS2_RC_SUCCESS;
	if (hidden(h, HIDE_ALG, public.publicArea.nameAlg))
		return TPM2_RC_HASH + TPM2_RC_P + TPM2_RC_2;
	rc = hidden_parms(h, public.publicArea.type, &public.publicArea.parameters);
	return rc == TSS2_RC_SUCCESS ? rc : rc + TPM2_RC_P + TPM2_RC_2;
}

static TSS2_RC
hidden_test(const struct hide *h, struct bytes params)
{
	TPMT_PUBLIC_PARMS parms = { 0 };
	size_t at = 0;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (Tss2_MU_TPMT_PUBLIC_PARMS_Unmarshal(params.ptr, params.len, &at, &parms) !=
		TSS2_RC_SUCCESS)
		return TSS2_RC_SUCCESS;
	rc = hidden_parms(h, parms.type, &parms.parameters);
	return rc == TSS2_RC_SUCCESS ? rc : rc + TPM2_RC_P + TPM2_RC_1;
}

static TSS2_RC
hidden_scheme(const struct hide *h, struct bytes params)
{
	struct reader r = reader_of(params);

	(void)read_sized_u16(&r);
	if (read_u16(&r) != TPM2_ALG_NULL && hidden(h, HIDE_ALG, read_u16(&r)))
		return TPM2_RC_HASH + TPM2_RC_P + TPM2_RC_2;
	return TSS2_RC_SUCCESS;
}

/* Hash, HMAC: a buffer and a hash. */
static TSS2_RC
hidden_hash(const struct hide *h, struct bytes params)
{
	struct reader r = reader_of(params);

	(void)read_sized_u16(&r);
	return hidden(h, HIDE_ALG, read_u16(&r)) ? TPM2_RC_HASH + TPM2_RC_P + TPM2_RC_2
						 : TSS2_RC_SUCCESS;
}

struct check_row {
	uint32_t code;
	TSS2_RC (*check)(const struct hide *h, struct bytes params);
};

static const struct check_row checks[] = {
	{ TPM2_CC_Create, hidden_template },
	{ TPM2_CC_CreatePrimary, hidden_template },
	{ TPM2_CC_TestParms, hidden_test },
	{ TPM2_CC_Sign, hidden_scheme },
	{ TPM2_CC_Hash, hidden_hash },
	{ TPM2_CC_HMAC, hidden_hash },
	{ TPM2_CC_HMAC_Start, hidden_hash },
	{ TPM2_CC_HashSequenceStart, hidden_hash },
};

static struct bytes
params_of(struct bytes command, uint32_t code)
{
	const struct wire_command *row = wire_command_find(code);
	struct reader r = reader_of(command);
	bool sessions = read_u16(&r) == TPM2_ST_SESSIONS;

	if (row == NULL)
		return BYTES_EMPTY;
	(void)read_bytes(&r, HEADER - 2 + (size_t)4 * row->handles);
	if (sessions)
		(void)read_sized(&r);
	return r.rest;
}

TSS2_RC
hide_command(const struct hide *h, struct bytes command)
{
	struct reader r = reader_of(bytes_slice(command, HEADER - 4, 4));
	uint32_t code = read_u32(&r);

	if (h->count == 0)
		return TSS2_RC_SUCCESS;
	if (hidden(h, HIDE_COMMAND, code))
		return TPM2_RC_COMMAND_CODE;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if (checks[i].code == code)
			return checks[i].check(h, params_of(command, code));
	return TSS2_RC_SUCCESS;
}

struct list_row {
	uint32_t capability;
	enum hide_kind kind;
	size_t row_len;
	size_t value_len; /* at the row's begin */
	uint32_t mask;
};

static const struct list_row lists[] = {
	{ TPM2_CAP_ALGS, HIDE_ALG, 6, 2, 0xffff },
	{ TPM2_CAP_COMMANDS, HIDE_COMMAND, 4, 4, 0xffff },
	{ TPM2_CAP_ECC_CURVES, HIDE_CURVE, 2, 2, 0xffff },
};

/* list: u32 count, rows. Returns the bytes that are left of it. */
static size_t
filter_list(const struct hide *h, const struct list_row *l, uint8_t *list, size_t len)
{
	struct reader r = reader_of(bytes_of(list, len));
	uint32_t count = read_u32(&r);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct bytes row = read_bytes(&r, l->row_len);
		struct reader v = reader_of(row);
		uint32_t value = l->value_len == 2 ? read_u16(&v) : read_u32(&v);

		if (r.failed)
			return len;
		if (!hidden(h, l->kind, value & l->mask))
			memmove(list + 4 + l->row_len * kept++, row.ptr, row.len);
	}
	put_u32(list, kept);
	return 4 + l->row_len * kept;
}

size_t
hide_answer(const struct hide *h, uint32_t code, uint8_t *answer, size_t len)
{
	/* Header, moreData, capability, list. */
	struct reader r = reader_of(bytes_of(answer, len));
	uint32_t capability = 0;
	size_t at = HEADER + 1 + 4;

	if (h->count == 0 || code != TPM2_CC_GetCapability || len <= at)
		return len;
	(void)read_bytes(&r, HEADER + 1);
	capability = read_u32(&r);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (lists[i].capability == capability)
			len = at + filter_list(h, &lists[i], answer + at, len - at);
	put_u32(answer + 2, (uint32_t)len);
	return len;
}
