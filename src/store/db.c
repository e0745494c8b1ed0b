/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store itself: open and close, its lock, transactions and versions.
 *
 * The lock is recursive: begin takes it and keeps it, so that the functions
 * between begin and commit can take it again and other threads wait.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/store_private.h"

void
store_lock(struct store *s)
{
	pthread_mutex_lock(&s->lock);
}

void
store_unlock(struct store *s)
{
	pthread_mutex_unlock(&s->lock);
}

void
store_set_timeout(struct store *s, int ms)
{
	s->busy_ms = ms;
	sqlite3_busy_timeout(s->db, ms);
}

CK_RV
store_damaged(const struct store *s, const char *what)
{
	return rv_fail(CKR_DEVICE_ERROR, "the store %s is damaged (%s): restore it from a backup",
		s->path, what);
}

CK_RV
store_exec(sqlite3 *db, const char *sql)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rv_sqlite(rc, sqlite3_errmsg(db), "preparing the store");
}

/*
 * What another thread of the parent was doing in SQLite is half done in this child, for ever, and
 * SQLite keeps one record of locks for each file in a process: a new connection would find the lost
 * one's there, wait for those and take none of its own, so that others may change what it reads.
 */
static bool left_behind;

static void
lock_init(struct store *s)
{
	pthread_mutexattr_t kind;

	pthread_mutexattr_init(&kind);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&s->lock, &kind);
	pthread_mutexattr_destroy(&kind);
}

static struct store *
store_new(const char *path)
{
	struct store *s = calloc(1, sizeof *s);

	if (s == NULL || (s->path = text_copy(path)) == NULL) {
		free(s);
		return NULL;
	}
	s->busy_ms = 5000;
	s->watch = -1;
	lock_init(s);
	return s;
}

CK_RV
store_open(const char *path, bool create, struct store **out)
{
	struct store *s = NULL;
	bool absent = false;
	CK_RV rv = CKR_OK;

	*out = NULL;
	if (path[0] != '/')
		return rv_fail(
			CKR_ARGUMENTS_BAD, "the store must be an absolute path, not \"%s\"", path);
	if (left_behind)
		return rv_fail(CKR_FUNCTION_FAILED,
			"this process was forked while its parent used the store in another "
			"thread, for seconds, so it cannot use %s: fork before, or run a program "
			"of its own",
			path);
	s = store_new(path);
	if (s == NULL)
		return CKR_HOST_MEMORY;
	rv = store_files_check(s, create, &absent);
	if (rv == CKR_OK && !absent)
		rv = store_connect(s);
	if (rv == CKR_OK && !absent) {
		*out = s;
		s = NULL; /* owned by the caller */
	}
	store_close(s);
	return rv;
}

/* The row of wal_checkpoint: first whether somebody was in the way. */
static int
checkpoint_row(void *busy, int count, char **values, char **names)
{
	(void)names;
	*(bool *)busy = count < 1 || values[0] == NULL || strcmp(values[0], "0") != 0;
	return 0;
}

/* Write the log to the file and cut it, unless a reader is in the way; the next commit or closing
 * the store does it then. */
static void
store_wipe(struct store *s)
{
	bool busy = true;

	sqlite3_busy_timeout(s->db, 0);
	if (sqlite3_exec(s->db, "PRAGMA wal_checkpoint(TRUNCATE)", checkpoint_row, &busy, NULL) ==
		SQLITE_OK)
		s->wipe = busy;
	if (s->wipe)
		log_info("%s-wal still holds what was replaced", s->path);
	sqlite3_busy_timeout(s->db, s->busy_ms);
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->wipe && s->db != NULL)
		store_wipe(s);
	store_disconnect(s);
	pthread_mutex_destroy(&s->lock);
	free(s->path);
	free(s);
}

bool
store_before_fork(struct store *s, const struct timespec *end)
{
	return pthread_mutex_timedlock(&s->lock, end) == 0;
}

void
store_after_fork_in_parent(struct store *s)
{
	store_unlock(s);
}

void
store_after_fork(struct store *s)
{
	lock_init(s); /* its owner was a thread with another number */
}

void
store_abandon(struct store *s)
{
	/*
	 * Busy in another thread of the parent when it forked: what SQLite holds in memory is half
	 * done, and finishing or undoing it would write to what the parent uses. So it is leaked.
	 */
	if (s == NULL)
		return;
	if (pthread_mutex_trylock(&s->lock) != 0 || s->writing) {
		left_behind = true;
		return;
	}
	/*
	 * Otherwise it must go: SQLite keeps one record of locks for each file in a process, and a
	 * connection that the child opens next would find the parent's there and take no locks of
	 * its own. Closed so, it changes nothing outside this process: no checkpoint, no file
	 * removed, and POSIX locks are not inherited.
	 */
	if (s->db != NULL)
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	s->wipe = false;
	store_unlock(s);
	store_close(s);
}

