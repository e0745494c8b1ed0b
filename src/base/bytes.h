/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes: a borrowed view (struct bytes), an owned buffer that wipes itself
 * (struct buf), and a reader that can not run over the end. Numbers are
 * big-endian, as on the TPM's wire and in the store.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rv.h"

struct bytes {
	const uint8_t *ptr;
	size_t len;
};

struct buf {
	uint8_t *ptr;
	size_t len;
	size_t cap;
};

#define BUF_EMPTY   ((struct buf){ NULL, 0, 0 })
#define BYTES_EMPTY ((struct bytes){ NULL, 0 })

struct bytes bytes_of(const void *ptr, size_t len);
struct bytes bytes_str(const char *s); /* without the NUL */
struct bytes view(const struct buf *b);
/* At most len bytes from offset; empty when out of range. */
struct bytes bytes_slice(struct bytes b, size_t offset, size_t len);
bool bytes_equal(struct bytes a, struct bytes b);
/* Order by content, then by length: <0, 0, >0. */
int bytes_compare(struct bytes a, struct bytes b);
/* Without leading zero bytes; a zero number becomes empty. */
struct bytes bytes_trim_left(struct bytes b);

/* Constant-time comparison for secrets. */
bool mem_equal_ct(const void *a, const void *b, size_t len);
/* Overwrite; never optimised away. */
void mem_wipe(void *ptr, size_t len);

/* Each of these leaves the buffer as it was when it fails with CKR_HOST_MEMORY. */
CHECKED CK_RV buf_set(struct buf *b, struct bytes content);
CHECKED CK_RV buf_append(struct buf *b, struct bytes more);
CHECKED CK_RV buf_append_u8(struct buf *b, uint8_t v);
CHECKED CK_RV buf_append_u16(struct buf *b, uint16_t v);
CHECKED CK_RV buf_append_u32(struct buf *b, uint32_t v);
CHECKED CK_RV buf_append_u64(struct buf *b, uint64_t v);
/* u32 length, then the bytes: an encoding without ambiguity, for what is hashed or stored. */
CHECKED CK_RV buf_append_sized(struct buf *b, struct bytes more);
/* New bytes are zero; cut bytes are wiped. */
CHECKED CK_RV buf_resize(struct buf *b, size_t len);
/* dst's old content is freed; src becomes empty. */
void buf_move(struct buf *dst, struct buf *src);
/* Wipe and free; NULL is fine; the buffer is BUF_EMPTY afterwards. */
void buf_free(struct buf *b);

/* Put number b (big-endian) into exactly len bytes, zeros to the left. CKR_DEVICE_ERROR if it is longer. */
CHECKED CK_RV buf_set_padded(struct buf *out, struct bytes b, size_t len);

struct reader {
	struct bytes rest;
	bool failed; /* something was asked for that was not there; stays true */
};

struct reader reader_of(struct bytes b);
uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
struct bytes read_bytes(struct reader *r, size_t len);
struct bytes read_sized(struct reader *r);    /* u32 length, bytes */
struct bytes read_sized_u16(struct reader *r); /* u16 length, bytes: a TPM2B */
/* True when all was read and nothing was missing. */
bool reader_done(const struct reader *r);

void put_u16(uint8_t *p, uint16_t v);
void put_u32(uint8_t *p, uint32_t v);
void put_u64(uint8_t *p, uint64_t v);

/* Lower-case hex of b into out (2 * b.len + 1 bytes); returns out. */
char *hex_of(struct bytes b, char *out);

#endif
