/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line: one table of options, from which it is parsed and the help is
 * printed, and against which the manual is checked.
 */
#include "config.h"

#include <string.h>

#include "tool.h"

static const struct option_row rows[OPT_COUNT] = {
	{ OPT_CONFIG, "config", "FILE", "read this configuration file instead of the usual ones" },
	{ OPT_TOKEN, "token", "LABEL",
		"the token, by label or serial number (default: the only one)" },
	{ OPT_LABEL, "label", "LABEL", "the name of the token, key or certificate" },
	{ OPT_ID, "id", "HEX", "the CKA_ID that a key and its certificate share" },
	{ OPT_URI, "uri", "URI", "the object, as a pkcs11: URI" },
	{ OPT_TYPE, "type", "TYPE", "ec:p256 (default), ec:p384, ec:p521, rsa:2048 or rsa:3072" },
	{ OPT_PARENT, "parent", "PARENT",
		"owner (default), endorsement, platform, null, or a persistent handle 0x81..." },
	{ OPT_AUTH_FILE, "auth-file", "FILE",
		"file with the authorisation of the parent's hierarchy" },
	{ OPT_PIN_FILE, "pin-file", "FILE", "file whose first line is the user's PIN" },
	{ OPT_PIN_FD, "pin-fd", "NUMBER",
		"descriptor from which one line is read: the user's PIN" },
	{ OPT_SO_PIN_FILE, "so-pin-file", "FILE",
		"file whose first line is the security officer's PIN" },
	{ OPT_SO_PIN_FD, "so-pin-fd", "NUMBER",
		"descriptor from which one line is read: the security officer's PIN" },
	{ OPT_NEW_PIN_FILE, "new-pin-file", "FILE", "file whose first line is the new PIN" },
	{ OPT_NEW_PIN_FD, "new-pin-fd", "NUMBER",
		"descriptor from which one line is read: the new PIN" },
	{ OPT_ALWAYS_AUTHENTICATE, "always-authenticate", NULL,
		"the key wants the PIN before each use" },
	{ OPT_DECRYPT, "decrypt", NULL, "the key decrypts too (RSA), or agrees on secrets (EC)" },
	{ OPT_LOGIN, "login", NULL, "log in first, and list private objects too; so does a PIN that is given" },
	{ OPT_SO, "so", NULL, "the security officer's PIN, not the user's" },
	{ OPT_JSON, "json", NULL, "answer in JSON" },
	{ OPT_PUBLIC, "public", NULL, "print the public keys and nothing else" },
	{ OPT_MODULE, "module", "PATH", "where the PKCS#11 module is" },
	{ OPT_YES, "yes", NULL, "do not ask for confirmation" },
	{ OPT_TABLE, "table", NULL, NULL },
	{ OPT_HELP, "help", NULL, "print help" },
	{ OPT_VERSION, "version", NULL, "print the version" },
};

/* Options that every command takes. */
static const uint32_t common = BIT(OPT_CONFIG) | BIT(OPT_HELP);

const struct option_row *
option_row(enum opt id)
{
	return &rows[id];
}

bool
opt_given(const struct tool *t, enum opt id)
{
	return t->value[id] != NULL;
}

/* "--name" or "--name=value"; NULL: there is none. *value: after the '=', NULL if there is none. */
static const struct option_row *
option_find(const char *word, const char **value)
{
	const char *equals = strchr(word, '=');
	size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);

	*value = equals != NULL ? equals + 1 : NULL;
	for (size_t i = 0; i < OPT_COUNT; i++)
		if (strlen(rows[i].name) + 2 == len &&
			strncmp(rows[i].name, word + 2, len - 2) == 0)
			return &rows[i];
	return NULL;
}

/* Takes one option and its argument; *i moves on. */
static int
option_take(struct tool *t, char **argv, int argc, int *i)
{
	const char *value = NULL;
	const struct option_row *row = option_find(argv[*i], &value);

	if (row == NULL)
		return usage_error("there is no option %s", argv[*i]);
	if (row->argument == NULL && value != NULL)
		return usage_error("option --%s takes no argument", row->name);
	if (row->argument != NULL && value == NULL) {
		if (*i + 1 >= argc)
			return usage_error("option --%s needs %s", row->name, row->argument);
		value = argv[++*i];
	}
	if (t->value[row->id] != NULL)
		return usage_error("option --%s is given twice", row->name);
	t->value[row->id] = value != NULL ? value : "";
	return DONE;
}

