/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "crypto/crypto.h"
#include "token_fixture.h"

/* --- setup --- */

static void
write_conf(const struct fixture *f)
{
	FILE *file = fopen(f->conf, "w");

	assert_non_null(file);
	fprintf(file, "store = %s\n", f->store);
	assert_int_equal(0, fclose(file));
	assert_int_equal(0, chmod(f->conf, 0600));
}

int
fixture_empty(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	unsetenv("TPM2_TOKEN_STORE");
	fake_tpm_reset();
	snprintf(f->dir, sizeof f->dir, "/tmp/test-token-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->conf, sizeof f->conf, "%s/conf", f->dir);
	snprintf(f->store, sizeof f->store, "%s/store.sqlite", f->dir);
	write_conf(f);
	assert_rv(CKR_OK, core_open(f->conf, &f->core));
	*state = f;
	return 0;
}

struct token *
fixture_init(struct core *c, const char *label)
{
	struct token_request rq = { .label = bytes_str(label), .so_pin = SO_PIN };
	struct token *t = NULL;

	assert_rv(CKR_OK, token_init(c, &rq, &t));
	assert_rv(CKR_OK, token_login(t, TOKEN_SO, SO_PIN));
	assert_rv(CKR_OK, token_init_pin(t, USER_PIN));
	assert_rv(CKR_OK, token_logout(t));
	return t;
}

int
fixture_token(void **state)
{
	struct fixture *f = NULL;

	fixture_empty(state);
	f = *state;
	f->token = fixture_init(f->core, "one");
	return 0;
}

int
fixture_user(void **state)
{
	struct fixture *f = NULL;

	fixture_token(state);
	f = *state;
	assert_rv(CKR_OK, token_login(f->token, TOKEN_USER, USER_PIN));
	return 0;
}

void
fixture_reopen(struct fixture *f)
{
	core_close(f->core);
	assert_rv(CKR_OK, core_open(f->conf, &f->core));
	f->token = core_token(f->core, 0);
	assert_non_null(f->token);
}

int
fixture_close(void **state)
{
	struct fixture *f = *state;
	char path[400];
	DIR *dir = NULL;

	core_close(f->core);
	dir = opendir(f->dir);
	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		snprintf(path, sizeof path, "%s/%s", f->dir, e->d_name);
		(void)unlink(path); /* "." and ".." refuse */
	}
	closedir(dir);
	assert_int_equal(0, rmdir(f->dir));
	free(f);
	return 0;
}

/* --- the file --- */

void
fixture_sql(const struct fixture *f, const char *sql)
{
	sqlite3 *db = NULL;
	char *error = NULL;
	int before = 0;

	assert_int_equal(SQLITE_OK, sqlite3_open(f->store, &db));
	before = sqlite3_total_changes(db);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	if (sqlite3_total_changes(db) == before)
		fail_msg("%s: nothing changed", sql);
	sqlite3_close(db);
}

static bool
path_has(const char *path, struct bytes needle)
{
	char content[65536];
	FILE *file = fopen(path, "rb");
	bool found = false;
	size_t len = 0;
	size_t kept = 0;

	if (file == NULL)
		return false;
	while (!found && (len = fread(content + kept, 1, sizeof content - kept, file)) > 0) {
		len += kept;
		found = memmem(content, len, needle.ptr, needle.len) != NULL;
		kept = len < needle.len ? len : needle.len - 1; /* it may lie across two reads */
		memmove(content, content + len - kept, kept);
	}
	fclose(file);
	return found;
}

bool
fixture_file_has(const struct fixture *f, struct bytes needle)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	char path[128];
	bool found = false;

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		snprintf(path, sizeof path, "%s%s", f->store, suffixes[i]);
		found = found || path_has(path, needle);
	}
	return found;
}

/* --- templates --- */

CK_RV
derive_one(struct fixture *f, const struct derivation *d, const struct attrs *given,
	struct object **out)
{
	struct object *o = NULL;
	size_t wrong = 0;
	CK_RV rv = object_derive(f->token, 7, d, given, 1, &o, &wrong);

	if (rv == CKR_OK)
		*out = o;
	return rv;
}

void
give(struct attrs *a, uint64_t type, struct bytes value)
{
	assert_rv(CKR_OK, attrs_set(a, type, value));
}

void
give_bool(struct attrs *a, uint64_t type, bool v)
{
	assert_rv(CKR_OK, attrs_set_bool(a, type, v));
}

