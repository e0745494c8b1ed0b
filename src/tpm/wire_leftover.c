/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What programs that ended without C_Finalize left loaded. Behind a resource
 * manager it goes with their connection; without one it stays until the TPM is
 * reset, and three forgotten sessions are enough that nobody gets another, or
 * one that was saved long ago: TPM_RC_CONTEXT_GAP.
 * One is flushed at a time, that with the highest handle, so that programs that
 * live and have been there for long keep what they have.
 * TPM 2.0 Part 3, "TPM2_GetCapability", TPM_CAP_HANDLES.
 */
#include "config.h"

#include "base/log.h"
#include "tpm/wire_private.h"

/* TPM 2.0 Part 2, "TPM_PT", TPM_PT_ACTIVE_SESSIONS_MAX: 64 in practice. */
enum { HANDLES_MAX = 64, HANDLE_BITS = 0xffffff };

/* Of a saved session TPMs do not tell the kind. */
static bool
is_ours(const struct wire *w, uint32_t handle)
{
	for (size_t i = 0; i < WIRE_SESSIONS; i++)
		if (w->sessions[i].state != SESSION_NONE &&
			handle >> TPM2_HR_SHIFT != TPM2_HT_TRANSIENT &&
			((w->sessions[i].handle ^ handle) & HANDLE_BITS) == 0)
			return true;
	return wire_name_known(w, handle);
}

static bool
ask_handles(struct wire *w, uint32_t kind)
{
	struct wire_writer out = wire_writer_of(w->sent, sizeof w->sent);
	uint32_t rc = 0;

	wire_put_begin(&out, TPM2_ST_NO_SESSIONS, TPM2_CC_GetCapability);
	wire_put_u32(&out, TPM2_CAP_HANDLES);
	wire_put_u32(&out, kind << TPM2_HR_SHIFT);
	wire_put_u32(&out, HANDLES_MAX);
	wire_put_end(&out);
	w->sent_len = out.len;
	return wire_exchange(w) == TSS2_RC_SUCCESS &&
	       wire_answer_rc(bytes_of(w->answer, w->answer_len), &rc) && rc == TPM2_RC_SUCCESS;
}

/* The last of the handles in answer[] that is not ours; 0: none. */
static uint32_t
last_foreign(const struct wire *w)
{
	struct reader r = reader_of(bytes_of(w->answer, w->answer_len));
	uint32_t count = 0;
	uint32_t found = 0;

	(void)read_bytes(&r, WIRE_HEADER);
	(void)read_u8(&r);  /* whether there are more */
	(void)read_u32(&r); /* the capability */
	count = read_u32(&r);
	for (uint32_t i = 0; i < count && i < HANDLES_MAX; i++) {
		uint32_t handle = read_u32(&r);

		if (!is_ours(w, handle))
			found = handle;
	}
	return reader_done(&r) ? found : 0;
}

bool
wire_flush_leftover(struct wire *w, enum wire_leftover kind)
{
	static const uint32_t types[] = {
		[WIRE_OBJECT] = TPM2_HT_TRANSIENT,
		[WIRE_SESSION] = TPM2_HT_LOADED_SESSION,
		[WIRE_SAVED_SESSION] = TPM2_HT_SAVED_SESSION,
	};
	uint32_t handle = 0;

	if (ask_handles(w, types[kind]))
		handle = last_foreign(w);
	/* If not, it went in the meantime. */
	if (handle != 0 && wire_flush(w, handle))
		log_warn("the TPM was full: flushed what another program left in it (0x%08x)",
			(unsigned)handle);
	wire_end(w);
	return handle != 0;
}
