/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration: the table of keys, the environment and the order in which
 * sources are asked. A value is checked where it comes from, so that the log
 * can name the file and line or the variable.
 */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "conf/conf.h"
#include "conf/conf_private.h"

#define SYSTEM_CONF SYSCONFDIR "/tpm2-token.conf"

/* clang-format off */
static const struct conf_row rows[CONF_COUNT] = {
	{ CONF_STORE, CONF_TYPE_PATH, "store", "TPM2_TOKEN_STORE", NULL,
	  "The database file that holds tokens and objects." },
	{ CONF_TCTI, CONF_TYPE_TCTI, "tcti", "TPM2_TOKEN_TCTI", "device:/dev/tpmrm0",
	  "The way to the TPM, as a tpm2-tss TCTI string." },
	{ CONF_LOG, CONF_TYPE_LOG, "log", "TPM2_TOKEN_LOG", "off",
	  "What to log and where: LEVEL or LEVEL:FILE, with LEVEL off, error, warn, info or debug." },
	{ CONF_RESOURCE_MANAGER, CONF_TYPE_SWITCH, "resource-manager", "TPM2_TOKEN_RESOURCE_MANAGER", "auto",
	  "Whether a resource manager stands between us and the TPM: auto, yes or no." },
	{ CONF_PARENT, CONF_TYPE_PARENT, "parent", NULL, "owner",
	  "Parent of new tokens: owner, endorsement, platform, null or a persistent handle 0x81......." },
	{ CONF_OWNER_AUTH_FILE, CONF_TYPE_PATH, "owner-auth-file", NULL, "",
	  "File whose content authorises the hierarchy of the parent." },
	{ CONF_SEAL_AES, CONF_TYPE_BOOL, "seal-aes", NULL, "no",
	  "Whether a TPM that can not encrypt keeps AES keys for use on the host: yes or no." },
};
/* clang-format on */

const struct conf_row *
conf_row(enum conf_key key)
{
	return (unsigned)key < CONF_COUNT ? &rows[key] : NULL;
}

