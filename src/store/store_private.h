/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside store/: the connection, and queries on it. A query binds parameters
 * and reads columns from left to right; its first error sticks, so code runs
 * straight through and asks once, at query_end(). Whatever the file holds is
 * checked: a column of the wrong type or size is CKR_DEVICE_ERROR.
 */
#ifndef STORE_STORE_PRIVATE_H
#define STORE_STORE_PRIVATE_H

#include <pthread.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "store/store.h"

#define STORE_APPLICATION_ID 0x54325450 /* "T2TP" */
#define STORE_STATEMENTS     48

struct statement {
	char *sql;
	sqlite3_stmt *st;
};

struct store {
	char *path;
	sqlite3 *db;
	pthread_mutex_t lock; /* recursive: begin keeps it until commit or rollback */
	bool read_only;
	bool immutable; /* opened without locks: nobody here can write or make the -shm file */
	int watch;      /* the file that is open, without access to it; -1: none */
	struct stat watched;
	struct stat seen;     /* the file as it was when a reader last looked */
	struct stat seen_log; /* and the write-ahead log */
	uint32_t asked;       /* the data_version that SQLite told a reader */
	uint32_t told;        /* the one that the reader's callers were told */
	uint32_t generation;  /* counts connections: immutable ones are replaced when the file
				 changes */
	bool writing;         /* between begin and commit */
	bool failed;          /* a change has failed: commit rolls back */
	bool wipe;            /* what was replaced or destroyed is still in the files */
	int busy_ms;          /* how long to wait for another writer */
	unsigned next_victim;
	struct statement statements[STORE_STATEMENTS];
};

/* --- db.c ------------------------------------------------------------------------------------ */
void store_lock(struct store *s);
void store_unlock(struct store *s);
/* For tests: how long to wait for another writer. */
void store_set_timeout(struct store *s, int ms);
/* Several reads that belong together see one state of the file. */
CHECKED CK_RV store_read_begin(struct store *s);
void store_read_end(struct store *s);
/* Inside a transaction? CKR_GENERAL_ERROR if not: changes need one. */
CHECKED CK_RV store_writing(const struct store *s);
/* Log that the file holds something that cannot be; CKR_DEVICE_ERROR. */
CHECKED CK_RV store_damaged(const struct store *s, const char *what);
/* SQL without results or parameters, not cached. */
CHECKED CK_RV store_exec(sqlite3 *db, const char *sql);

/* --- files.c: directory, file and permissions ------------------------------------------------ */
/* *absent true: there is no file, and create was false. Makes directory and file if create. */
CHECKED CK_RV store_files_check(struct store *s, bool create, bool *absent);

/* --- connect.c ------------------------------------------------------------------------------- */
/* Open, check that it is a store of a version we know, upgrade. s->db is NULL on failure. */
CHECKED CK_RV store_connect(struct store *s);
/* Free statements and connection. */
void store_disconnect(struct store *s);
/* Replace a connection that was lost, or one without locks whose file has changed since. */
CHECKED CK_RV store_reconnect(struct store *s);
/* Have the file or its log changed since this was asked last? True if that cannot be known. */
bool store_files_changed(struct store *s);

/* --- watch.c --------------------------------------------------------------------------------- */
/* The connection has just opened the file. */
void watch_begin(struct store *s);
/* Is the open file one that nobody finds any more? False if that cannot be known. */
bool watch_is_removed(const struct store *s);
void watch_end(struct store *s);

/* --- schema.c -------------------------------------------------------------------------------- */
extern const int schema_version;
/* Bring an open file to schema_version, in one transaction. */
CHECKED CK_RV schema_upgrade(sqlite3 *db);
/* Refuse what is not a store or newer than we are. *version as found. */
CHECKED CK_RV schema_check(sqlite3 *db, const char *path, int *version);

/* --- query.c --------------------------------------------------------------------------------- */
struct query {
	struct store *s;
	sqlite3_stmt *st;
	const char *what; /* for the log */
	int at;           /* next parameter or column */
	int rc;           /* SQLite's last word */
	CK_RV rv;         /* first error */
};

/* Takes the store's lock until query_end(). sql is kept prepared. what: "reading a token". */
struct query query_start(struct store *s, const char *what, const char *sql);
void query_bind_int(struct query *q, int64_t v);
void query_bind_bytes(struct query *q, struct bytes v); /* borrowed until query_end() */
void query_bind_buf(struct query *q, const struct buf *v);
void query_bind_text(struct query *q, const char *v);
void query_bind_null(struct query *q);
/* Run to the next row; false at the end and on failure. */
bool query_row(struct query *q);
int64_t query_int(struct query *q);
/* A number within 0..max. */
uint32_t query_uint(struct query *q, uint32_t max);
bool query_bool(struct query *q);
/* NULL in the file is 0. */
int64_t query_int_or_null(struct query *q);
void query_buf(struct query *q, struct buf *out);
/* Borrowed until the next row. */
struct bytes query_bytes(struct query *q);
/* At most size - 1 bytes, without NUL inside. */
void query_text(struct query *q, char *out, size_t size);
/* Rows that the statement has changed. */
int query_changes(const struct query *q);
/* CKR_OK, or the first error. */
CHECKED CK_RV query_end(struct query *q);
/* Run a statement that changes rows and returns none. */
CHECKED CK_RV query_run(struct query *q);

/* --- find.c ---------------------------------------------------------------------------------- */
#define FIND_SQL_LEN 640
/* The SQL of a search; tests look at its query plan. */
void find_sql(const struct store_query *q, char *out, size_t size);

#endif
