/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration: one table of keys, each with a type, an environment name and
 * a default. The only place that reads the environment (secure_getenv).
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/rv.h"

enum conf_key {
	CONF_STORE,            /* the database file */
	CONF_TCTI,             /* tss2 TCTI string; never auto-detected */
	CONF_LOG,              /* as log_open() takes it */
	CONF_RESOURCE_MANAGER, /* "auto", "yes", "no": is there one between us and the TPM */
	CONF_PARENT,           /* "owner", "endorsement", "platform", "null" or a persistent handle
				  "0x81......" */
	CONF_OWNER_AUTH_FILE,  /* file whose content authorises the hierarchy of CONF_PARENT */
	CONF_SEAL_AES,         /* "yes", "no": AES keys where the TPM can not encrypt */
	CONF_COUNT
};

/* What a value must look like; each type has a check in conf.c. */
enum conf_type {
	CONF_TYPE_PATH,
	CONF_TYPE_TCTI,
	CONF_TYPE_LOG,
	CONF_TYPE_SWITCH,
	CONF_TYPE_PARENT,
	CONF_TYPE_BOOL,
	CONF_TYPES
};

struct conf {
	char *value[CONF_COUNT]; /* never NULL after conf_load() */
	char *file;              /* the file that was read, NULL if none */
};

/*
 * Order, the first wins: the environment, the configuration file, the default.
 * file: NULL, or one that the caller names (C_Initialize's pReserved, the tool's option); it must
 * exist then. Otherwise TPM2_TOKEN_CONF, else $XDG_CONFIG_HOME/tpm2-token/tpm2-token.conf (not for
 * root), else SYSCONFDIR/tpm2-token.conf; the last two may be absent.
 * A file that is not owned by root or the user, or is writable by others, is refused.
 * /dev/null stands for an empty file.
 * Format: "key = value" lines, lines that start with # are comments; unknown or repeated keys are
 * an error with file and line. An empty value, in the file or the environment, is as good as none.
 * Default store: $XDG_DATA_HOME/tpm2-token/token.sqlite; works without HOME: XDG variables, then
 * HOME, then the password database; for root, and who has no home, /var/lib/tpm2-token. Never a
 * path relative to the current directory: such a value is refused.
 *
 * CKR_ARGUMENTS_BAD: the configuration says something that cannot be (logged with file and line).
 */
CHECKED CK_RV conf_load(const char *file, struct conf *out);
void conf_free(struct conf *c);
const char *conf_get(const struct conf *c, enum conf_key key);

/* The table itself, for the manual and for tests. */
struct conf_row {
	enum conf_key key;
	enum conf_type type;
	const char *name;          /* in the file */
	const char *environment;   /* NULL if none */
	const char *default_value; /* NULL: computed (store) */
	const char *help;          /* one sentence */
};
const struct conf_row *conf_row(enum conf_key key);

#endif
