/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counting TCTI's settings as a test gives them to another process.
 */
#ifndef TEST_TCTI_ENV_H
#define TEST_TCTI_ENV_H

#include "tcti/count.h"

/*
 * TOKENTEST_LOG    file that gets a line a command: "Sign 0x15d 0x0 1 1": its name, code, response code, and how many
 *                  transient objects and sessions this connection had in the TPM when it was sent
 * TOKENTEST_DUMP   file that gets all bytes of commands and answers
 * TOKENTEST_FAULT  "WHEN=RC,...": WHEN is a number (the nth command), a command's name (each), or
 * NAME#N (its nth); RC is a TPM response code, or a TCTI code (0xa....) TOKENTEST_DELAY
 * "NAME=MS,...": NAME may be * TOKENTEST_HIDE   "NAME,...": as hide_add_name() False: a value that
 * is not understood, or the log cannot be opened.
 */
bool env_configure(struct count *c);

#endif
