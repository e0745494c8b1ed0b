/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection: how the file is opened, and what SQLite is told before it
 * reads the first page of a file that may be hostile.
 *
 * Who may not write has two ways to read. While the -wal and -shm files are
 * there (they stay: PERSIST_WAL), an ordinary read-only connection works and
 * sees what others commit. Where they are missing and cannot be made, as on a
 * read-only medium, the file is opened as immutable: without locks, and opened
 * again when it has changed. A log with changes but without -shm is refused:
 * what the file says without the log would be old.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/store_private.h"

/* clang-format off */
static const char pragmas_before[] =
	"PRAGMA trusted_schema = OFF;"     /* no SQL from the file is run */
	"PRAGMA cell_size_check = ON;"
	"PRAGMA mmap_size = 0;"            /* a file that shrinks must be an error, not a SIGBUS */
	"PRAGMA temp_store = MEMORY;"
	"PRAGMA foreign_keys = ON;"
	"PRAGMA secure_delete = ON;";

static const char pragmas_after[] =
	"PRAGMA cache_size = -1000;";      /* KiB; reads the file, whose pages the kernel keeps as well */

static const char pragmas_writer[] =
	"PRAGMA synchronous = FULL;"       /* reads the file */
	"PRAGMA journal_mode = WAL;"
	"PRAGMA journal_size_limit = 0;";  /* a log that stays is cut when it is done with */
/* clang-format on */

/* file: URI of a path, with what URIs read otherwise escaped. */
static CK_RV
uri_of(const char *path, const char *parameters, char **out)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
	struct buf uri = BUF_EMPTY;
	CK_RV rv = buf_append(&uri, bytes_str("file://"));

	for (const char *p = path; *p != '\0' && rv == CKR_OK; p++) {
		char escaped[4];

		snprintf(escaped, sizeof escaped, strchr(plain, *p) != NULL ? "%c" : "%%%02x",
			(unsigned char)*p);
		rv = buf_append(&uri, bytes_str(escaped));
	}
	if (rv == CKR_OK)
		rv = buf_append(&uri, bytes_str(parameters));
	if (rv == CKR_OK &&
		(*out = text_format("%.*s", (int)uri.len, (const char *)uri.ptr)) == NULL)
		rv = CKR_HOST_MEMORY;
	buf_free(&uri);
	return rv;
}

static int
connect_flags(const struct store *s)
{
	int flags = s->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

	/* The store's own lock is enough. */
	return flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
}

static CK_RV
connect_open(struct store *s)
{
	char *uri = NULL;
	int on = 1;
	CK_RV rv = uri_of(s->path, s->immutable ? "?immutable=1" : "", &uri);

	if (rv != CKR_OK)
		return rv;
	rv = rv_sqlite(sqlite3_open_v2(uri, &s->db, connect_flags(s), NULL), NULL, s->path);
	free(uri);
	if (rv != CKR_OK)
		return rv;
	watch_begin(s);
	/* SQLite is content with less than it was asked for, where a policy forbids to write. */
	if (!s->read_only)
		s->read_only = sqlite3_db_readonly(s->db, "main") == 1;
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, s->busy_ms);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	return store_exec(s->db, pragmas_before);
}

/* The first read: does SQLite get at the pages at all? */
static int
connect_probe(struct store *s)
{
	return sqlite3_exec(s->db, "PRAGMA schema_version", NULL, NULL, NULL);
}

static CK_RV
connect_probed(struct store *s, int rc)
{
	if ((rc & 0xff) == SQLITE_NOTADB || (rc & 0xff) == SQLITE_CORRUPT)
		return rv_fail(CKR_DEVICE_ERROR,
			"%s is not a store or is damaged (%s): restore it from a backup, or name "
			"another file",
			s->path, sqlite3_errmsg(s->db));
	return rv_sqlite(rc, sqlite3_errmsg(s->db), s->path);
}

static bool
log_has_changes(const struct store *s)
{
	struct stat st;
	char *log = text_format("%s-wal", s->path);
	bool changes = true;

	if (log == NULL)
		return true;
	if (stat(log, &st) != 0)
		changes = errno != ENOENT;
	else
		changes = st.st_size > 0;
	free(log);
	return changes;
}

static CK_RV
connect_immutable(struct store *s)
{
	CK_RV rv = CKR_OK;

	if (log_has_changes(s))
		return rv_fail(CKR_DEVICE_ERROR,
			"%s-wal holds changes that cannot be read without writing: open the store "
			"once as its owner",
			s->path);
	store_disconnect(s);
	s->immutable = true;
	if (stat(s->path, &s->seen) != 0)
		return rv_errno(errno, s->path);
	rv = connect_open(s);
	return rv == CKR_OK ? connect_probed(s, connect_probe(s)) : rv;
}

static CK_RV
connect_read(struct store *s)
{
	int rc = SQLITE_OK;
	CK_RV rv = connect_open(s);

	if (rv != CKR_OK)
		return rv;
	rc = connect_probe(s);
	if (s->read_only && ((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_READONLY))
		return connect_immutable(s);
	return connect_probed(s, rc);
}

static CK_RV
connect_upgrade(struct store *s, int version)
{
	if (version == schema_version)
		return CKR_OK;
	if (s->read_only)
		return rv_fail(CKR_DEVICE_ERROR,
			"the store %s has the old version %d: open it once as a user who may write "
			"to it",
			s->path, version);
	return schema_upgrade(s->db);
}

CK_RV
store_connect(struct store *s)
{
	int version = 0;
	CK_RV rv = connect_read(s);

	if (rv == CKR_OK)
		rv = schema_check(s->db, s->path, &version);
	if (rv == CKR_OK)
		rv = store_exec(s->db, pragmas_after);
	if (rv == CKR_OK && !s->read_only)
		rv = store_exec(s->db, pragmas_writer);
	if (rv == CKR_OK)
		rv = connect_upgrade(s, version);
	if (rv != CKR_OK)
		store_disconnect(s);
	return rv;
}

void
store_disconnect(struct store *s)
{
	for (size_t i = 0; i < STORE_STATEMENTS; i++) {
		sqlite3_finalize(s->statements[i].st);
		free(s->statements[i].sql);
		s->statements[i] = (struct statement){ NULL, NULL };
	}
	sqlite3_close(s->db);
	s->db = NULL;
	watch_end(s);
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool
file_has_changed(const struct store *s)
{
	struct stat now;

	return stat(s->path, &now) != 0 || !same_file(&now, &s->seen) || log_has_changes(s);
}

bool
store_files_changed(struct store *s)
{
	struct stat file;
	struct stat log;
	bool changed = true;
	char *name = text_format("%s-wal", s->path);

	if (name == NULL)
		return true;
	if (stat(s->path, &file) == 0 && stat(name, &log) == 0) {
		changed = !same_file(&file, &s->seen) || !same_file(&log, &s->seen_log);
		s->seen = file;
		s->seen_log = log;
	}
	free(name);
	return changed;
}

CK_RV
store_reconnect(struct store *s)
{
	if (s->db != NULL && (!s->immutable || !file_has_changed(s)))
		return CKR_OK;
	store_disconnect(s);
	s->immutable = false;
	s->generation++;
	return store_connect(s);
}
