/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: silent unless switched on by TPM2_TOKEN_LOG or the configuration.
 * Whatever is logged as an error is also kept for the calling thread, so that
 * the tool can show the sentence. Nothing secret is ever passed here.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_OFF, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/*
 * spec: "LEVEL" or "LEVEL:FILE" with LEVEL one of off, error, warn, info, debug; NULL means off.
 * Without FILE lines go to stderr. A FILE is created 0600 and appended to. An unknown level or a
 * file that cannot be opened means off: a log must never make a program fail. No other thread may
 * log while the log is opened or closed.
 */
void log_open(const char *spec);
void log_close(void);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The last error sentence of this thread, "" if none; valid until the next error. */
const char *log_last_error(void);
void log_forget_error(void);

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

#endif
