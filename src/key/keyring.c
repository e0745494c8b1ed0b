/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keyring: a token's secret of three parts, sealed by the TPM under a PIN
 * and kept in locked memory while someone is logged in.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "key/key_private.h"

/*
 * One millisecond on a common processor. More buys nothing: the TPM limits the tries, and who has
 * passed the TPM's limit can guess as fast as it answers.
 */
#define PIN_ITERATIONS     4000
#define PIN_ITERATIONS_MAX 10000000 /* a larger count is damage, not strength */
#define PIN_SALT_LEN       16
#define AUTH_LEN           KEYRING_PART_LEN
#define SECRET_LEN         (PART_COUNT * KEYRING_PART_LEN)

void
keyring_sealed_free(struct keyring_sealed *s)
{
	if (s == NULL)
		return;
	buf_free(&s->public);
	buf_free(&s->private);
	buf_free(&s->salt);
	s->iterations = 0;
}

/* Not swapped, not in core dumps, zeros in a forked child; each as far as the kernel grants it. */
static void
page_protect(void *page, size_t len)
{
	if (mlock(page, len) != 0)
		log_debug("secrets may be swapped out: mlock is not allowed (RLIMIT_MEMLOCK)");
#ifdef MADV_DONTDUMP
	(void)madvise(page, len, MADV_DONTDUMP);
#endif
#ifdef MADV_WIPEONFORK
	(void)madvise(page, len, MADV_WIPEONFORK);
#endif
}

CK_RV
keyring_new(struct keyring **out)
{
	struct keyring *k = calloc(1, sizeof *k);
	void *page = NULL;

	if (k == NULL)
		return CKR_HOST_MEMORY;
	page = mmap(
		NULL, sizeof *k->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		free(k);
		return CKR_HOST_MEMORY;
	}
	page_protect(page, sizeof *k->page);
	k->page = page;
	*out = k;
	return CKR_OK;
}

void
keyring_free(struct keyring *k)
{
	if (k == NULL)
		return;
	keyring_close(k);
	(void)munmap(k->page, sizeof *k->page);
	free(k);
}

CK_RV
keyring_copy(const struct keyring *k, struct keyring **out)
{
	CK_RV rv = keyring_new(out);

	if (rv == CKR_OK)
		memcpy((*out)->page, k->page, sizeof *k->page);
	return rv;
}

void
keyring_close(struct keyring *k)
{
	mem_wipe(k->page, sizeof *k->page);
}

bool
keyring_is_open(const struct keyring *k)
{
	return k != NULL && k->page->open;
}

void
keyring_wipe_a(struct keyring *k)
{
	mem_wipe(k->page->part[PART_A], KEYRING_PART_LEN);
	k->page->has_a = false;
}

/* Take over a secret of SECRET_LEN bytes. Closed if it fails. */
static CK_RV
keyring_set_secret(struct keyring *k, const uint8_t *secret)
{
	CK_RV rv = CKR_OK;

	keyring_close(k);
	memcpy(k->page->part, secret, SECRET_LEN);
	rv = keyring_derive_uses(k->page);
	if (rv != CKR_OK) {
		keyring_close(k);
		return rv;
	}
	k->page->has_a = true;
	k->page->open = true;
	return CKR_OK;
}

/* XOR random bytes of the TPM over out; a command gives only some of them. */
static CK_RV
tpm_random_over(struct tpm *tpm, uint8_t *out, size_t len)
{
	struct buf some = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	while (len > 0 && rv == CKR_OK) {
		rv = tpm_random(tpm, len, &some);
		if (rv == CKR_OK && (some.len == 0 || some.len > len))
			rv = rv_fail(CKR_DEVICE_ERROR,
				"The TPM gave %zu random bytes where %zu were asked for.", some.len,
				len);
		if (rv != CKR_OK)
			break;
		for (size_t i = 0; i < some.len; i++)
			out[i] ^= some.ptr[i];
		out += some.len;
		len -= some.len;
	}
	buf_free(&some);
	return rv;
}

CK_RV
keyring_generate(struct keyring *k, struct tpm *tpm)
{
	uint8_t secret[SECRET_LEN];
	CK_RV rv = crypto_random(secret, sizeof secret);

	if (rv == CKR_OK)
		rv = tpm_random_over(tpm, secret, sizeof secret);
	if (rv == CKR_OK)
		rv = keyring_set_secret(k, secret);
	mem_wipe(secret, sizeof secret);
	return rv;
}

/* The authorisation of a seal. TPMs cut trailing zero bytes and some libraries do not, so the last
 * byte is never 0. */
static CK_RV
pin_auth(struct bytes pin, struct bytes salt, uint32_t iterations, struct buf *auth)
{
	CK_RV rv = CKR_OK;

	if (iterations == 0 || iterations > PIN_ITERATIONS_MAX)
		return rv_fail(CKR_DEVICE_ERROR, "The store is damaged: a PIN with %u iterations.",
			(unsigned)iterations);
	rv = crypto_pbkdf2(HASH_SHA256, pin, salt, iterations, AUTH_LEN, auth);
	if (rv == CKR_OK && auth->ptr[AUTH_LEN - 1] == 0)
		auth->ptr[AUTH_LEN - 1] = 1;
	return rv;
}

CK_RV
keyring_unseal(struct keyring *k, struct tpm *tpm, const struct keyring_seal *seal,
	struct bytes pin, bool keep_a)
{
	struct buf auth = BUF_EMPTY;
	struct buf secret = BUF_EMPTY;
	CK_RV rv = pin_auth(pin, seal->salt, seal->iterations, &auth);
	struct tpm_object object = {
		.parent = seal->parent,
		.hierarchy_auth = seal->hierarchy_auth,
		.public = seal->public,
		.private = seal->private,
		.auth = view(&auth),
	};

	if (rv == CKR_OK)
		rv = tpm_unseal(tpm, &object, &secret);
	if (rv == CKR_OK && secret.len != SECRET_LEN)
		rv = rv_fail(CKR_DEVICE_ERROR,
			"The store is damaged: the sealed secret has %zu bytes.", secret.len);
	if (rv == CKR_OK)
		rv = keyring_set_secret(k, secret.ptr);
	if (rv == CKR_OK && !keep_a)
		keyring_wipe_a(k);
	buf_free(&secret);
	buf_free(&auth);
	return rv;
}

CK_RV
keyring_seal(struct keyring *k, struct tpm *tpm, const struct tpm_parent *parent,
	struct bytes hierarchy_auth, struct bytes pin, struct keyring_sealed *out)
{
	struct keyring_sealed fresh = { .iterations = PIN_ITERATIONS };
	struct buf auth = BUF_EMPTY;
	CK_RV rv = CKR_OK;

	if (!k->page->has_a)
		return CKR_FUNCTION_FAILED;
	if ((rv = buf_resize(&fresh.salt, PIN_SALT_LEN)) != CKR_OK)
		goto out;
	if ((rv = crypto_random(fresh.salt.ptr, fresh.salt.len)) != CKR_OK)
		goto out;
	if ((rv = pin_auth(pin, view(&fresh.salt), fresh.iterations, &auth)) != CKR_OK)
		goto out;
	rv = tpm_seal(tpm, parent, hierarchy_auth, view(&auth), bytes_of(k->page->part, SECRET_LEN),
		&fresh.public, &fresh.private);
	if (rv != CKR_OK)
		goto out;
	keyring_sealed_free(out);
	*out = fresh;
	fresh = (struct keyring_sealed){ 0 }; /* owned by out */
out:
	buf_free(&auth);
	keyring_sealed_free(&fresh);
	return rv;
}
