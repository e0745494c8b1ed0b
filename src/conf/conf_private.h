/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside conf/: conf.c knows the keys, file.c reads the file, path.c computes
 * the defaults.
 */
#ifndef CONF_CONF_PRIVATE_H
#define CONF_CONF_PRIVATE_H

#include "conf/conf.h"

/* Where a user's files are; NULL: unknown. All borrowed. */
struct conf_places {
	bool root;
	const char *data_home;   /* XDG_DATA_HOME */
	const char *config_home; /* XDG_CONFIG_HOME */
	const char *home;        /* HOME, else the password database */
};

/* Paths are malloc'ed; relative directories count as absent. The default store of this user. */
CHECKED CK_RV path_store(const struct conf_places *p, char **out);
/* The user's own configuration file; *out NULL: there is none for root or without a home. */
CHECKED CK_RV path_conf(const struct conf_places *p, char **out);

enum conf_file_kind { CONF_FILE_NAMED, CONF_FILE_OF_USER, CONF_FILE_OF_SYSTEM };

/* Read a file into what has no value yet and remember its name; a default that is absent is fine.
 */
CHECKED CK_RV conf_read_file(struct conf *c, const char *path, enum conf_file_kind kind);
/*
 * What a file says about a key: checked, and kept unless it is empty or a stronger source has
 * spoken. given: per key, whether the file has said it already. source: file and line, for the log.
 */
CHECKED CK_RV conf_assign(
	struct conf *c, bool *given, const char *name, const char *value, const char *source);

#endif
