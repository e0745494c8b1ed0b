/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking commands and answers apart and putting them together again: TPM 2.0
 * Part 1, "Command/Response Structure". Nothing here trusts a length.
 */
#include "config.h"

#include <string.h>

#include "tpm/wire_private.h"

struct wire_writer
wire_writer_of(uint8_t *ptr, size_t cap)
{
	return (struct wire_writer){ ptr, 0, cap, false };
}

void
wire_put(struct wire_writer *out, struct bytes b)
{
	if (out->failed || b.len > out->cap - out->len) {
		out->failed = true;
		return;
	}
	if (b.len > 0)
		memmove(out->ptr + out->len, b.ptr, b.len);
	out->len += b.len;
}

void
wire_put_u8(struct wire_writer *out, uint8_t v)
{
	wire_put(out, bytes_of(&v, sizeof v));
}

void
wire_put_u16(struct wire_writer *out, uint16_t v)
{
	uint8_t b[2];

	put_u16(b, v);
	wire_put(out, bytes_of(b, sizeof b));
}

void
wire_put_u32(struct wire_writer *out, uint32_t v)
{
	uint8_t b[4];

	put_u32(b, v);
	wire_put(out, bytes_of(b, sizeof b));
}

void
wire_put_sized(struct wire_writer *out, struct bytes b)
{
	if (b.len > UINT16_MAX)
		out->failed = true;
	wire_put_u16(out, (uint16_t)b.len);
	wire_put(out, b);
}

void
wire_put_begin(struct wire_writer *out, uint16_t tag, uint32_t code)
{
	wire_put_u16(out, tag);
	wire_put_u32(out, 0);
	wire_put_u32(out, code);
}

void
wire_put_end(struct wire_writer *out)
{
	if (!out->failed)
		put_u32(out->ptr + 2, (uint32_t)out->len);
}

static void
read_command_auth(struct reader *r, struct wire_auth *a)
{
	a->handle = read_u32(r);
	a->nonce = read_sized_u16(r);
	a->attributes = read_u8(r);
	a->hmac = read_sized_u16(r);
}

static bool
read_auth_area(struct bytes area, struct wire_request *out)
{
	struct reader r = reader_of(area);

	while (!r.failed && r.rest.len > 0 && out->auth_count < WIRE_AUTHS)
		read_command_auth(&r, &out->auths[out->auth_count++]);
	return reader_done(&r);
}

bool
wire_request_read(struct bytes command, struct wire_request *out)
{
	struct reader r = reader_of(command);
	uint16_t tag = read_u16(&r);
	uint32_t size = read_u32(&r);
	struct bytes area = BYTES_EMPTY;

	*out = (struct wire_request){ .code = read_u32(&r),
		.with_sessions = tag == TPM2_ST_SESSIONS };
	if (r.failed || size != command.len)
		return false;
	out->row = wire_command_find(out->code);
	if (!out->with_sessions || out->row == NULL)
		return true;
	for (size_t i = 0; i < out->row->handles; i++)
		out->handles[i] = read_u32(&r);
	size = read_u32(&r);
	area = read_bytes(&r, size);
	out->params = r.rest;
	return !r.failed && read_auth_area(area, out);
}

static void
put_auth(struct wire_writer *out, struct wire_auth *a)
{
	static const uint8_t zeros[WIRE_DIGEST];
	const struct wire_session *s = a->session;

	wire_put_u32(out, s != NULL ? s->handle : a->handle);
	wire_put_sized(out, s != NULL ? bytes_of(s->nonce_caller, WIRE_DIGEST) : a->nonce);
	wire_put_u8(out, a->attributes);
	a->hmac_at = out->len + 2;
	wire_put_sized(out, s != NULL ? bytes_of(zeros, WIRE_DIGEST) : a->hmac);
}

bool
wire_request_write(struct wire_request *r, struct wire_writer *out, size_t *params_at)
{
	size_t area_at = 0;

	wire_put_begin(out, TPM2_ST_SESSIONS, r->code);
	for (size_t i = 0; i < r->row->handles; i++)
		wire_put_u32(out, r->handles[i]);
	wire_put_u32(out, 0);
	area_at = out->len;
	for (size_t i = 0; i < r->auth_count; i++)
		put_auth(out, &r->auths[i]);
	if (out->failed)
		return false;
	put_u32(out->ptr + area_at - 4, (uint32_t)(out->len - area_at));
	*params_at = out->len;
	wire_put(out, r->params);
	wire_put_end(out);
	return !out->failed;
}

bool
wire_answer_rc(struct bytes answer, uint32_t *rc)
{
	struct reader r = reader_of(answer);
	uint32_t size = 0;

	(void)read_u16(&r);
	size = read_u32(&r);
	*rc = read_u32(&r);
	return !r.failed && size == answer.len && (*rc == TPM2_RC_SUCCESS || size == WIRE_HEADER);
}

bool
wire_reply_read(struct bytes answer, const struct wire_request *req, struct wire_reply *out)
{
	struct reader r = reader_of(answer);
	uint16_t tag = read_u16(&r);
	uint32_t params_len = 0;

	*out = (struct wire_reply){ .params = BYTES_EMPTY };
	(void)read_bytes(&r, WIRE_HEADER - 2);
	out->handles = read_bytes(&r, (size_t)4 * req->row->answer_handles);
	params_len = read_u32(&r);
	out->params = read_bytes(&r, params_len);
	for (size_t i = 0; i < req->auth_count; i++) {
		out->auths[i].nonce = read_sized_u16(&r);
		out->auths[i].attributes = read_u8(&r);
		out->auths[i].hmac = read_sized_u16(&r);
	}
	return tag == TPM2_ST_SESSIONS && reader_done(&r);
}

size_t
wire_reply_write(const struct wire_reply *reply, const struct wire_request *req, uint8_t *answer)
{
	/* The answer only gets shorter, and every part is behind the place where it is written. */
	struct wire_writer out = wire_writer_of(answer, WIRE_MAX);

	wire_put_begin(&out, TPM2_ST_SESSIONS, TPM2_RC_SUCCESS);
	wire_put(&out, reply->handles);
	wire_put_u32(&out, (uint32_t)reply->params.len);
	wire_put(&out, reply->params);
	for (size_t i = 0; i < req->auth_count; i++) {
		const struct wire_auth *a = &reply->auths[i];
		bool ours = req->auths[i].session != NULL;

		wire_put_sized(&out, ours ? BYTES_EMPTY : a->nonce);
		wire_put_u8(&out, ours ? WIRE_CONTINUE : a->attributes);
		wire_put_sized(&out, ours ? BYTES_EMPTY : a->hmac);
	}
	wire_put_end(&out);
	return out.len;
}

struct bytes
wire_trim_auth(struct bytes auth)
{
	while (auth.len > 0 && auth.ptr[auth.len - 1] == 0)
		auth.len--;
	return auth;
}

struct bytes
wire_first_param(struct bytes params)
{
	struct reader r = reader_of(params);

	return read_sized_u16(&r);
}
