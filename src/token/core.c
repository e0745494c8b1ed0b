/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Core: configuration, store and TPM together, and the list of tokens.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "token_private.h"

#define HIERARCHY_AUTH_MAX 64

struct manager_row {
	const char *name;
	enum tpm_manager manager;
};

static const struct manager_row managers[] = {
	{ "auto", TPM_MANAGER_AUTO },
	{ "yes", TPM_MANAGER_YES },
	{ "no", TPM_MANAGER_NO },
};

static CK_RV
core_manager(const struct conf *conf, enum tpm_manager *out)
{
	const char *name = conf_get(conf, CONF_RESOURCE_MANAGER);

	for (size_t i = 0; i < COUNT(managers); i++) {
		if (strcmp(managers[i].name, name) != 0)
			continue;
		*out = managers[i].manager;
		return CKR_OK;
	}
	return rv_fail(CKR_ARGUMENTS_BAD, "%s is \"%s\", but must be auto, yes or no.",
		conf_row(CONF_RESOURCE_MANAGER)->name, name);
}

/* The name of a file beside the store. */
static char *
beside_store(const struct core *c, const char *suffix)
{
	return text_format("%s%s", conf_get(&c->conf, CONF_STORE), suffix);
}

/* Who uses this store uses the same TPM, and the same PINs. */
static CK_RV
core_share(struct core *c)
{
	char *tpm = beside_store(c, "-tpm");
	char *pin = beside_store(c, "-pin");
	CK_RV rv = tpm != NULL && pin != NULL ? tpm_share(c->tpm, tpm) : CKR_HOST_MEMORY;

	if (rv == CKR_OK)
		rv = lockfile_set(&c->pins, pin);
	free(pin);
	free(tpm);
	return rv;
}

/*
 * Core lock held, or nobody else knows it yet. A store that cannot be used means no tokens, until
 * it can: what was in the way may be a full disk, or a limit of open files.
 */
static void
core_store_open(struct core *c, bool create)
{
	if (c->store == NULL)
		c->store_state = store_open(conf_get(&c->conf, CONF_STORE), create, &c->store);
}

static CK_RV
core_open_parts(struct core *c, const char *conf_file)
{
	enum tpm_manager manager = TPM_MANAGER_AUTO;
	CK_RV rv = conf_load(conf_file, &c->conf);

	if (rv != CKR_OK)
		return rv;
	log_open(conf_get(&c->conf, CONF_LOG));
	if ((rv = core_manager(&c->conf, &manager)) != CKR_OK)
		return rv;
	if ((rv = tpm_new(conf_get(&c->conf, CONF_TCTI), manager, &c->tpm)) != CKR_OK ||
		(rv = core_share(c)) != CKR_OK)
		return rv;
	return core_refresh(c);
}

CK_RV
core_open(const char *conf_file, struct core **out)
{
	struct core *c = NULL;
	CK_RV rv = crypto_open();

	if (rv != CKR_OK)
		return rv;
	c = calloc(1, sizeof *c);
	if (c == NULL) {
		crypto_close();
		return CKR_HOST_MEMORY;
	}
	lockfile_init(&c->pins);
	pthread_mutex_init(&c->lock, NULL); /* cannot fail with default attributes */
	rv = core_open_parts(c, conf_file);
	if (rv != CKR_OK) {
		core_close(c);
		return rv;
	}
	*out = c;
	return CKR_OK;
}

static void
core_free_memory(struct core *c, void (*token_end)(struct token *t))
{
	for (size_t i = 0; i < c->token_count; i++)
		token_end(c->tokens[i]);
	free(c->tokens);
	lockfile_clear(&c->pins);
	conf_free(&c->conf);
	free(c);
}

void
core_close(struct core *c)
{
	if (c == NULL)
		return;
	tpm_free(c->tpm);
	store_close(c->store);
	pthread_mutex_destroy(&c->lock);
	core_free_memory(c, token_free);
	crypto_close();
	log_close();
}

/* All of it or nothing. The core's lock is the first: under it the store is opened. */
bool
core_before_fork(struct core *c, const struct timespec *end)
{
	if (pthread_mutex_timedlock(&c->lock, end) != 0)
		return false;
	if (!tpm_before_fork(c->tpm, end))
		goto core;
	if (c->store == NULL || store_before_fork(c->store, end))
		return true;
	tpm_after_fork_in_parent(c->tpm);
core:
	pthread_mutex_unlock(&c->lock);
	return false;
}

void
core_after_fork_in_parent(struct core *c)
{
	if (c->store != NULL)
		store_after_fork_in_parent(c->store);
	tpm_after_fork_in_parent(c->tpm);
	pthread_mutex_unlock(&c->lock);
}

/* What was held is not given back, for others may have been waiting, but made anew. */
static void
locks_renew(struct core *c)
{
	pthread_mutex_init(&c->lock, NULL);
	if (c->store != NULL)
		store_after_fork(c->store);
}

void
core_after_fork(struct core *c, bool held, bool busy)
{
	if (c != NULL) {
		tpm_after_fork(c->tpm);
		lockfile_after_fork(&c->pins);
	}
	if (c != NULL && held)
		locks_renew(c);
	if (!held)
		store_leave_behind();
	if (busy)
		crypto_leave_behind();
}

