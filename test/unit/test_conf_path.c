/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "conf/conf_private.h"
#include "unit.h"

static const struct {
	struct conf_places places;
	const char *store;
	const char *conf; /* NULL: none */
} rows[] = {
	{ { false, "/d", "/c", "/h" }, "/d/tpm2-token/token.sqlite",
		"/c/tpm2-token/tpm2-token.conf" },
	{ { false, NULL, NULL, "/h" }, "/h/.local/share/tpm2-token/token.sqlite",
		"/h/.config/tpm2-token/tpm2-token.conf" },
	{ { false, "d", "./c", "/h" }, "/h/.local/share/tpm2-token/token.sqlite",
		"/h/.config/tpm2-token/tpm2-token.conf" },
	{ { false, NULL, NULL, NULL }, "/var/lib/tpm2-token/token.sqlite", NULL },
	{ { false, "", "", "h" }, "/var/lib/tpm2-token/token.sqlite", NULL },
	{ { true, "/d", "/c", "/h" }, "/var/lib/tpm2-token/token.sqlite", NULL },
};

static void
paths_follow_the_environment_except_for_root(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *store = NULL;
		char *conf = NULL;

		assert_rv(CKR_OK, path_store(&rows[i].places, &store));
		assert_string_equal(store, rows[i].store);
		assert_rv(CKR_OK, path_conf(&rows[i].places, &conf));
		if (rows[i].conf == NULL)
			assert_null(conf);
		else
			assert_string_equal(conf, rows[i].conf);
		free(store);
		free(conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_follow_the_environment_except_for_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
