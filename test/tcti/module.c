/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counting TCTI as a loadable one: "/path/tss2-tcti-tokentest.so:CONF",
 * CONF being the TCTI string of the one below.
 */
#include "config.h"

#include <tss2/tss2_tctildr.h>

#include "tcti/env.h"

static TSS2_RC
init(TSS2_TCTI_CONTEXT *context, size_t *size, const char *conf)
{
	struct count *c = (struct count *)(void *)context;
	TSS2_TCTI_CONTEXT *below = NULL;
	TSS2_RC rc = TSS2_RC_SUCCESS;

	if (c == NULL) {
		*size = sizeof *c;
		return TSS2_RC_SUCCESS;
	}
	if ((rc = Tss2_TctiLdr_Initialize(conf, &below)) != TSS2_RC_SUCCESS)
		return rc;
	count_init(c, below);
	c->owns_below = true;
	if (env_configure(c))
		return TSS2_RC_SUCCESS;
	count_clear(c);
	return TSS2_TCTI_RC_BAD_VALUE;
}

static const TSS2_TCTI_INFO info = {
	.version = 1,
	.name = "tokentest",
	.description = "counts, injects, delays and hides",
	.config_help = "TCTI string of the one below",
	.init = init,
};

__attribute__((visibility("default"))) const TSS2_TCTI_INFO *Tss2_Tcti_Info(void);

const TSS2_TCTI_INFO *
Tss2_Tcti_Info(void)
{
	return &info;
}
