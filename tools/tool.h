/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command-line tool: what its files share. A command is a row in main.c
 * and a function in cmd_NAME.c that gets the parsed line and returns the exit
 * status. Errors are one line on stderr, answers go to stdout.
 */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <pthread.h>
#include <stdio.h>

#include "base/alg.h"
#include "token/token.h"

/* Exit statuses. */
enum { DONE = 0, FAILED = 1, USAGE = 2 };

/* --- options.c: the line ---------------------------------------------------------------------- */

enum opt {
	OPT_CONFIG,
	OPT_TOKEN,
	OPT_LABEL,
	OPT_ID,
	OPT_URI,
	OPT_TYPE,
	OPT_PARENT,
	OPT_AUTH_FILE,
	OPT_PIN_FILE,
	OPT_PIN_FD,
	OPT_SO_PIN_FILE,
	OPT_SO_PIN_FD,
	OPT_NEW_PIN_FILE,
	OPT_NEW_PIN_FD,
	OPT_ALWAYS_AUTHENTICATE,
	OPT_DECRYPT,
	OPT_LOGIN,
	OPT_SO,
	OPT_JSON,
	OPT_PUBLIC,
	OPT_MODULE,
	OPT_YES,
	OPT_TABLE,
	OPT_HELP,
	OPT_VERSION,
	OPT_COUNT
};

#define BIT(opt) (1U << (opt))

struct option_row {
	enum opt id;
	const char *name;     /* without the dashes */
	const char *argument; /* what the help calls it; NULL: none */
	const char *help;
};
const struct option_row *option_row(enum opt id);

struct tool;

struct command {
	const char *name;    /* one or two words */
	const char *operand; /* what the help calls it; NULL: none */
	bool needs_store;    /* the store must be usable, or absent */
	uint32_t options;    /* BIT() of each that it takes, besides the common ones */
	const char *help;
	int (*run)(struct tool *t);
};
/* All commands; a row without name ends them. */
extern const struct command commands[];

struct tool {
	const struct command *command;
	const char *value[OPT_COUNT]; /* NULL: not given; "" for an option without argument */
	const char *operand;
	struct core *core;
};

/* DONE, or USAGE after it has said what is wrong. command NULL: only --help or --version was given.
 */
int options_parse(struct tool *t, int argc, char **argv);
bool opt_given(const struct tool *t, enum opt id);
void usage_print(FILE *f, const struct command *only); /* only NULL: all commands */
/* For scripts: lines with tabs between "command", name, operand, help; "option", command, name,
 * argument, help. */
void usage_table(FILE *f);

/* --- mechanisms.c ----------------------------------------------------------------------------- */

/* The same: "mechanism", name, key type, uses. */
void mechanisms_table(FILE *f);

/* --- output.c: text, errors ------------------------------------------------------------------- */

/* "tpm2-token: " and the sentence that the library logged (or one for rv), and what to do next.
 * Returns FAILED. */
int fail_rv(CK_RV rv);
/* The tool's own sentence. Returns FAILED, USAGE. */
int fail_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --- text.c ----------------------------------------------------------------------------------- */

/* For people: bytes that would disturb a terminal are shown as '?'. */
void print_text(FILE *f, struct bytes text);
/* Length of the valid UTF-8 character at the start of text, 0 if there is none. */
size_t utf8_char_len(struct bytes text);
/* Hex digits, two a byte, colons allowed between bytes. CKR_ARGUMENTS_BAD. */
CHECKED CK_RV hex_read(const char *text, struct buf *out);

/* --- json.c: an emitter that can not make invalid JSON out of any bytes ----------------------- */

struct json {
	FILE *f;
	int depth;
	bool follows; /* something stands before, in this list */
};

/* key NULL: in an array or at the top. bracket '{' or '['. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket); /* '}' or ']' */
void json_text(struct json *j, const char *key, struct bytes text);
void json_hex(struct json *j, const char *key, struct bytes value);
void json_number(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);

/* --- pin_input.c ------------------------------------------------------------------------------ */

