/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * New strings. A program may bring its own allocator and load the module with
 * RTLD_DEEPBIND (pkcs11-provider does): what libc allocates is the program's
 * then, and free() in the module is libc's. So nothing in src/ calls strdup(),
 * asprintf(), getline(), reallocarray() or another function of libc that allocates.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/* NULL: no memory. The caller frees it. */
char *text_copy(const char *text);

/* The same for what printf would print. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
