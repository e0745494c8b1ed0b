/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * oasis MODULE PIN FILE: run one test case. Status 0: passed, 1: failed.
 */
#include "config.h"

#include <dlfcn.h>
#include <string.h>

#include "oasis.h"

#define FILE_MAX (1 << 20)

static bool
file_read(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "r");
	bool read = false;

	if (f == NULL)
		return false;
	if (buf_resize(out, FILE_MAX) == CKR_OK) {
		size_t n = fread(out->ptr, 1, out->len, f);

		read = ferror(f) == 0 && feof(f) != 0 && buf_resize(out, n) == CKR_OK;
	}
	fclose(f);
	return read;
}

static CK_FUNCTION_LIST *
module_load(const char *path)
{
	CK_C_GetFunctionList get = NULL;
	CK_FUNCTION_LIST *f = NULL;
	void *dl = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (dl != NULL)
		*(void **)&get = dlsym(dl, "C_GetFunctionList");
	return get != NULL && get(&f) == CKR_OK ? f : NULL;
}

static bool
run_file(CK_FUNCTION_LIST *f, const char *path, const char *pin)
{
	const char *slash = strrchr(path, '/');
	struct report r = { .out = stdout, .name = slash != NULL ? slash + 1 : path };
	struct buf text = BUF_EMPTY;
	bool passed = false;

	if (file_read(path, &text))
		passed = case_run(f, view(&text), pin, &r);
	else
		fprintf(stderr, "oasis: %s can not be read\n", path);
	buf_free(&text);
	return passed;
}

int
main(int argc, char **argv)
{
	CK_FUNCTION_LIST *f = NULL;

	if (argc != 4) {
		fprintf(stderr, "usage: oasis MODULE PIN FILE\n");
		return 2;
	}
	if ((f = module_load(argv[1])) == NULL) {
		fprintf(stderr, "oasis: %s is no PKCS#11 module\n", argv[1]);
		return 2;
	}
	return run_file(f, argv[3], argv[2]) ? 0 : 1;
}
