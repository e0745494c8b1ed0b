/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Default paths. The XDG base directory specification says to ignore relative
 * directories; so a path from here never depends on the current directory.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "conf/conf_private.h"

#define SYSTEM_STORE "/var/lib/tpm2-token/token.sqlite"

static bool
path_usable(const char *directory)
{
	return directory != NULL && directory[0] == '/';
}

static CK_RV
path_join(const char *directory, const char *middle, const char *name, char **out)
{
	*out = text_format("%s%s/tpm2-token/%s", directory, middle, name);
	return *out != NULL ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV
path_store(const struct conf_places *p, char **out)
{
	/* Root's environment is often that of the user who called sudo: it must not choose the
	 * store. */
	if (!p->root && path_usable(p->data_home))
		return path_join(p->data_home, "", "token.sqlite", out);
	if (!p->root && path_usable(p->home))
		return path_join(p->home, "/.local/share", "token.sqlite", out);
	*out = text_copy(SYSTEM_STORE);
	return *out != NULL ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV
path_conf(const struct conf_places *p, char **out)
{
	*out = NULL;
	if (!p->root && path_usable(p->config_home))
		return path_join(p->config_home, "", "tpm2-token.conf", out);
	if (!p->root && path_usable(p->home))
		return path_join(p->home, "/.config", "tpm2-token.conf", out);
	return CKR_OK;
}