void
store_leave_behind(void)
{
	left_behind = true;
}

bool
store_is_read_only(const struct store *s)
{
	return s->read_only;
}

static CK_RV
data_version(struct store *s, uint32_t *version)
{
	struct query q = query_start(s, "reading the store's version", "PRAGMA data_version");

	if (query_row(&q))
		*version = query_uint(&q, UINT32_MAX);
	return query_end(&q);
}

/*
 * While no writer is there, a reader that may not write to the log's index cannot rely on it, and
 * SQLite calls everything new each time it is asked. The files tell whether it is: nobody has
 * written to them. While a writer is there, SQLite's word counts.
 */
static CK_RV
reader_version(struct store *s, uint32_t *version)
{
	uint32_t again = 0;
	bool changed = store_files_changed(s);
	CK_RV rv = data_version(s, &again);

	if (rv != CKR_OK)
		return rv;
	if (changed || (*version != s->asked && again == *version))
		s->told++;
	s->asked = *version; /* not again: what came in between is new the next time */
	*version = s->told;
	return CKR_OK;
}

CK_RV
store_version(struct store *s, uint64_t *version)
{
	CK_RV rv = CKR_OK;
	uint32_t data = 0;

	store_lock(s);
	rv = store_reconnect(s);
	if (rv == CKR_OK)
		rv = data_version(s, &data);
	if (rv == CKR_OK && s->read_only && !s->immutable)
		rv = reader_version(s, &data);
	if (rv == CKR_OK)
		*version = (uint64_t)s->generation << 32 | data;
	store_unlock(s);
	return rv;
}

/* --- transactions ---------------------------------------------------------------------------- */

static CK_RV
store_run(struct store *s, const char *what, const char *sql)
{
	struct query q = query_start(s, what, sql);

	return query_run(&q);
}

CK_RV
store_begin(struct store *s)
{
	CK_RV rv = CKR_OK;

	if (s->read_only)
		return rv_fail(CKR_TOKEN_WRITE_PROTECTED,
			"the store %s cannot be written by this user", s->path);
	store_lock(s);
	if (s->writing)
		rv = rv_fail(CKR_GENERAL_ERROR, "a transaction inside another");
	else if (watch_is_removed(s))
		rv = rv_fail(CKR_DEVICE_ERROR,
			"the store %s was removed or replaced since this program opened it: start "
			"the program anew",
			s->path);
	else
		rv = store_run(s, "waiting for another program that writes to the store",
			"BEGIN IMMEDIATE");
	if (rv == CKR_OK)
		s->writing = true; /* the lock stays */
	else
		store_unlock(s);
	return rv;
}

static void
store_leave(struct store *s)
{
	s->writing = false;
	s->failed = false;
	store_unlock(s);
}

/* SQLite has rolled back by itself after some failures. */
static void
store_undo(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

CK_RV
store_commit(struct store *s)
{
	CK_RV rv = CKR_OK;

	store_lock(s);
	rv = store_writing(s);
	if (rv == CKR_OK && s->failed)
		rv = rv_fail(
			CKR_FUNCTION_FAILED, "nothing is stored: a part of the change has failed");
	if (rv == CKR_OK)
		rv = store_run(s, "storing a change", "COMMIT");
	if (s->writing) {
		if (rv != CKR_OK)
			store_undo(s);
		else if (s->wipe)
			store_wipe(s);
		store_leave(s);
	}
	store_unlock(s);
	return rv;
}

void
store_rollback(struct store *s)
{
	store_lock(s);
	if (s->writing) {
		store_undo(s);
		store_leave(s);
	}
	store_unlock(s);
}

CK_RV
store_writing(const struct store *s)
{
	return s->writing ? CKR_OK
			  : rv_fail(CKR_GENERAL_ERROR, "a change outside of a transaction");
}

CK_RV
store_read_begin(struct store *s)
{
	CK_RV rv = CKR_OK;

	store_lock(s);
	if (s->db == NULL)
		rv = CKR_DEVICE_ERROR;
	else if (sqlite3_get_autocommit(s->db))
		rv = store_run(s, "reading the store", "BEGIN");
	if (rv != CKR_OK)
		store_unlock(s);
	return rv;
}

void
store_read_end(struct store *s)
{
	if (!s->writing)
		store_undo(s); /* nothing was changed */
	store_unlock(s);
}