enum pin_kind { PIN_USER, PIN_SO, PIN_NEW };
/*
 * From --..-file, --..-fd or the terminal, where it is asked for twice if it is a new one. prompt
 * NULL: the kind's own. CKR_FUNCTION_CANCELED: no terminal, end of file; CKR_PIN_LEN_RANGE;
 * CKR_PIN_INVALID: not the same twice.
 */
CHECKED CK_RV pin_get(
	struct tool *t, enum pin_kind kind, const char *prompt, bool twice, struct buf *pin);
/* The first line of a file. */
CHECKED CK_RV secret_from_file(const char *path, struct buf *out);
/* One line from the terminal, echoed: the answer to a question that is no secret. */
bool confirm(const char *question);

/* --- progress.c ------------------------------------------------------------------------------- */

/* A line on stderr, while the caller works, that shows that something is going on; only on a
 * terminal. */
struct progress {
	const char *what;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool running;
	bool stop;
};
void progress_start(struct progress *p, const char *what);
void progress_stop(struct progress *p);

/* --- objects.c: tokens and objects as the line names them ------------------------------------- */

/* --token, or the token of --uri, or the only one. CKR_ARGUMENTS_BAD: there is none, or these are
 * two. */
CHECKED CK_RV tool_token(struct tool *t, struct token **out);
/* Asks for the PIN and logs the user in. */
CHECKED CK_RV tool_login(struct tool *t, struct token *token);

/* A label or an id for a new object, by the rules for one that comes through the module.
 * CKR_ATTRIBUTE_VALUE_INVALID: too long. */
CHECKED CK_RV attribute_take(struct attrs *a, CK_ATTRIBUTE_TYPE type, struct bytes value);

/* What --label, --id and --uri ask for. CKR_ARGUMENTS_BAD: they contradict each other. */
CHECKED CK_RV selection_read(const struct tool *t, struct attrs *wanted);
typedef CK_RV (*object_fn)(void *arg, struct object *o);
/* Each object that matches, in order of creation, profiles left out; stops at the first failure. */
CHECKED CK_RV objects_each(struct token *t, const struct attrs *wanted, object_fn fn, void *arg);
/* Says that nothing matches and which labels there are. */
CHECKED CK_RV no_such_object(struct token *t);
/* "EC P-256", "RSA 2048"; "" if it is no key. */
void key_type_text(const struct object *o, char *out, size_t len);

/* --- uri.c: RFC 7512 -------------------------------------------------------------------------- */

/* Of an object; its class is named if is_pair is false. */
CHECKED CK_RV uri_of_object(
	const struct token_info *token, const struct object *o, bool is_pair, struct buf *out);
/* wanted: CKA_LABEL, CKA_ID, CKA_CLASS; token: label or serial, empty if not given.
 * CKR_ARGUMENTS_BAD. */
CHECKED CK_RV uri_read(const char *uri, struct attrs *wanted, struct buf *token);
uint64_t object_class(const struct object *o);
/* "public", "private", "cert", "data": the words of RFC 7512. */
const char *class_name(uint64_t class);

/* --- ssh_key.c: RFC 4253, 5656 ---------------------------------------------------------------- */

/* "ecdsa-sha2-nistp256 AAAA... comment"; a comment is cut to what fits in a line. */
CHECKED CK_RV ssh_key_line(const struct pubkey *key, struct bytes comment, struct buf *out);

/* --- commands --------------------------------------------------------------------------------- */

int cmd_init(struct tool *t);
int cmd_list(struct tool *t);
int cmd_keygen(struct tool *t);
int cmd_pin_change(struct tool *t);
int cmd_pin_unblock(struct tool *t);
int cmd_cert_add(struct tool *t);
int cmd_rm(struct tool *t);
int cmd_ssh(struct tool *t);
int cmd_doctor(struct tool *t);
int cmd_help(struct tool *t);

/* Where the module is: --module, or where it was installed. */
const char *module_path(const struct tool *t);

#endif
