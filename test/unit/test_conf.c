/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "conf/conf.h"
#include "unit.h"

static char directory[64];
static char file[160];

static void
write_file(const char *content, size_t len)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(content, 1, len, f), len);
	fclose(f);
	assert_int_equal(chmod(file, 0600), 0);
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(directory, sizeof directory, "/tmp/test_conf.XXXXXX");
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(file, sizeof file, "%s/a.conf", directory);
	for (enum conf_key key = 0; key < CONF_COUNT; key++)
		if (conf_row(key)->environment != NULL)
			unsetenv(conf_row(key)->environment);
	setenv("TPM2_TOKEN_CONF", "/dev/null", 1);
	log_forget_error();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(directory);
}

static void
expect_reading(const char *text, enum conf_key key, const char *value)
{
	struct conf c;

	write_file(text, strlen(text));
	assert_rv(CKR_OK, conf_load(file, &c));
	assert_string_equal(conf_get(&c, key), value);
	assert_string_equal(c.file, file);
	conf_free(&c);
}

static void
every_key_has_a_row_in_its_place(void **state)
{
	(void)state;
	for (enum conf_key key = 0; key < CONF_COUNT; key++) {
		assert_int_equal(conf_row(key)->key, key);
		assert_non_null(conf_row(key)->name);
		assert_non_null(conf_row(key)->help);
	}
	assert_null(conf_row(CONF_COUNT));
}

static void
an_empty_file_gives_the_defaults(void **state)
{
	struct conf c;

	(void)state;
	assert_rv(CKR_OK, conf_load(NULL, &c));
	assert_string_equal(c.file, "/dev/null");
	assert_int_equal(conf_get(&c, CONF_STORE)[0], '/');
	assert_string_equal(conf_get(&c, CONF_TCTI), "device:/dev/tpmrm0");
	assert_string_equal(conf_get(&c, CONF_LOG), "off");
	assert_string_equal(conf_get(&c, CONF_RESOURCE_MANAGER), "auto");
	assert_string_equal(conf_get(&c, CONF_PARENT), "owner");
	assert_string_equal(conf_get(&c, CONF_OWNER_AUTH_FILE), "");
	conf_free(&c);
	conf_free(NULL);
}

static void
lines_are_read_with_blanks_and_comments(void **state)
{
	(void)state;
	expect_reading("# comment\n\n  store\t=  /a b/#1%?.db \r\n", CONF_STORE, "/a b/#1%?.db");
	expect_reading("parent=0x8100abCD", CONF_PARENT, "0x8100abCD");
	expect_reading("tcti = swtpm:host=localhost,port=2321\n", CONF_TCTI,
		"swtpm:host=localhost,port=2321");
	expect_reading("tcti = /usr/lib/libtss2-tcti-x.so:a=b\n", CONF_TCTI,
		"/usr/lib/libtss2-tcti-x.so:a=b");
	expect_reading("log = debug:/var/log/x\n", CONF_LOG, "debug:/var/log/x");
	expect_reading("log = debug\n", CONF_LOG, "debug");
	expect_reading("owner-auth-file =\n", CONF_OWNER_AUTH_FILE, "");
	expect_reading("resource-manager =\n", CONF_RESOURCE_MANAGER, "auto");
	expect_reading("seal-aes = yes\n", CONF_SEAL_AES, "yes");
	expect_reading("seal-aes =\n", CONF_SEAL_AES, "no");
}

static void
the_environment_wins_over_the_file(void **state)
{
	(void)state;
	setenv("TPM2_TOKEN_STORE", "/from/environment", 1);
	expect_reading("store = /from/file\n", CONF_STORE, "/from/environment");
	setenv("TPM2_TOKEN_STORE", "", 1);
	expect_reading("store = /from/file\n", CONF_STORE, "/from/file");
	setenv("TPM2_TOKEN_RESOURCE_MANAGER", "no", 1);
	expect_reading("resource-manager = yes\n", CONF_RESOURCE_MANAGER, "no");
}

static void
what_cannot_be_is_refused_with_file_and_line(void **state)
{
	static const char *const bad[] = {
		"x = y\n",
		"store\n",
		"= /x\n",
		"Store = /x\n",
		"store = relative\n",
		"store = /a\nstore = /a\n",
		"store =\nstore = /a\n",
		"tcti = :x\n",
		"tcti = ./evil.so\n",
		"tcti = lib/evil.so:x\n",
		"tcti = device\n",
		"tcti = device:\n",
		"tcti = device:tpm0\n",
		"log = debug:here\n",
		"log = debug:\n",
		"resource-manager = maybe\n",
		"parent = lockout\n",
		"parent = 0x80000001\n",
		"parent = 0x8100000\n",
		"parent = 0x8100000g\n",
		"owner-auth-file = secret\n",
		"seal-aes = auto\n",
		"seal-aes = 1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct conf c = { { NULL }, NULL };

		log_forget_error();
		write_file(bad[i], strlen(bad[i]));
		assert_rv(CKR_ARGUMENTS_BAD, conf_load(file, &c));
		assert_non_null(strstr(log_last_error(), "a.conf:"));
		assert_null(c.file);
	}
}

