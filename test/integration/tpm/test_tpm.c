/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to the TPM, parents, capabilities and the lockout.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "integration/tpm/rig.h"

#define OTHER "the TPM was cleared, or this store comes from another machine"

static void
a_tcti_must_be_named(void **state)
{
	struct tpm *t = NULL;

	(void)state;
	assert_rv(CKR_ARGUMENTS_BAD, tpm_new(NULL, TPM_MANAGER_AUTO, &t));
	assert_rv(CKR_ARGUMENTS_BAD, tpm_new("", TPM_MANAGER_AUTO, &t));
	assert_null(t);
}

static void
first_contact_is_the_first_command(void **state)
{
	struct rig *r = *state;
	struct tpm *t = rig_tpm(r, TPM_MANAGER_AUTO, NULL, NULL);
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, tpm_forget(t, LITERAL("nothing")));
	assert_commands(r, "");
	assert_rv(CKR_OK, tpm_random(t, 32, &out));
	assert_commands(r, "GetRandom");
	assert_int_equal(out.len, 32);
	assert_rv(CKR_OK, tpm_random(t, 100000, &out));
	assert_in_range(out.len, 1, 64);
	assert_rv(CKR_ARGUMENTS_BAD, tpm_random(t, 0, &out));
	tpm_free(t);
	buf_free(&out);
}

static void
assert_removed(const char *tcti, const char *sentence)
{
	struct tpm *t = NULL;
	struct buf out = BUF_EMPTY;

	assert_rv(CKR_OK, tpm_new(tcti, TPM_MANAGER_AUTO, &t));
	assert_rv(CKR_DEVICE_REMOVED, tpm_random(t, 32, &out));
	assert_sentence(sentence);
	assert_sentence(strchr(tcti, ':') + 1);
	tpm_free(t);
}

static void
missing_tpm_is_removed(void **state)
{
	(void)state;
	assert_removed("device:/nonexistent/tpm0", "there is no TPM at");
	assert_removed("swtpm:path=/nonexistent/socket", "no TPM answers at");
}

static void
missing_permission_names_the_group(void **state)
{
	char path[] = "/tmp/tpm2-token-test.XXXXXX";
	char tcti[64];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(0, fchmod(fd, 0));
	close(fd);
	snprintf(tcti, sizeof tcti, "device:%s", path);
	/* Root may open everything. */
	assert_int_equal(0, geteuid() == 0 ? seteuid(65534) : 0);
	assert_removed(tcti, "add the user to group tss");
	assert_int_equal(0, getuid() == 0 ? seteuid(0) : 0);
	unlink(path);
}

static void
owner_parent_is_made_once_and_found_again(void **state)
{
	struct rig *r = *state;
	struct tpm_parent again = { .handle = 0 };
	struct tpm_parent by_handle = { .handle = 0 };

	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_OWNER, 0, BYTES_EMPTY, &again));
	assert_commands(r, "ReadPublic");
	assert_int_equal(again.handle, 0x81000001);
	assert_bytes_equal(view(&again.name), view(&r->parent.name));
	assert_rv(CKR_OK,
		tpm_parent_open(r->tpm, TPM_PERSISTENT, 0x81000001, BYTES_EMPTY, &by_handle));
	assert_bytes_equal(view(&by_handle.public), view(&r->parent.public));
	assert_int_equal(by_handle.hierarchy, TPM_PERSISTENT);
	tpm_parent_free(&again);
	tpm_parent_free(&by_handle);
}

static void
evict(struct rig *r, TPM2_HANDLE from, TPM2_HANDLE to)
{
	ESYS_CONTEXT *esys = rig_esys(r);
	ESYS_TR object = ESYS_TR_NONE;
	ESYS_TR out = ESYS_TR_NONE;

	assert_int_equal(TSS2_RC_SUCCESS, Esys_TR_FromTPMPublic(esys, from, ESYS_TR_NONE,
						  ESYS_TR_NONE, ESYS_TR_NONE, &object));
	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_EvictControl(esys, ESYS_TR_RH_OWNER, object, ESYS_TR_PASSWORD,
					 ESYS_TR_NONE, ESYS_TR_NONE, to, &out));
	rig_esys_free(esys);
}

