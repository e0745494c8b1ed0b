/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMAC (SP 800-38B) with AES, of CBC alone: also the block that the subkeys are
 * made from is one of CBC, with an IV of zeros.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/aes.h"
#include "crypto/crypto.h"

struct cmac {
	struct mac base;
	struct blocks *blocks;
	uint8_t chain[AES_BLOCK_LEN]; /* CBC's IV */
	uint8_t last[AES_BLOCK_LEN];  /* of the message so far; a byte at least, when there is one */
	size_t last_len;
};

static CK_RV
cbc_run(struct cmac *m, uint8_t *iv, uint8_t *data, size_t len)
{
	return m->blocks->ops->run(m->blocks, BLOCK_CBC, true, iv, bytes_of(data, len), data);
}

static CK_RV
cmac_update(struct mac *base, struct bytes data)
{
	struct cmac *m = (struct cmac *)base;
	size_t len = 0;
	struct buf text = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (data.len == 0)
		return CKR_OK;
	if ((rv = buf_append(&text, bytes_of(m->last, m->last_len))) != CKR_OK ||
		(rv = buf_append(&text, data)) != CKR_OK)
		goto out;
	len = (text.len - 1) / AES_BLOCK_LEN * AES_BLOCK_LEN;
	m->last_len = text.len - len;
	memcpy(m->last, text.ptr + len, m->last_len);
	if (len > 0)
		rv = cbc_run(m, m->chain, text.ptr, len);
out:
	buf_free(&text);
	return rv;
}

/* Times x in GF(2^128), big-endian. */
static void
double_block(uint8_t *block)
{
	uint8_t carry = 0;

	for (size_t i = AES_BLOCK_LEN; i > 0; i--) {
		uint8_t next = block[i - 1] >> 7;

		block[i - 1] = (uint8_t)(block[i - 1] << 1 | carry);
		carry = next;
	}
	block[AES_BLOCK_LEN - 1] ^= (uint8_t)(0x87 * carry);
}

/* The last block, filled up if it has to be, and with its subkey. */
static void
last_block(struct cmac *m, uint8_t *subkey)
{
	double_block(subkey);
	if (m->last_len < AES_BLOCK_LEN) {
		double_block(subkey);
		memset(m->last + m->last_len, 0, AES_BLOCK_LEN - m->last_len);
		m->last[m->last_len] = 0x80;
	}
	for (size_t i = 0; i < AES_BLOCK_LEN; i++)
		m->last[i] ^= subkey[i];
}

static CK_RV
cmac_final(struct mac *base, struct buf *out)
{
	struct cmac *m = (struct cmac *)base;
	uint8_t iv[AES_BLOCK_LEN] = { 0 };
	uint8_t subkey[AES_BLOCK_LEN] = { 0 };
	CK_RV rv = cbc_run(m, iv, subkey, sizeof subkey);

	if (rv != CKR_OK)
		return rv;
	last_block(m, subkey);
	rv = cbc_run(m, m->chain, m->last, sizeof m->last);
	mem_wipe(iv, sizeof iv); /* the chain: what the subkeys are made from */
	mem_wipe(subkey, sizeof subkey);
	return rv == CKR_OK ? buf_set(out, bytes_of(m->last, sizeof m->last)) : rv;
}

static CK_RV
cmac_restart(struct mac *base)
{
	struct cmac *m = (struct cmac *)base;

	mem_wipe(m->chain, sizeof m->chain);
	mem_wipe(m->last, sizeof m->last);
	m->last_len = 0;
	return CKR_OK;
}

static void
cmac_free(struct mac *base)
{
	struct cmac *m = (struct cmac *)base;

	blocks_free(m->blocks);
	mem_wipe(m, sizeof *m);
	free(m);
}

static const struct mac_ops cmac_ops = { cmac_update, cmac_final, cmac_restart, cmac_free };

CK_RV
cmac_new(struct blocks *blocks, struct mac **out)
{
	struct cmac *m = calloc(1, sizeof *m);

	if (m == NULL) {
		blocks_free(blocks);
		return CKR_HOST_MEMORY;
	}
	m->base.ops = &cmac_ops;
	m->blocks = blocks; /* owned by m */
	*out = &m->base;    /* owned by the caller */
	return CKR_OK;
}
