/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mechanism MODULE: walks over the list of mechanisms of an empty module's
 * first token. Exit status 1 if anything is not as promised.
 */
#include "config.h"

#include <dlfcn.h>

#include "mechanism.h"

#define SO_PIN   "87654321"
#define USER_PIN "123456"
/* What flags say about a mechanism that is no use of it. */
#define NO_USE (CKF_HW | CKF_MULTI_MESSAGE | CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS)

CK_FUNCTION_LIST *f;
const CK_FUNCTION_LIST_3_2 *f3;
CK_SESSION_HANDLE session;
CK_FLAGS promised;

static unsigned trial_count, failure_count;

static const struct use {
	CK_FLAGS flag;
	const char *name;
	bool (*run)(struct trial *t);
} uses[] = {
	{ CKF_DIGEST, "digests", use_digest },
	{ CKF_SIGN, "signs", use_sign },
	{ CKF_VERIFY, "verifies", use_verify },
	{ CKF_SIGN_RECOVER, "signs with recovery", use_sign_recover },
	{ CKF_VERIFY_RECOVER, "verifies with recovery", use_verify_recover },
	{ CKF_MESSAGE_SIGN, "signs messages", use_message_sign },
	{ CKF_MESSAGE_VERIFY, "verifies messages", use_message_verify },
	{ CKF_MESSAGE_ENCRYPT, "encrypts messages", use_message_encrypt },
	{ CKF_MESSAGE_DECRYPT, "decrypts messages", use_message_decrypt },
	{ CKF_ENCRYPT, "encrypts", use_encrypt },
	{ CKF_DECRYPT, "decrypts", use_decrypt },
	{ CKF_GENERATE, "generates", use_generate },
	{ CKF_GENERATE_KEY_PAIR, "generates pairs", use_generate_pair },
	{ CKF_DERIVE, "derives", use_derive },
	{ CKF_WRAP, "wraps", use_wrap },
	{ CKF_UNWRAP, "unwraps", use_unwrap },
	{ CKF_ENCAPSULATE, "encapsulates", use_encapsulate },
	{ CKF_DECAPSULATE, "decapsulates", use_decapsulate },
};

bool
trial_fails(const struct trial *t, const char *what, CK_RV rv)
{
	failure_count++;
	printf("  FAILED: 0x%lx %s %s: 0x%lx (%s key of %lu, type 0x%lx)\n", t->row->type, t->use,
		what, rv, t->token ? "token" : "session", t->size, t->key_type);
	/* What it was in the middle of must not be in the way of what comes next. */
	if (f3 != NULL)
		f3->C_SessionCancel(session,
			CKF_SIGN | CKF_VERIFY | CKF_ENCRYPT | CKF_DECRYPT | CKF_DIGEST |
				CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY | CKF_MESSAGE_ENCRYPT |
				CKF_MESSAGE_DECRYPT | CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER);
	return false;
}

static void
fail(CK_MECHANISM_TYPE type, const char *what)
{
	failure_count++;
	printf("  FAILED: 0x%lx %s\n", type, what);
}

/* All types of key that a mechanism takes, in both places. */
static void
run_size(const struct trial *model, const struct use *use)
{
	const struct row *row = model->row;
	const CK_KEY_TYPE types[] = { row->key_type != 0 ? row->key_type : CKK_GENERIC_SECRET,
		row->hash != NULL ? row->hash->key_type : CKK_HKDF };
	bool both = row->kind == KIND_SECRET && row->key_type == 0;

	for (size_t i = 0; i < (both ? 2 : 1); i++)
		for (int token = 0; token < 2; token++) {
			struct trial t = *model;

			t.token = token;
			t.use = use->name;
			t.key_type = types[i];
			trial_parameter(&t);
			trial_count++;
			use->run(&t);
		}
}

/* The standard counts a generic secret in bits, as it does asymmetric keys. */
static bool
sizes_are_bits(const struct row *row)
{
	return row->kind == KIND_SECRET &&
	       (row->key_type == 0 || row->key_type == CKK_GENERIC_SECRET);
}

