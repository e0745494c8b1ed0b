/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors: each one line, with what to do next.
 */
#include "config.h"

#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "tool.h"

/* A sentence for when the library logged none, and what to do next. */
static const struct {
	CK_RV rv;
	const char *sentence;
	const char *next;
} errors[] = {
	{ CKR_PIN_INCORRECT, "the PIN is wrong",
		"try again; after too many tries the PIN is locked" },
	{ CKR_PIN_LOCKED, "the PIN is locked after too many wrong tries", NULL },
	{ CKR_PIN_LEN_RANGE, "a PIN has 4 to 255 bytes", NULL },
	{ CKR_USER_PIN_NOT_INITIALIZED, "the token has no user PIN yet",
		"the security officer sets it: tpm2-token pin unblock" },
	{ CKR_DEVICE_REMOVED, "there is no TPM, or no permission to use it",
		"run: tpm2-token doctor" },
	{ CKR_DEVICE_ERROR, "the TPM or the store fails", "run: tpm2-token doctor" },
	{ CKR_DEVICE_MEMORY, "the TPM or the disk is full", "run: tpm2-token doctor" },
	{ CKR_TOKEN_WRITE_PROTECTED, "the store can not be written",
		"give this user permission to write the file and its folder" },
	{ CKR_HOST_MEMORY, "there is not enough memory", NULL },
	{ CKR_CURVE_NOT_SUPPORTED, "this TPM does not have that curve",
		"ec:p256 works on every TPM" },
	{ CKR_KEY_SIZE_RANGE, "this TPM does not make RSA keys of that size",
		"rsa:2048 works on almost every TPM" },
	{ CKR_ACTION_PROHIBITED, "the object may not be removed (CKA_DESTROYABLE is false)", NULL },
};

static void
print_error(const char *sentence, const char *next)
{
	struct bytes text = bytes_str(sentence);

	/* One line: the library's sentences may end in a full stop. */
	while (text.len > 0 && strchr(".\n ", text.ptr[text.len - 1]) != NULL)
		text.len--;
	fflush(stdout);
	fputs("tpm2-token: ", stderr);
	print_text(stderr, text);
	if (next != NULL)
		fprintf(stderr, "; %s", next);
	fputc('\n', stderr);
}

int
fail_rv(CK_RV rv)
{
	const char *sentence = log_last_error(), *next = NULL;

	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		if (errors[i].rv != rv)
			continue;
		next = errors[i].next;
		if (sentence[0] == '\0' || rv == CKR_PIN_INCORRECT)
			sentence = errors[i].sentence;
	}
	print_error(sentence[0] != '\0' ? sentence : name_of_rv(rv), next);
	return FAILED;
}

int
fail_text(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	print_error(text, NULL);
	return FAILED;
}

int
usage_error(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	print_error(text, "see: tpm2-token help");
	return USAGE;
}