static void
a_file_that_is_not_text_is_refused(void **state)
{
	static char longest[20000];
	struct conf c;

	(void)state;
	write_file("store = /a\0b\n", 13);
	assert_rv(CKR_ARGUMENTS_BAD, conf_load(file, &c));
	memset(longest, 'a', sizeof longest);
	write_file(longest, sizeof longest);
	assert_rv(CKR_ARGUMENTS_BAD, conf_load(file, &c));
}

static void
a_bad_variable_is_refused_by_its_name(void **state)
{
	struct conf c;

	(void)state;
	setenv("TPM2_TOKEN_STORE", "token.sqlite", 1);
	assert_rv(CKR_ARGUMENTS_BAD, conf_load(NULL, &c));
	assert_non_null(strstr(log_last_error(), "TPM2_TOKEN_STORE"));
}

static void
a_file_that_is_named_must_exist(void **state)
{
	struct conf c;

	(void)state;
	assert_rv(CKR_ARGUMENTS_BAD, conf_load(file, &c));
	assert_non_null(strstr(log_last_error(), file));
	setenv("TPM2_TOKEN_CONF", file, 1);
	assert_rv(CKR_ARGUMENTS_BAD, conf_load(NULL, &c));
	assert_rv(CKR_ARGUMENTS_BAD, conf_load("a.conf", &c));
	assert_rv(CKR_ARGUMENTS_BAD, conf_load(directory, &c));
	assert_rv(CKR_OK, conf_load("/dev/null", &c));
	conf_free(&c);
}

static void
a_limit_of_open_files_is_not_the_files_fault(void **state)
{
	struct conf c = { .file = NULL };
	struct rlimit limit;
	struct rlimit none;

	(void)state;
	write_file("parent = null\n", 14);
	assert_int_equal(0, getrlimit(RLIMIT_NOFILE, &limit));
	none = (struct rlimit){ 0, limit.rlim_max };
	assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &none));
	assert_rv(CKR_HOST_MEMORY, conf_load(file, &c));
	conf_free(&c);
	assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &limit));
	assert_rv(CKR_OK, conf_load(file, &c));
	conf_free(&c);
}

static void
a_file_that_others_can_write_is_refused(void **state)
{
	struct conf c;

	(void)state;
	write_file("", 0);
	assert_int_equal(chmod(file, 0620), 0);
	assert_rv(CKR_ARGUMENTS_BAD, conf_load(file, &c));
	assert_int_equal(chmod(file, 0602), 0);
	assert_rv(CKR_ARGUMENTS_BAD, conf_load(file, &c));
	assert_int_equal(chmod(file, 0644), 0);
	assert_rv(CKR_OK, conf_load(file, &c));
	conf_free(&c);
}

static void
a_file_of_another_user_is_refused(void **state)
{
	struct conf c;

	(void)state;
	if (geteuid() != 0)
		skip();
	write_file("", 0);
	assert_int_equal(chown(file, 65534, 65534), 0);
	assert_rv(CKR_ARGUMENTS_BAD, conf_load(file, &c));
	assert_non_null(strstr(log_last_error(), "another user"));
}

static void
a_users_own_file_and_folders_are_the_default(void **state)
{
	char folder[80];
	char path[128];
	struct conf c;

	(void)state;
	if (geteuid() == 0 && seteuid(65534) != 0)
		skip();
	unsetenv("TPM2_TOKEN_CONF");
	snprintf(folder, sizeof folder, "/tmp/test_conf_home.XXXXXX");
	assert_non_null(mkdtemp(folder));
	setenv("XDG_CONFIG_HOME", folder, 1);
	setenv("XDG_DATA_HOME", folder, 1);
	snprintf(path, sizeof path, "%s/tpm2-token", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(file, sizeof file, "%s/tpm2-token/tpm2-token.conf", folder);
	write_file("parent = null\n", 14);
	assert_rv(CKR_OK, conf_load(NULL, &c));
	assert_string_equal(c.file, file);
	assert_string_equal(conf_get(&c, CONF_PARENT), "null");
	snprintf(path, sizeof path, "%s/tpm2-token/token.sqlite", folder);
	assert_string_equal(conf_get(&c, CONF_STORE), path);
	conf_free(&c);
	unlink(file);
	snprintf(path, sizeof path, "%s/tpm2-token", folder);
	rmdir(path);
	rmdir(folder);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_key_has_a_row_in_its_place),
		CASE(an_empty_file_gives_the_defaults),
		CASE(lines_are_read_with_blanks_and_comments),
		CASE(the_environment_wins_over_the_file),
		CASE(what_cannot_be_is_refused_with_file_and_line),
		CASE(a_file_that_is_not_text_is_refused),
		CASE(a_bad_variable_is_refused_by_its_name),
		CASE(a_file_that_is_named_must_exist),
		CASE(a_limit_of_open_files_is_not_the_files_fault),
		CASE(a_file_that_others_can_write_is_refused),
		CASE(a_file_of_another_user_is_refused),
		CASE(a_users_own_file_and_folders_are_the_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