static void
owner_parent_is_made_if_absent(void **state)
{
	struct rig *r = *state;
	struct tpm_parent again = { .handle = 0 };

	evict(r, 0x81000001, 0x81000001);
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_OWNER, 0, BYTES_EMPTY, &again));
	assert_commands(r, "ReadPublic CreatePrimary EvictControl FlushContext");
	/* From the same seed and template comes the same key. */
	assert_bytes_equal(view(&again.name), view(&r->parent.name));
	tpm_parent_free(&again);
}

/* A primary that signs, where a storage key is expected. */
static void
make_signing_key_at(struct rig *r, TPM2_HANDLE handle)
{
	static const TPM2B_SENSITIVE_CREATE no_secret;
	static const TPM2B_DATA no_data;
	static const TPML_PCR_SELECTION no_pcrs;
	TPM2B_PUBLIC template = {
		.publicArea = { .type = TPM2_ALG_ECC,
			.nameAlg = TPM2_ALG_SHA256,
			.objectAttributes = TPMA_OBJECT_SIGN_ENCRYPT | TPMA_OBJECT_FIXEDTPM |
					    TPMA_OBJECT_FIXEDPARENT |
					    TPMA_OBJECT_SENSITIVEDATAORIGIN |
					    TPMA_OBJECT_USERWITHAUTH,
			.parameters.eccDetail = { .symmetric.algorithm = TPM2_ALG_NULL,
				.scheme.scheme = TPM2_ALG_NULL,
				.curveID = TPM2_ECC_NIST_P256,
				.kdf.scheme = TPM2_ALG_NULL } }
	};
	ESYS_CONTEXT *esys = rig_esys(r);
	ESYS_TR object = ESYS_TR_NONE;
	ESYS_TR out = ESYS_TR_NONE;

	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_CreatePrimary(esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD,
					 ESYS_TR_NONE, ESYS_TR_NONE, &no_secret, &template,
					 &no_data, &no_pcrs, &object, NULL, NULL, NULL, NULL));
	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_EvictControl(esys, ESYS_TR_RH_OWNER, object, ESYS_TR_PASSWORD,
					 ESYS_TR_NONE, ESYS_TR_NONE, handle, &out));
	assert_int_equal(TSS2_RC_SUCCESS, Esys_FlushContext(esys, object));
	rig_esys_free(esys);
}

static void
what_is_no_storage_key_is_no_parent(void **state)
{
	struct rig *r = *state;
	struct tpm_parent p = { .handle = 0 };

	make_signing_key_at(r, 0x81000010);
	assert_rv(CKR_ARGUMENTS_BAD,
		tpm_parent_open(r->tpm, TPM_PERSISTENT, 0x81000010, BYTES_EMPTY, &p));
	assert_sentence("is not a storage key");
	assert_rv(CKR_ARGUMENTS_BAD,
		tpm_parent_open(r->tpm, TPM_PERSISTENT, 0x81000011, BYTES_EMPTY, &p));
	assert_sentence("there is no object at 0x81000011");
	rig_commands(r);
	assert_rv(CKR_ARGUMENTS_BAD,
		tpm_parent_open(r->tpm, TPM_PERSISTENT, 0x80000000, BYTES_EMPTY, &p));
	assert_commands(r, "");
	assert_null(p.public.ptr);
}