static const struct conf_row *
conf_row_by_name(const char *name)
{
	for (size_t i = 0; i < CONF_COUNT; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

/* --- what a value must look like: NULL, or what is wrong with it ----------------------------- */

static const char *
check_path(const char *value)
{
	return value[0] == '/' ? NULL : "must be an absolute path";
}

static const char *
check_tcti(const char *value)
{
	size_t name_len = strcspn(value, ":");
	const char *rest = value[name_len] == ':' ? value + name_len + 1 : "";

	if (name_len == 0)
		return "must begin with the name of a TCTI";
	if (value[0] != '/' && memchr(value, '/', name_len) != NULL)
		return "must name a TCTI library by an absolute path";
	if (name_len == strlen("device") && strncmp(value, "device", name_len) == 0 &&
		rest[0] != '/')
		return "must name the device by an absolute path";
	return NULL;
}

static const char *
check_log(const char *value)
{
	const char *file = strchr(value, ':');

	return file == NULL || file[1] == '/' ? NULL : "must name the log file by an absolute path";
}

static const char *
check_switch(const char *value)
{
	static const char *const words[] = { "auto", "yes", "no" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(value, words[i]) == 0)
			return NULL;
	return "must be auto, yes or no";
}

static const char *
check_parent(const char *value)
{
	static const char *const words[] = { "owner", "endorsement", "platform", "null" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(value, words[i]) == 0)
			return NULL;
	if (strlen(value) == 10 && strncmp(value, "0x81", 4) == 0 &&
		strspn(value + 4, "0123456789abcdefABCDEF") == 6)
		return NULL;
	return "must be owner, endorsement, platform, null or a persistent handle like 0x81000001";
}

static const char *
check_yes_no(const char *value)
{
	return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0 ? NULL : "must be yes or no";
}

static const char *(*const checks[CONF_TYPES])(const char *) = {
	[CONF_TYPE_PATH] = check_path,
	[CONF_TYPE_TCTI] = check_tcti,
	[CONF_TYPE_LOG] = check_log,
	[CONF_TYPE_SWITCH] = check_switch,
	[CONF_TYPE_PARENT] = check_parent,
	[CONF_TYPE_BOOL] = check_yes_no,
};

/* Check and set, unless the value is empty or there is one. source: for the log. */
static CK_RV
conf_set(struct conf *c, const struct conf_row *row, const char *value, const char *source)
{
	const char *wrong = NULL;
	char *copy = NULL;

	if (value[0] == '\0' || c->value[row->key] != NULL)
		return CKR_OK;
	wrong = checks[row->type](value);
	if (wrong != NULL)
		return rv_fail(CKR_ARGUMENTS_BAD, "%s: %s %s, not \"%s\"", source, row->name, wrong,
			value);
	copy = text_copy(value);
	if (copy == NULL)
		return CKR_HOST_MEMORY;
	c->value[row->key] = copy; /* owned by c */
	return CKR_OK;
}

/* --- sources --------------------------------------------------------------------------------- */

/* An empty variable is as good as none. */
static const char *
environment(const char *name)
{
	const char *value = secure_getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

static CK_RV
conf_read_environment(struct conf *c)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < CONF_COUNT && rv == CKR_OK; i++) {
		const char *value =
			rows[i].environment != NULL ? environment(rows[i].environment) : NULL;

		if (value != NULL)
			rv = conf_set(c, &rows[i], value, rows[i].environment);
	}
	return rv;
}

CK_RV
conf_assign(struct conf *c, bool *given, const char *name, const char *value, const char *source)
{
	const struct conf_row *row = conf_row_by_name(name);

	if (row == NULL)
		return rv_fail(CKR_ARGUMENTS_BAD, "%s: there is no option \"%s\"", source, name);
	if (given[row->key])
		return rv_fail(CKR_ARGUMENTS_BAD, "%s: %s is given twice", source, name);
	given[row->key] = true;
	return conf_set(c, row, value, source);
}

static CK_RV
conf_read_defaults(struct conf *c, const struct conf_places *places)
{
	CK_RV rv = CKR_OK;

	if (c->value[CONF_STORE] == NULL)
		rv = path_store(places, &c->value[CONF_STORE]);
	for (size_t i = 0; i < CONF_COUNT && rv == CKR_OK; i++) {
		if (c->value[i] == NULL && (c->value[i] = text_copy(rows[i].default_value)) == NULL)
			rv = CKR_HOST_MEMORY;
	}
	return rv;
}

/* The file that was named, or the first default that exists. */
static CK_RV
conf_read_files(struct conf *c, const char *file, const struct conf_places *places)
{
	char *own = NULL;
	CK_RV rv = CKR_OK;

	if (file == NULL)
		file = environment("TPM2_TOKEN_CONF");
	if (file != NULL)
		return conf_read_file(c, file, CONF_FILE_NAMED);
	rv = path_conf(places, &own);
	if (rv == CKR_OK && own != NULL)
		rv = conf_read_file(c, own, CONF_FILE_OF_USER);
	if (rv == CKR_OK && c->file == NULL)
		rv = conf_read_file(c, SYSTEM_CONF, CONF_FILE_OF_SYSTEM);
	free(own);
	return rv;
}

/* The user's home by the password database; the result lives in buffer. */
static const char *
home_of_user(char *buffer, size_t len)
{
	struct passwd entry;
	struct passwd *found = NULL;

	if (getpwuid_r(geteuid(), &entry, buffer, len, &found) != 0 || found == NULL)
		return NULL;
	return found->pw_dir;
}

CK_RV
conf_load(const char *file, struct conf *out)
{
	struct conf fresh = { { NULL }, NULL };
	char passwd[4096];
	struct conf_places places = { geteuid() == 0, environment("XDG_DATA_HOME"),
		environment("XDG_CONFIG_HOME"), environment("HOME") };
	CK_RV rv = CKR_OK;

	if (!places.root && (places.home == NULL || places.home[0] != '/'))
		places.home = home_of_user(passwd, sizeof passwd);
	rv = conf_read_environment(&fresh);
	if (rv == CKR_OK)
		rv = conf_read_files(&fresh, file, &places);
	if (rv == CKR_OK)
		rv = conf_read_defaults(&fresh, &places);
	if (rv == CKR_OK)
		*out = fresh; /* owned by the caller */
	else
		conf_free(&fresh);
	return rv;
}

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < CONF_COUNT; i++)
		free(c->value[i]);
	free(c->file);
	*c = (struct conf){ { NULL }, NULL };
}

const char *
conf_get(const struct conf *c, enum conf_key key)
{
	return c->value[key];
}