/* The command whose words these are; *used: how many. */
static const struct command *
command_find(char *const *words, size_t count, size_t *used)
{
	for (const struct command *c = commands; c->name != NULL; c++) {
		const char *space = strchr(c->name, ' ');
		size_t first = space != NULL ? (size_t)(space - c->name) : strlen(c->name);

		*used = space != NULL ? 2 : 1;
		if (count < *used || strlen(words[0]) != first ||
			strncmp(words[0], c->name, first) != 0)
			continue;
		if (space == NULL || strcmp(space + 1, words[1]) == 0)
			return c;
	}
	return NULL;
}

static int
options_check(const struct tool *t)
{
	for (size_t i = 0; i < OPT_COUNT; i++)
		if (t->value[i] != NULL && ((t->command->options | common) & BIT(i)) == 0)
			return usage_error(
				"\"%s\" takes no option --%s", t->command->name, rows[i].name);
	return DONE;
}

/* words: what was no option. "help" takes a command of one or two words, joined in place. */
static int
words_take(struct tool *t, char **words, size_t count)
{
	static char joined[32];
	size_t used = 0;

	if (count == 0)
		return opt_given(t, OPT_HELP) || opt_given(t, OPT_VERSION)
			       ? DONE
			       : usage_error("no command is given");
	if ((t->command = command_find(words, count, &used)) == NULL)
		return usage_error("there is no command \"%s%s%s\"", words[0], count > 1 ? " " : "",
			count > 1 ? words[1] : "");
	if (t->command->run == cmd_help && count == 3) {
		snprintf(joined, sizeof joined, "%s %s", words[1], words[2]);
		words[1] = joined;
		count = 2;
	}
	if (count > used + (t->command->operand != NULL))
		return usage_error(
			"\"%s\" does not take \"%s\"", t->command->name, words[count - 1]);
	t->operand = count > used ? words[used] : NULL;
	return options_check(t);
}

int
options_parse(struct tool *t, int argc, char **argv)
{
	char *words[4] = { NULL };
	size_t count = 0;
	bool only_words = false;
	int status;

	for (int i = 1; i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
		} else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
			if ((status = option_take(t, argv, argc, &i)) != DONE)
				return status;
		} else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
			return usage_error("there is no option %s", argv[i]);
		} else if (count == sizeof words / sizeof words[0]) {
			return usage_error("too many words: \"%s\"", argv[i]);
		} else {
			words[count++] = argv[i];
		}
	}
	return words_take(t, words, count);
}

static void
options_print(FILE *f, uint32_t mask)
{
	for (size_t i = 0; i < OPT_COUNT; i++) {
		char left[40];

		if ((mask & BIT(i)) == 0 || rows[i].help == NULL)
			continue;
		snprintf(left, sizeof left, "--%s%s%s", rows[i].name,
			rows[i].argument != NULL ? " " : "",
			rows[i].argument != NULL ? rows[i].argument : "");
		fprintf(f, "  %-22s  %s\n", left, rows[i].help);
	}
}

void
usage_print(FILE *f, const struct command *only)
{
	if (only != NULL) {
		fprintf(f, "Usage: tpm2-token %s [OPTION...]%s%s\n%s.\n\nOptions:\n", only->name,
			only->operand != NULL ? " " : "",
			only->operand != NULL ? only->operand : "", only->help);
		options_print(f, only->options | common);
		return;
	}
	fputs("Usage: tpm2-token COMMAND [OPTION...]\n\nCommands:\n", f);
	for (const struct command *c = commands; c->name != NULL; c++)
		fprintf(f, "  %-12s  %s\n", c->name, c->help);
	fputs("\nOptions of all commands:\n", f);
	options_print(f, common | BIT(OPT_VERSION));
	fputs("\n\"tpm2-token help COMMAND\" tells the options of a command; tpm2-token(1) tells "
	      "more.\n",
		f);
}

/* Those without help are for scripts, and in no manual. */
static void
options_table(FILE *f, const char *command, uint32_t options)
{
	for (size_t i = 0; i < OPT_COUNT; i++)
		if ((options & BIT(i)) != 0 && rows[i].help != NULL)
			fprintf(f, "option\t%s\t--%s\t%s\t%s\n", command, rows[i].name,
				rows[i].argument != NULL ? rows[i].argument : "", rows[i].help);
}

void
usage_table(FILE *f)
{
	for (const struct command *c = commands; c->name != NULL; c++) {
		fprintf(f, "command\t%s\t%s\t%s\n", c->name, c->operand != NULL ? c->operand : "",
			c->help);
		options_table(f, c->name, c->options);
	}
	options_table(f, "", common | BIT(OPT_VERSION));
}