static void
check_compares_with_what_is_pinned(void **state)
{
	struct rig *r = *state;
	struct tpm_parent other = { .handle = 0 };

	assert_rv(CKR_OK, tpm_parent_check(r->tpm, &r->parent, BYTES_EMPTY));
	assert_commands(r, "ReadPublic");
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, BYTES_EMPTY, &other));
	assert_int_equal(other.handle, 0);
	assert_rv(CKR_OK, tpm_parent_check(r->tpm, &other, BYTES_EMPTY));
	other.handle = 0x81000001;
	assert_rv(CKR_DEVICE_ERROR, tpm_parent_check(r->tpm, &other, BYTES_EMPTY));
	assert_sentence(OTHER);
	other.handle = 0x81000012;
	assert_rv(CKR_DEVICE_ERROR, tpm_parent_check(r->tpm, &other, BYTES_EMPTY));
	assert_sentence(OTHER);
	tpm_parent_free(&other);
}

static void
set_hierarchy_auth(struct rig *r, ESYS_TR hierarchy, const char *from, const char *to)
{
	ESYS_CONTEXT *esys = rig_esys(r);
	TPM2B_AUTH old = { .size = (UINT16)strlen(from) };
	TPM2B_AUTH new = { .size = (UINT16)strlen(to) };

	memcpy(old.buffer, from, old.size);
	memcpy(new.buffer, to, new.size);
	assert_int_equal(TSS2_RC_SUCCESS, Esys_TR_SetAuth(esys, hierarchy, &old));
	assert_int_equal(
		TSS2_RC_SUCCESS, Esys_HierarchyChangeAuth(esys, hierarchy, ESYS_TR_PASSWORD,
					 ESYS_TR_NONE, ESYS_TR_NONE, &new));
	rig_esys_free(esys);
}

static void
owners_authorisation_is_used_and_never_sent(void **state)
{
	struct rig *r = *state;
	struct tpm_parent p = { .handle = 0 };
	struct tpm *t = NULL;

	evict(r, 0x81000001, 0x81000001);
	set_hierarchy_auth(r, ESYS_TR_RH_OWNER, "", "owner");
	t = rig_tpm(r, TPM_MANAGER_NO, NULL, NULL);
	rig_commands(r);
	assert_rv(CKR_PIN_INCORRECT, tpm_parent_open(t, TPM_OWNER, 0, LITERAL("wrong"), &p));
	assert_rv(CKR_PIN_INCORRECT, tpm_parent_open(t, TPM_OWNER, 0, BYTES_EMPTY, &p));
	rig_commands(r);
	/* The first primary, of the null hierarchy, is what the session is salted to. */
	assert_rv(CKR_OK, tpm_parent_open(t, TPM_OWNER, 0, LITERAL("owner"), &p));
	assert_commands(
		r, "ReadPublic CreatePrimary CreatePrimary EvictControl FlushContext FlushContext");
	assert_bytes_equal(view(&p.name), view(&r->parent.name));
	tpm_free(t);
	tpm_parent_free(&p);
	set_hierarchy_auth(r, ESYS_TR_RH_OWNER, "owner", "");
}

/* What a later process does that knows the parent from the store alone. */
static void
assert_parent_serves(struct rig *r, const struct tpm_parent *p, struct bytes auth, CK_RV expected)
{
	struct keyspec spec = { KEY_EC, CURVE_P256, 0, true, false, false };
	struct tpm *t = rig_tpm(r, TPM_MANAGER_NO, NULL, NULL);
	struct buf public = BUF_EMPTY;
	struct buf private = BUF_EMPTY;

	assert_rv(expected, tpm_parent_check(t, p, auth));
	tpm_free(t);
	t = rig_tpm(r, TPM_MANAGER_NO, NULL, NULL);
	assert_rv(
		expected, tpm_seal(t, p, auth, rig_auth(), LITERAL("a secret"), &public, &private));
	tpm_free(t);
	t = rig_tpm(r, TPM_MANAGER_NO, NULL, NULL);
	assert_rv(expected,
		tpm_create_key(t, p, auth, &r->caps, &spec, rig_auth(), &public, &private));
	tpm_free(t);
	buf_free(&public);
	buf_free(&private);
}