/* What another thread of the parent was changing is half done, and leaked. */
void
core_abandon(struct core *c)
{
	if (c == NULL)
		return;
	tpm_abandon(c->tpm);
	store_abandon(c->store);
	if (pthread_mutex_trylock(&c->lock) != 0)
		return;
	pthread_mutex_unlock(&c->lock);
	pthread_mutex_destroy(&c->lock);
	core_free_memory(c, token_abandon);
}

const struct conf *
core_conf(const struct core *c)
{
	return &c->conf;
}

CK_RV
core_store_state(const struct core *c)
{
	return c->store_state;
}

CK_RV
core_store_make(struct core *c)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&c->lock);
	core_store_open(c, true);
	rv = c->store_state;
	pthread_mutex_unlock(&c->lock);
	return rv;
}

CK_RV
core_may_write(const struct core *c)
{
	if (c->store_state != CKR_OK)
		return c->store_state;
	return c->store != NULL && store_is_read_only(c->store) ? CKR_TOKEN_WRITE_PROTECTED
								: CKR_OK;
}

static CK_RV
read_secret_file(const char *path, struct buf *out)
{
	uint8_t content[HIERARCHY_AUTH_MAX + 1]; /* one byte for a newline at the end */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t len = 0;
	CK_RV rv = CKR_OK;

	if (fd < 0)
		return rv_errno(errno, path);
	len = read(fd, content, sizeof content);
	if (len < 0)
		rv = rv_errno(errno, path);
	close(fd);
	if (len > 0 && content[len - 1] == '\n')
		len--;
	if (len > HIERARCHY_AUTH_MAX)
		rv = rv_fail(CKR_ARGUMENTS_BAD, "%s is longer than an authorisation value can be.",
			path);
	if (rv == CKR_OK)
		rv = buf_set(out, bytes_of(content, (size_t)len));
	mem_wipe(content, sizeof content);
	return rv;
}

CK_RV
core_hierarchy_auth(const struct core *c, struct buf *out)
{
	const char *path = conf_get(&c->conf, CONF_OWNER_AUTH_FILE);

	buf_free(out);
	return path[0] != '\0' ? read_secret_file(path, out) : CKR_OK;
}

/* --- the list --- */

CK_RV
core_token_reserve(struct core *c)
{
	size_t room = c->token_room == 0 ? 8 : c->token_room * 2;
	struct token **list = NULL;

	if (c->token_count < c->token_room)
		return CKR_OK;
	list = realloc(c->tokens, room * sizeof *list);
	if (list == NULL)
		return CKR_HOST_MEMORY;
	c->tokens = list;
	c->token_room = room;
	return CKR_OK;
}

void
core_token_add(struct core *c, struct token *t)
{
	c->tokens[c->token_count++] = t; /* owned by core */
}

static struct token *
core_find_id(const struct core *c, int64_t id)
{
	for (size_t i = 0; i < c->token_count; i++)
		if (c->tokens[i]->id == id)
			return c->tokens[i];
	return NULL;
}

static CK_RV
core_add_id(struct core *c, int64_t id)
{
	struct token *t = NULL;
	CK_RV rv = core_token_reserve(c);

	if (rv == CKR_OK)
		rv = token_new(c, id, &t);
	if (rv == CKR_OK)
		core_token_add(c, t);
	return rv == CKR_TOKEN_NOT_PRESENT ? CKR_OK : rv; /* deleted since the list was read */
}

static bool
ids_hold(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static CK_RV
core_refresh_locked(struct core *c)
{
	int64_t *ids = NULL;
	size_t count = 0;
	CK_RV rv = CKR_OK;

	core_store_open(c, false);
	if (c->store == NULL)
		return CKR_OK;
	rv = store_token_list(c->store, &ids, &count);
	for (size_t i = 0; rv == CKR_OK && i < count; i++)
		if (core_find_id(c, ids[i]) == NULL)
			rv = core_add_id(c, ids[i]);
	for (size_t i = 0; rv == CKR_OK && i < c->token_count; i++)
		if (!ids_hold(ids, count, c->tokens[i]->id))
			c->tokens[i]->gone = true;
	free(ids);
	return rv;
}

CK_RV
core_refresh(struct core *c)
{
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&c->lock);
	rv = core_refresh_locked(c);
	pthread_mutex_unlock(&c->lock);
	return rv;
}

CK_RV
core_next_token_id(struct core *c, int64_t *out)
{
	int64_t *ids = NULL;
	size_t count = 0;
	CK_RV rv = CKR_OK;

	pthread_mutex_lock(&c->lock);
	*out = 1;
	if (c->store != NULL)
		rv = store_token_list(c->store, &ids, &count);
	if (rv == CKR_OK && count > 0) /* ascending, and a token is never deleted, only made anew */
		*out = ids[count - 1] + 1;
	pthread_mutex_unlock(&c->lock);
	free(ids);
	return rv;
}

size_t
core_token_count(struct core *c)
{
	size_t count = 0;

	pthread_mutex_lock(&c->lock);
	count = c->token_count;
	pthread_mutex_unlock(&c->lock);
	return count;
}

struct token *
core_token(struct core *c, size_t index)
{
	struct token *t = NULL;

	pthread_mutex_lock(&c->lock);
	if (index < c->token_count)
		t = c->tokens[index];
	pthread_mutex_unlock(&c->lock);
	return t;
}

struct token *
core_token_by_id(struct core *c, int64_t id)
{
	struct token *t = NULL;

	pthread_mutex_lock(&c->lock);
	t = core_find_id(c, id);
	pthread_mutex_unlock(&c->lock);
	return t;
}
