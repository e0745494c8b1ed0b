/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base64 (RFC 4648, section 4) and the PEM around it (RFC 7468), for public
 * data: certificates and SSH public keys. Not constant-time.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/bytes.h"

/* Appends the text, one line, padded. */
CHECKED CK_RV base64_encode(struct bytes in, struct buf *out);

/*
 * Appends what the text says. White space may stand anywhere; all else is strict: the padding must
 * be there and the bits it leaves over must be 0. CKR_DATA_INVALID: out is as before.
 */
CHECKED CK_RV base64_decode(struct bytes text, struct buf *out);

/*
 * Appends the content of the first PEM block with this label ("CERTIFICATE"). Text before and after
 * it is ignored. CKR_DATA_INVALID: there is none, or it is malformed.
 */
CHECKED CK_RV pem_decode(struct bytes text, const char *label, struct buf *out);

#endif
