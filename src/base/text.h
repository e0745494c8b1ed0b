/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings that are allocated here.
 *
 * In place of the C library's functions that give memory away (strdup(), asprintf(), getline(),
 * reallocarray()): who loads the module with RTLD_DEEPBIND into a program that has brought its own
 * malloc(), as OpenSSL's pkcs11-provider does in HAProxy, gives it the C library's free(), while
 * the C library itself calls the program's malloc().
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

/* For free(); NULL: no memory. */
char *text_copy(const char *text);
char *text_copy_part(const char *text, size_t len);
char *text_join(const char *a, const char *b);

#endif
