/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which authorisations of a command our sessions take over, and what of it
 * they encrypt.
 */
#include "config.h"

#include "base/log.h"
#include "tpm/wire_private.h"

/*
 * An empty value, or an empty TPMS_SENSITIVE_CREATE: hides nothing. So a primary can be made before
 * there is a session.
 */
static bool
param_is_empty(struct bytes param)
{
	return param.len <= 4 && bytes_trim_left(param).len == 0;
}

static bool
request_is_secret(const struct wire_request *r)
{
	return r->row->secret_out ||
	       (r->row->secret_in && !param_is_empty(wire_first_param(r->params)));
}

static size_t
password_count(const struct wire_request *r)
{
	return r->auth_count < r->row->auths ? r->auth_count : r->row->auths;
}

static void
choose_auth(struct wire *w, struct wire_auth *a, size_t *count)
{
	if (*count < WIRE_SESSIONS)
		a->session = &w->sessions[(*count)++];
}

/*
 * Every password that is not empty; the first password of a command with secret parameters even
 * when it is.
 */
static size_t
choose_auths(struct wire *w)
{
	struct wire_request *r = &w->request;
	struct wire_auth *empty = NULL;
	size_t count = 0;

	for (size_t i = 0; i < password_count(r); i++) {
		struct wire_auth *a = &r->auths[i];

		if (a->handle != TPM2_RS_PW)
			continue;
		a->hmac = wire_trim_auth(a->hmac);
		if (a->hmac.len > 0)
			choose_auth(w, a, &count);
		else if (empty == NULL)
			empty = a;
	}
	if (count == 0 && empty != NULL && request_is_secret(r))
		choose_auth(w, empty, &count);
	return count;
}

/* The first of our sessions carries the encryption. */
static void
set_attributes(struct wire_request *r)
{
	uint8_t crypt =
		(r->row->secret_in ? WIRE_DECRYPT : 0) | (r->row->secret_out ? WIRE_ENCRYPT : 0);

	for (size_t i = 0; i < r->auth_count; i++) {
		if (r->auths[i].session == NULL)
			continue;
		r->auths[i].attributes = WIRE_CONTINUE | crypt;
		crypt = 0;
	}
}

/*
 * The TPM wants the nonce of an encrypting session in the HMAC of the first, and we do not know the
 * caller's: it would be counted as a wrong password.
 */
static bool
others_encrypt(const struct wire_request *r)
{
	for (size_t i = 0; i < r->auth_count; i++)
		if (r->auths[i].session == NULL && r->auths[i].handle != TPM2_RS_PW &&
			(r->auths[i].attributes & (WIRE_DECRYPT | WIRE_ENCRYPT)) != 0)
			return true;
	return false;
}

static bool
auths_fit(const struct wire_request *r)
{
	for (size_t i = 0; i < r->auth_count; i++)
		if (r->auths[i].session != NULL && r->auths[i].hmac.len > WIRE_AUTH_MAX)
			return false;
	return true;
}

TSS2_RC
wire_choose(struct wire *w, size_t *count)
{
	struct wire_request *r = &w->request;

	*count = 0;
	if (!r->with_sessions)
		return TSS2_RC_SUCCESS;
	if (r->row == NULL) {
		log_error("TPM command 0x%x is not known here and would go unprotected",
			(unsigned)r->code);
		return WIRE_RC_REFUSED;
	}
	*count = choose_auths(w);
	if (*count > 0 && (others_encrypt(r) || !auths_fit(r))) {
		log_error("%s cannot be protected", r->row->name);
		return WIRE_RC_REFUSED;
	}
	set_attributes(r);
	return TSS2_RC_SUCCESS;
}
