/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects and sessions that a connection has in the TPM.
 */
#include "config.h"

#include <tss2/tss2_tpm2_types.h>

#include "tcti/held.h"
#include "tpm/wire.h"

enum { BEFORE_CODE = 6 };

static bool
is_session(uint32_t handle)
{
	uint32_t type = handle >> TPM2_HR_SHIFT;

	return type == TPM2_HT_HMAC_SESSION || type == TPM2_HT_POLICY_SESSION;
}

static bool
is_object(uint32_t handle)
{
	return handle >> TPM2_HR_SHIFT == TPM2_HT_TRANSIENT;
}

static void
add(struct held *h, uint32_t handle)
{
	if ((is_session(handle) || is_object(handle)) && h->count < HELD_MAX)
		h->handles[h->count++] = handle;
}

static void
drop(struct held *h, uint32_t handle)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->handles[i] == handle) {
			h->handles[i] = h->handles[--h->count];
			return;
		}
}

/* One authorisation: a session without continueSession is gone afterwards. */
static void
read_auth(struct held *h, struct reader *r)
{
	uint32_t handle = read_u32(r);
	uint8_t attributes = 0;

	(void)read_sized_u16(r);
	attributes = read_u8(r);
	(void)read_sized_u16(r);
	if (r->failed || h->ending_count == HELD_ENDING_MAX || !is_session(handle))
		return;
	if ((attributes & TPMA_SESSION_CONTINUESESSION) == 0)
		h->ending[h->ending_count++] = handle;
}

static void
read_auths(struct held *h, struct reader *r, size_t handles)
{
	struct reader area;

	(void)read_bytes(r, handles * sizeof(uint32_t));
	area = reader_of(read_bytes(r, read_u32(r)));
	while (!area.failed && area.rest.len > 0)
		read_auth(h, &area);
}

void
held_sent(struct held *h, struct bytes command)
{
	struct reader r = reader_of(command);
	const struct wire_command *row = NULL;
	struct reader at;
	uint16_t tag = read_u16(&r);

	h->ending_count = 0;
	(void)read_u32(&r);
	h->code = read_u32(&r);
	at = r;
	h->first = read_u32(&at);
	row = wire_command_find(h->code);
	if (row != NULL && tag == TPM2_ST_SESSIONS)
		read_auths(h, &r, row->handles);
}

void
held_answered(struct held *h, struct bytes answer)
{
	struct reader r = reader_of(answer);
	const struct wire_command *row = wire_command_find(h->code);

	(void)read_bytes(&r, BEFORE_CODE);
	if (read_u32(&r) != TPM2_RC_SUCCESS || r.failed)
		return;
	if (h->code == TPM2_CC_FlushContext ||
		(h->code == TPM2_CC_ContextSave && is_session(h->first)))
		drop(h, h->first);
	if (row != NULL && row->answer_handles > 0)
		add(h, read_u32(&r));
	for (size_t i = 0; i < h->ending_count; i++)
		drop(h, h->ending[i]);
}

static unsigned
count_if(const struct held *h, bool (*is)(uint32_t handle))
{
	unsigned count = 0;

	for (size_t i = 0; i < h->count; i++)
		count += is(h->handles[i]);
	return count;
}

unsigned
held_objects(const struct held *h)
{
	return count_if(h, is_object);
}

unsigned
held_sessions(const struct held *h)
{
	return count_if(h, is_session);
}
