/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes: views, buffers that wipe themselves, and a bounded reader.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

struct bytes
bytes_of(const void *ptr, size_t len)
{
	return (struct bytes){ ptr, len };
}

struct bytes
bytes_str(const char *s)
{
	return bytes_of(s, strlen(s));
}

struct bytes
view(const struct buf *b)
{
	return bytes_of(b->ptr, b->len);
}

struct bytes
bytes_slice(struct bytes b, size_t offset, size_t len)
{
	if (offset >= b.len)
		return BYTES_EMPTY;
	if (len > b.len - offset)
		len = b.len - offset;
	return bytes_of(b.ptr + offset, len);
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int
bytes_compare(struct bytes a, struct bytes b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

struct bytes
bytes_trim_left(struct bytes b)
{
	while (b.len > 0 && b.ptr[0] == 0)
		b = bytes_of(b.ptr + 1, b.len - 1);
	return b;
}

bool
mem_equal_ct(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *x = a;
	const volatile uint8_t *y = b;
	uint8_t difference = 0;

	for (size_t i = 0; i < len; i++)
		difference |= (uint8_t)(x[i] ^ y[i]);
	return difference == 0;
}

void
mem_wipe(void *ptr, size_t len)
{
	if (ptr != NULL && len > 0)
		explicit_bzero(ptr, len);
}

/* Room for len bytes. realloc() would leave a copy of a secret behind, so the content moves by hand. */
static CK_RV
buf_reserve(struct buf *b, size_t len)
{
	size_t cap = b->cap < 32 ? 32 : b->cap;
	uint8_t *ptr = NULL;

	if (len <= b->cap)
		return CKR_OK;
	while (cap < len) {
		if (cap > SIZE_MAX / 2)
			return CKR_HOST_MEMORY;
		cap *= 2;
	}
	ptr = malloc(cap);
	if (ptr == NULL)
		return CKR_HOST_MEMORY;
	if (b->len > 0)
		memcpy(ptr, b->ptr, b->len);
	mem_wipe(b->ptr, b->cap);
	free(b->ptr);
	b->ptr = ptr;
	b->cap = cap;
	return CKR_OK;
}

CK_RV
buf_set(struct buf *b, struct bytes content)
{
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = buf_append(&fresh, content);

	if (rv == CKR_OK)
		buf_move(b, &fresh);
	return rv;
}

CK_RV
buf_append(struct buf *b, struct bytes more)
{
	CK_RV rv = CKR_OK;

	if (more.len > SIZE_MAX - b->len)
		return CKR_HOST_MEMORY;
	rv = buf_reserve(b, b->len + more.len);
	if (rv != CKR_OK)
		return rv;
	if (more.len > 0)
		memcpy(b->ptr + b->len, more.ptr, more.len);
	b->len += more.len;
	return CKR_OK;
}

CK_RV
buf_append_u8(struct buf *b, uint8_t v)
{
	return buf_append(b, bytes_of(&v, 1));
}

CK_RV
buf_append_u16(struct buf *b, uint16_t v)
{
	uint8_t be[2];

	put_u16(be, v);
	return buf_append(b, bytes_of(be, sizeof be));
}

CK_RV
buf_append_u32(struct buf *b, uint32_t v)
{
	uint8_t be[4];

	put_u32(be, v);
	return buf_append(b, bytes_of(be, sizeof be));
}

CK_RV
buf_append_u64(struct buf *b, uint64_t v)
{
	uint8_t be[8];

	put_u64(be, v);
	return buf_append(b, bytes_of(be, sizeof be));
}

CK_RV
buf_append_sized(struct buf *b, struct bytes more)
{
	size_t before = b->len;
	CK_RV rv = CKR_HOST_MEMORY;

	if (more.len > UINT32_MAX)
		return CKR_HOST_MEMORY;
	rv = buf_append_u32(b, (uint32_t)more.len);
	if (rv != CKR_OK)
		return rv;
	rv = buf_append(b, more);
	if (rv != CKR_OK)
		b->len = before;
	return rv;
}

CK_RV
buf_resize(struct buf *b, size_t len)
{
	CK_RV rv = buf_reserve(b, len);

	if (rv != CKR_OK)
		return rv;
	if (len > b->len)
		memset(b->ptr + b->len, 0, len - b->len);
	else if (len < b->len)
		mem_wipe(b->ptr + len, b->len - len);
	b->len = len;
	return CKR_OK;
}

void
buf_move(struct buf *dst, struct buf *src)
{
	buf_free(dst);
	*dst = *src;
	*src = BUF_EMPTY;
}

void
buf_free(struct buf *b)
{
	if (b == NULL)
		return;
	mem_wipe(b->ptr, b->cap);
	free(b->ptr);
	*b = BUF_EMPTY;
}

CK_RV
buf_set_padded(struct buf *out, struct bytes b, size_t len)
{
	struct buf fresh = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	b = bytes_trim_left(b);
	if (b.len > len)
		return CKR_DEVICE_ERROR;
	rv = buf_resize(&fresh, len);
	if (rv != CKR_OK)
		return rv;
	if (b.len > 0)
		memcpy(fresh.ptr + (len - b.len), b.ptr, b.len);
	buf_move(out, &fresh);
	return CKR_OK;
}

struct reader
reader_of(struct bytes b)
{
	return (struct reader){ b, false };
}

struct bytes
read_bytes(struct reader *r, size_t len)
{
	struct bytes taken = BYTES_EMPTY;

	if (r->failed || len > r->rest.len) {
		r->failed = true;
		return taken;
	}
	taken = bytes_of(r->rest.ptr, len);
	r->rest.len -= len;
	if (len > 0)
		r->rest.ptr += len;
	return taken;
}

/* A number of width bytes; 0 when it is not there. */
static uint64_t
read_number(struct reader *r, size_t width)
{
	struct bytes be = read_bytes(r, width);
	uint64_t v = 0;

	for (size_t i = 0; i < be.len; i++)
		v = v << 8 | be.ptr[i];
	return v;
}

uint8_t
read_u8(struct reader *r)
{
	return (uint8_t)read_number(r, 1);
}

uint16_t
read_u16(struct reader *r)
{
	return (uint16_t)read_number(r, 2);
}

uint32_t
read_u32(struct reader *r)
{
	return (uint32_t)read_number(r, 4);
}

uint64_t
read_u64(struct reader *r)
{
	return read_number(r, 8);
}

struct bytes
read_sized(struct reader *r)
{
	return read_bytes(r, read_u32(r));
}

struct bytes
read_sized_u16(struct reader *r)
{
	return read_bytes(r, read_u16(r));
}

bool
reader_done(const struct reader *r)
{
	return !r->failed && r->rest.len == 0;
}

static void
put_number(uint8_t *p, uint64_t v, size_t width)
{
	for (size_t i = 0; i < width; i++)
		p[i] = (uint8_t)(v >> (8 * (width - 1 - i)));
}

void
put_u16(uint8_t *p, uint16_t v)
{
	put_number(p, v, 2);
}

void
put_u32(uint8_t *p, uint32_t v)
{
	put_number(p, v, 4);
}

void
put_u64(uint8_t *p, uint64_t v)
{
	put_number(p, v, 8);
}

char *
hex_of(struct bytes b, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < b.len; i++) {
		out[2 * i] = digits[b.ptr[i] >> 4];
		out[2 * i + 1] = digits[b.ptr[i] & 15];
	}
	out[2 * b.len] = '\0';
	return out;
}