static void
primary_of_a_hierarchy_with_a_password_is_made_in_each_process(void **state)
{
	struct rig *r = *state;
	struct tpm_parent p = { .handle = 0 };

	set_hierarchy_auth(r, ESYS_TR_RH_ENDORSEMENT, "", "endorse");
	assert_rv(CKR_OK, tpm_parent_open(r->tpm, TPM_ENDORSEMENT, 0, LITERAL("endorse"), &p));
	assert_parent_serves(r, &p, LITERAL("endorse"), CKR_OK);
	/* Nobody has given a wrong PIN. */
	assert_parent_serves(r, &p, LITERAL("wrong"), CKR_DEVICE_ERROR);
	assert_parent_serves(r, &p, BYTES_EMPTY, CKR_DEVICE_ERROR);
	assert_sentence("authorisation of the parent's hierarchy");
	tpm_parent_free(&p);
	set_hierarchy_auth(r, ESYS_TR_RH_ENDORSEMENT, "endorse", "");
}

static void
capabilities_are_what_the_tpm_shows(void **state)
{
	struct rig *r = *state;
	struct tpm *less = rig_tpm(
		r, TPM_MANAGER_NO, "TOKENTEST_HIDE", "SHA512,P-521,RSA-3072,EncryptDecrypt2");
	struct tpm_caps caps;

	assert_true(caps_hash(&r->caps, HASH_SHA512));
	assert_true(caps_curve(&r->caps, CURVE_P521));
	assert_true(caps_rsa(&r->caps, 2048));
	assert_true(r->caps.encrypt_decrypt);
	for (enum block_mode m = BLOCK_ECB; m < BLOCK_MODES; m++)
		assert_true(caps_mode(&r->caps, m));
	assert_true(caps_aes(&r->caps, 128));
	assert_true(caps_aes(&r->caps, 256));
	assert_true(r->caps.pin_fail);
	assert_false(r->caps.fips);
	assert_true(r->caps.firmware != 0);
	assert_string_not_equal(r->caps.vendor, "");
	assert_rv(CKR_OK, tpm_read_caps(less, &caps));
	assert_false(caps_hash(&caps, HASH_SHA512));
	assert_true(caps_hash(&caps, HASH_SHA256));
	assert_false(caps_curve(&caps, CURVE_P521));
	assert_false(caps_rsa(&caps, 3072));
	assert_false(caps.encrypt_decrypt);
	assert_int_equal(caps.aes_bits, 0);
	assert_false(caps_mode(&caps, BLOCK_CBC));
	tpm_free(less);
}

/* Three wrong tries, as a TPM comes out of the factory. */
static void
limit_tries(struct rig *r, UINT32 tries)
{
	ESYS_CONTEXT *esys = rig_esys(r);

	assert_int_equal(TSS2_RC_SUCCESS,
		Esys_DictionaryAttackParameters(esys, ESYS_TR_RH_LOCKOUT, ESYS_TR_PASSWORD,
			ESYS_TR_NONE, ESYS_TR_NONE, tries, 1000, 1000));
	rig_esys_free(esys);
}

static void
lockout_is_told_from_a_wrong_pin(void **state)
{
	struct rig *r = *state;
	struct rig_object seal;
	struct buf secret = BUF_EMPTY;
	struct tpm_lockout lockout;

	limit_tries(r, 3);
	/* To be switched off without a word counts as a try. */
	assert_rv(CKR_OK, tpm_reset_lockout(r->tpm, BYTES_EMPTY));
	rig_seal(r, &r->parent, &seal);
	seal.o.auth = rig_wrong_auth();
	for (int i = 0; i < 3; i++)
		assert_rv(CKR_PIN_INCORRECT, tpm_unseal(r->tpm, &seal.o, &secret));
	rig_commands(r);
	seal.o.auth = rig_auth();
	assert_rv(CKR_PIN_LOCKED, tpm_unseal(r->tpm, &seal.o, &secret));
	assert_commands(r, "Load Unseal FlushContext GetCapability");
	assert_sentence("the TPM is locked after 3 failed authorisations");
	assert_sentence("1000 seconds");
	assert_rv(CKR_OK, tpm_read_lockout(r->tpm, &lockout));
	assert_true(lockout.locked);
	assert_int_equal(lockout.counter, 3);
	assert_int_equal(lockout.max, 3);
	assert_int_equal(lockout.interval_s, 1000);
	assert_int_equal(lockout.recovery_s, 1000);
	assert_false(lockout.lockout_auth_set);
	assert_rv(CKR_OK, tpm_reset_lockout(r->tpm, BYTES_EMPTY));
	assert_rv(CKR_OK, tpm_unseal(r->tpm, &seal.o, &secret));
	limit_tries(r, 1000);
	buf_free(&secret);
	rig_object_free(&seal);
}

