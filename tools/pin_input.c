/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs: from a file, a descriptor or the terminal; never from the line or the
 * environment, where other users can read them. The terminal's echo comes back
 * whatever signal ends the question.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tool.h"

static const struct {
	const char *prompt;
	enum opt file, fd;
} kinds[] = {
	[PIN_USER] = { "User PIN", OPT_PIN_FILE, OPT_PIN_FD },
	[PIN_SO] = { "Security officer's PIN (SO PIN)", OPT_SO_PIN_FILE, OPT_SO_PIN_FD },
	[PIN_NEW] = { "New PIN", OPT_NEW_PIN_FILE, OPT_NEW_PIN_FD },
};

/* Signals that must not leave a terminal without echo. */
static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
#define SIGNALS (sizeof signals / sizeof signals[0])

static volatile sig_atomic_t caught;

static void
on_signal(int sig)
{
	caught = sig;
}

/* One line, byte by byte: the next line of a descriptor belongs to the next PIN. */
static CK_RV
read_line(int fd, struct buf *out)
{
	char line[TOKEN_PIN_MAX + 1];
	size_t len = 0;
	ssize_t n;
	CK_RV rv = CKR_OK;

	while ((n = read(fd, line + len, 1)) == 1 && line[len] != '\n') {
		if (++len < sizeof line)
			continue;
		rv = rv_fail(CKR_PIN_LEN_RANGE, "the line is too long for a PIN (at most %d bytes)",
			TOKEN_PIN_MAX);
		break;
	}
	if (n < 0)
		rv = errno == EINTR ? CKR_FUNCTION_CANCELED : rv_errno(errno, "read of the PIN");
	else if (n == 0 && len == 0)
		rv = rv_fail(CKR_FUNCTION_CANCELED, "no PIN was given: the input is empty");
	if (rv == CKR_OK)
		rv = buf_set(out, bytes_of(line, len));
	mem_wipe(line, sizeof line);
	return rv;
}

CK_RV
secret_from_file(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	CK_RV rv;

	if (fd < 0)
		return rv_fail(CKR_ARGUMENTS_BAD, "%s: %s", path, strerror(errno));
	rv = read_line(fd, out);
	close(fd);
	return rv;
}

static CK_RV
secret_from_fd(const char *number, struct buf *out)
{
	char *end = NULL;
	long fd = strtol(number, &end, 10);

	if (*number == '\0' || *end != '\0' || fd < 0 || fd > 65535 || fcntl((int)fd, F_GETFD) < 0)
		return rv_fail(CKR_ARGUMENTS_BAD, "\"%s\" is no open descriptor", number);
	return read_line((int)fd, out);
}

static void
say(int tty, const char *text)
{
	if (write(tty, text, strlen(text)) < 0)
		return; /* a terminal that is gone gives no PIN either: the read says so */
}

/* Asks once, without echo. A signal is delivered again when the terminal is as it was. */
static CK_RV
ask_once(int tty, const char *prompt, struct buf *out)
{
	struct sigaction action = { .sa_handler = on_signal }, before[SIGNALS];
	struct termios normal, quiet;
	CK_RV rv;

	if (tcgetattr(tty, &normal) != 0)
		return rv_errno(errno, "/dev/tty");
	quiet = normal;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	sigemptyset(&action.sa_mask);
	caught = 0;
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], &action, &before[i]);
		if (before[i].sa_handler == SIG_IGN) /* as under nohup */
			sigaction(signals[i], &before[i], NULL);
	}
	tcsetattr(tty, TCSAFLUSH, &quiet);
	say(tty, prompt);
	say(tty, ": ");
	rv = read_line(tty, out);
	tcsetattr(tty, TCSAFLUSH, &normal);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
	if (caught != 0) {
		raise(caught);
		rv = CKR_FUNCTION_CANCELED;
	}
	return rv;
}

static CK_RV
ask(int tty, const char *prompt, struct buf *out)
{
	CK_RV rv;

	do
		rv = ask_once(tty, prompt, out);
	while (caught == SIGTSTP); /* stopped and continued: ask again */
	return rv;
}

static CK_RV
ask_twice(int tty, const char *prompt, struct buf *out)
{
	struct buf again = BUF_EMPTY;
	char text[96];
	CK_RV rv;

	snprintf(text, sizeof text, "%s, again", prompt);
	if ((rv = ask(tty, prompt, out)) == CKR_OK && (rv = ask(tty, text, &again)) == CKR_OK)
		if (!bytes_equal(view(out), view(&again)))
			rv = rv_fail(CKR_PIN_INVALID, "the two PINs are not the same");
	buf_free(&again);
	return rv;
}

static CK_RV
secret_from_terminal(const char *prompt, bool twice, const char *option, struct buf *out)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	CK_RV rv;

	if (tty < 0)
		return rv_fail(CKR_FUNCTION_CANCELED,
			"there is no terminal to ask for the PIN: give --%s", option);
	rv = twice ? ask_twice(tty, prompt, out) : ask(tty, prompt, out);
	close(tty);
	return rv;
}

CK_RV
pin_get(struct tool *t, enum pin_kind kind, const char *prompt, bool twice, struct buf *pin)
{
	enum opt file = kinds[kind].file, fd = kinds[kind].fd;
	CK_RV rv;

	prompt = prompt != NULL ? prompt : kinds[kind].prompt;
	if (opt_given(t, file) && opt_given(t, fd))
		return rv_fail(CKR_ARGUMENTS_BAD, "--%s and --%s exclude each other",
			option_row(file)->name, option_row(fd)->name);
	if (opt_given(t, file))
		rv = secret_from_file(t->value[file], pin);
	else if (opt_given(t, fd))
		rv = secret_from_fd(t->value[fd], pin);
	else
		rv = secret_from_terminal(prompt, twice, option_row(file)->name, pin);
	if (rv == CKR_OK && twice && pin->len < TOKEN_PIN_MIN)
		rv = rv_fail(CKR_PIN_LEN_RANGE, "a PIN has at least %d bytes", TOKEN_PIN_MIN);
	if (rv != CKR_OK)
		buf_free(pin);
	return rv;
}

bool
confirm(const char *question)
{
	char answer[16] = "";
	FILE *tty = fopen("/dev/tty", "r+e");

	if (tty == NULL)
		return false;
	fprintf(tty, "%s [y/N] ", question);
	fflush(tty);
	if (fgets(answer, sizeof answer, tty) == NULL)
		answer[0] = '\0';
	fclose(tty);
	return strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0;
}