void
give_u64(struct attrs *a, uint64_t type, uint64_t v)
{
	assert_rv(CKR_OK, attrs_set_u64(a, type, v));
}

uint64_t
make_data(struct fixture *f, const char *label, bool token, bool private)
{
	struct attrs a = ATTRS_EMPTY;
	struct object *o = NULL;
	char value[64];
	uint64_t handle = 0;

	snprintf(value, sizeof value, "value of %s", label);
	give_u64(&a, CKA_CLASS, CKO_DATA);
	give_bool(&a, CKA_TOKEN, token);
	give_bool(&a, CKA_PRIVATE, private);
	give(&a, CKA_LABEL, bytes_str(label));
	give(&a, CKA_VALUE, bytes_str(value));
	assert_rv(CKR_OK, object_create(f->token, 7, &a, &o));
	handle = object_handle(o);
	assert_true(handle != 0);
	object_put(o);
	attrs_free(&a);
	return handle;
}

CK_RV
try_ec(struct token *t, const struct attrs *private, bool token, struct object **public_out,
	struct object **private_out)
{
	struct attrs pub = ATTRS_EMPTY;
	struct attrs priv = ATTRS_EMPTY;
	CK_RV rv = CKR_OK;

	assert_rv(CKR_OK, attrs_copy(&priv, private));
	give(&pub, CKA_EC_PARAMS, curve_row(CURVE_P256)->oid);
	give_bool(&pub, CKA_TOKEN, token);
	give_bool(&priv, CKA_TOKEN, token);
	rv = object_generate_pair(
		t, 7, mech_find(CKM_EC_KEY_PAIR_GEN), &pub, &priv, public_out, private_out);
	attrs_free(&pub);
	attrs_free(&priv);
	return rv;
}

uint64_t
make_ec(struct fixture *f, const char *label)
{
	struct attrs priv = ATTRS_EMPTY;
	struct object *a = NULL;
	struct object *b = NULL;
	uint64_t handle = 0;

	give(&priv, CKA_LABEL, bytes_str(label));
	assert_rv(CKR_OK, try_ec(f->token, &priv, true, &a, &b));
	handle = object_handle(b);
	object_put(a);
	object_put(b);
	attrs_free(&priv);
	return handle;
}

CK_RV
try_sign(struct token *t, uint64_t handle, struct bytes context)
{
	static const uint8_t digest[32] = { 1, 2, 3 };
	struct scheme s = { .alg = ALG_ECDSA };
	struct buf signature = BUF_EMPTY;
	struct object *o = NULL;
	CK_RV rv = object_get(t, handle, &o);

	if (rv == CKR_OK)
		rv = object_sign(t, o, &s, context, bytes_of(digest, sizeof digest), &signature);
	if (rv == CKR_OK)
		rv = crypto_verify(
			object_pubkey(o), &s, bytes_of(digest, sizeof digest), view(&signature));
	buf_free(&signature);
	object_put(o);
	return rv;
}

size_t
find_label(struct token *t, const char *label, uint64_t *handle)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct find *find = NULL;
	uint64_t handles[200];
	size_t count = 0;

	if (label != NULL)
		give(&wanted, CKA_LABEL, bytes_str(label));
	assert_rv(CKR_OK, find_start(t, &wanted, &find));
	assert_rv(CKR_OK, find_next(find, handles, 200, &count));
	find_free(find);
	attrs_free(&wanted);
	if (handle != NULL && count > 0)
		*handle = handles[count - 1];
	return count;
}

CK_RV
try_get(struct token *t, uint64_t handle)
{
	struct object *o = NULL;
	CK_RV rv = object_get(t, handle, &o);

	object_put(o);
	return rv;
}

size_t
find_one(struct token *t, uint64_t type, struct bytes value, uint64_t *handle)
{
	struct attrs wanted = ATTRS_EMPTY;
	struct find *find = NULL;
	uint64_t handles[16];
	size_t count = 0;

	give(&wanted, type, value);
	assert_rv(CKR_OK, find_start(t, &wanted, &find));
	assert_rv(CKR_OK, find_next(find, handles, 16, &count));
	find_free(find);
	attrs_free(&wanted);
	*handle = count > 0 ? handles[0] : 0;
	return count;
}

struct bytes
label_of(const struct object *o)
{
	return attrs_bytes(object_attrs(o), CKA_LABEL);
}
