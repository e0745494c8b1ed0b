/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A running MAC, whoever computes it: here is only when it is at its end.
 */
#include "config.h"

#include "crypto/crypto.h"

CK_RV
mac_update(struct mac *m, struct bytes data)
{
	CK_RV rv = m->ended ? CKR_OPERATION_NOT_INITIALIZED : m->ops->update(m, data);

	m->ended |= rv != CKR_OK;
	return rv;
}

CK_RV
mac_final(struct mac *m, struct buf *out)
{
	if (m->ended)
		return CKR_OPERATION_NOT_INITIALIZED;
	m->ended = true;
	return m->ops->final(m, out);
}

CK_RV
mac_restart(struct mac *m)
{
	CK_RV rv = m->ops->restart(m);

	m->ended = rv != CKR_OK;
	return rv;
}

void
mac_free(struct mac *m)
{
	if (m != NULL)
		m->ops->free(m);
}