static void
run_use(const struct row *row, const CK_MECHANISM_INFO *info, const struct use *use)
{
	static const CK_ULONG rsa[] = { 1024, 2048, 3072, 4096 }, ec[] = { 256, 384, 521 },
			      aes[] = { 16, 24, 32 }, secret[] = { 1, 16, 20, 64, 128, 129, 4096 },
			      des[] = { 8, 16, 24 };
	static const struct {
		const CK_ULONG *list;
		size_t count;
	} sizes[] = {
		[KIND_NONE] = { rsa, 1 },
		[KIND_RSA] = { rsa, COUNT(rsa) },
		[KIND_EC] = { ec, COUNT(ec) },
		[KIND_SECRET] = { secret, COUNT(secret) },
		[KIND_AES] = { aes, COUNT(aes) },
		[KIND_DES] = { des, COUNT(des) },
	};
	size_t tried = 0;

	for (size_t i = 0; i < sizes[row->kind].count; i++) {
		struct trial t = { .row = row, .flags = info->flags };
		CK_ULONG told = 0;

		t.size = sizes[row->kind].list[i];
		told = sizes_are_bits(row) ? 8 * t.size : t.size;
		if (row->kind != KIND_NONE &&
			(told < info->ulMinKeySize || told > info->ulMaxKeySize))
			continue;
		run_size(&t, use);
		tried++;
	}
	if (tried == 0)
		fail(row->type, "has no size of key that is known");
}

static void
run_mechanism(CK_SLOT_ID slot, CK_MECHANISM_TYPE type)
{
	const struct row *row = row_find(type);
	CK_FLAGS left = 0;
	CK_MECHANISM_INFO info;
	struct row copy;

	if (row == NULL || f->C_GetMechanismInfo(slot, type, &info) != CKR_OK) {
		fail(type, "is not known to this test");
		return;
	}
	copy = *row;
	left = info.flags & ~(CK_FLAGS)NO_USE;
	for (size_t i = 0; i < COUNT(uses); i++) {
		if ((info.flags & uses[i].flag) == 0)
			continue;
		run_use(&copy, &info, &uses[i]);
		left &= ~uses[i].flag;
	}
	if (left != 0)
		fail(type, "can be used in a way that is not known to this test");
}

static bool
load(const char *path)
{
	CK_C_GetFunctionList get = NULL;
	CK_C_GetInterface get_interface = NULL;
	CK_VERSION version = { 3, 2 };
	CK_INTERFACE *i = NULL;
	void *dl = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (dl == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return false;
	}
	*(void **)&get = dlsym(dl, "C_GetFunctionList");
	*(void **)&get_interface = dlsym(dl, "C_GetInterface");
	if (get_interface != NULL &&
		get_interface((CK_UTF8CHAR *)"PKCS 11", &version, &i, 0) == CKR_OK)
		f3 = i->pFunctionList;
	return get != NULL && get(&f) == CKR_OK;
}

/* A token with its PINs, and a session of its user. */
static bool
make_token(CK_SLOT_ID *slot)
{
	CK_UTF8CHAR label[33] = "mechanisms                      ";
	CK_ULONG n = 1;
	bool ok = f->C_Initialize(NULL) == CKR_OK &&
		  f->C_GetSlotList(CK_TRUE, slot, &n) == CKR_OK &&
		  f->C_InitToken(*slot, (CK_UTF8CHAR *)SO_PIN, strlen(SO_PIN), label) == CKR_OK &&
		  f->C_OpenSession(*slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
			  &session) == CKR_OK &&
		  f->C_Login(session, CKU_SO, (CK_UTF8CHAR *)SO_PIN, strlen(SO_PIN)) == CKR_OK &&
		  f->C_InitPIN(session, (CK_UTF8CHAR *)USER_PIN, strlen(USER_PIN)) == CKR_OK &&
		  f->C_Logout(session) == CKR_OK;

	return ok &&
	       f->C_Login(session, CKU_USER, (CK_UTF8CHAR *)USER_PIN, strlen(USER_PIN)) == CKR_OK;
}

int
main(int argc, char **argv)
{
	CK_MECHANISM_TYPE list[256];
	CK_ULONG count = COUNT(list);
	CK_MECHANISM_INFO info;
	CK_SLOT_ID slot = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2 || !load(argv[1])) {
		fprintf(stderr, "usage: mechanism MODULE\n");
		return 2;
	}
	if (!make_token(&slot) || f->C_GetMechanismList(slot, list, &count) != CKR_OK) {
		fprintf(stderr, "no token can be made\n");
		return 2;
	}
	for (CK_ULONG i = 0; i < count; i++)
		if (f->C_GetMechanismInfo(slot, list[i], &info) == CKR_OK)
			promised |= info.flags;
	for (CK_ULONG i = 0; i < count; i++)
		run_mechanism(slot, list[i]);
	keys_free();
	f->C_Finalize(NULL);
	printf("%lu mechanisms, %u trials, %u failed\n", count, trial_count, failure_count);
	return failure_count == 0 ? 0 : 1;
}