/* A process in which libtss2 has not been used yet does what libtss2 has much to say about. */
static int
witness(const char *tcti)
{
	struct tpm *t = NULL;
	struct tpm *none = NULL;
	struct tpm_parent p = { .handle = 0 };
	struct rig_object seal = { .public = BUF_EMPTY };
	struct buf out = BUF_EMPTY;
	bool right = tpm_new(tcti, TPM_MANAGER_NO, &t) == CKR_OK &&
		     tpm_new("swtpm:path=/nonexistent/socket", TPM_MANAGER_NO, &none) == CKR_OK &&
		     tpm_random(none, 1, &out) == CKR_DEVICE_REMOVED &&
		     tpm_parent_open(t, TPM_OWNER, 0, BYTES_EMPTY, &p) == CKR_OK &&
		     tpm_seal(t, &p, BYTES_EMPTY, rig_auth(), LITERAL("x"), &seal.public,
			     &seal.private) == CKR_OK;

	seal.o = (struct tpm_object){ &p, BYTES_EMPTY, view(&seal.public), view(&seal.private),
		rig_wrong_auth() };
	right = right && tpm_unseal(t, &seal.o, &out) == CKR_PIN_INCORRECT;
	if (right)
		seal.private.ptr[20] ^= 1;
	right = right && tpm_unseal(t, &seal.o, &out) == CKR_DEVICE_ERROR;
	rig_object_free(&seal);
	tpm_parent_free(&p);
	tpm_free(none);
	tpm_free(t);
	return right ? 0 : 1;
}

static void
nothing_is_written_to_stderr(void **state)
{
	struct rig *r = *state;
	FILE *file = tmpfile();
	int status = -1;
	pid_t pid = 0;

	assert_non_null(file);
	pid = fork();
	if (pid == 0) {
		if (dup2(fileno(file), STDERR_FILENO) >= 0)
			execl("/proc/self/exe", "test_tpm", "witness", r->swtpm.tcti, (char *)NULL);
		_exit(2);
	}
	assert_true(pid > 0);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
	fseek(file, 0, SEEK_END);
	assert_int_equal(0, ftell(file));
	fclose(file);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, rig_connect, rig_disconnect)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tcti_must_be_named),
		cmocka_unit_test(first_contact_is_the_first_command),
		cmocka_unit_test(missing_tpm_is_removed),
		cmocka_unit_test(missing_permission_names_the_group),
		CASE(owner_parent_is_made_once_and_found_again),
		CASE(owner_parent_is_made_if_absent),
		CASE(what_is_no_storage_key_is_no_parent),
		CASE(check_compares_with_what_is_pinned),
		CASE(owners_authorisation_is_used_and_never_sent),
		CASE(primary_of_a_hierarchy_with_a_password_is_made_in_each_process),
		CASE(capabilities_are_what_the_tpm_shows),
		CASE(lockout_is_told_from_a_wrong_pin),
		CASE(nothing_is_written_to_stderr),
	};

	unsetenv("TSS2_LOG");
	if (argc == 3 && strcmp(argv[1], "witness") == 0)
		return witness(argv[2]);
	if (!swtpm_available())
		return 77;
	return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
