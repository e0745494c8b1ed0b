/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates: the attributes that a certificate says itself.
 */
#include "config.h"

#include "base/der.h"
#include "model/attr.h"

static CK_RV
fill(struct attrs *out, uint64_t type, struct bytes value)
{
	return attrs_bytes(out, type).len != 0 ? CKR_OK : attrs_set(out, type, value);
}

CK_RV
attr_of_certificate(struct bytes der, struct attrs *out)
{
	struct der_certificate c;
	CK_RV rv = CKR_OK;

	if (der.len == 0)
		return CKR_OK;
	if (!der_certificate_read(der, &c))
		return rv_fail(CKR_ATTRIBUTE_VALUE_INVALID,
			"CKA_VALUE is not an X.509 certificate in DER.");
	if ((rv = fill(out, CKA_SUBJECT, c.subject)) == CKR_OK &&
		(rv = fill(out, CKA_ISSUER, c.issuer)) == CKR_OK)
		rv = fill(out, CKA_SERIAL_NUMBER, c.serial);
	return rv;
}
