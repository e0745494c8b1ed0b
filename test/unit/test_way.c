/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that one process at a time can open, given back between two jobs. A
 * terminal is the device: what is written to one end comes out of the other.
 */
#include "config.h"

#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "tpm/tpm_private.h"

struct device {
	int end;        /* where commands come out */
	int never_last; /* keeps the terminal alive while nobody else has it open */
	pthread_t thread;
	atomic_uint commands;
	struct tpm *tpm;
};

/* A TPM that has no answer but "initialise me": tss2 asks something when it opens a device. */
static void *
answer(void *arg)
{
	static const uint8_t response[10] = { 0x80, 1, 0, 0, 0, 10, 0, 0, 1, 0 };
	struct device *d = arg;
	uint8_t command[64];

	while (read(d->end, command, sizeof(command)) > 0) {
		d->commands++;
		if (write(d->end, response, sizeof(response)) < 0)
			break;
	}
	return NULL;
}

static int
set_up(void **state)
{
	struct device *d = calloc(1, sizeof(*d));
	struct termios raw;
	char conf[64];

	assert_non_null(d);
	d->end = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(d->end >= 0 && grantpt(d->end) == 0 && unlockpt(d->end) == 0);
	d->never_last = open(ptsname(d->end), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(0, tcgetattr(d->never_last, &raw));
	cfmakeraw(&raw);
	assert_int_equal(0, tcsetattr(d->never_last, TCSANOW, &raw));
	snprintf(conf, sizeof(conf), "device:%s", ptsname(d->end));
	assert_rv(CKR_OK, tpm_new(conf, TPM_MANAGER_AUTO, &d->tpm));
	assert_int_equal(0, pthread_create(&d->thread, NULL, answer, d));
	*state = d;
	return 0;
}

static int
tear_down(void **state)
{
	struct device *d = *state;

	tpm_free(d->tpm);
	close(d->never_last);
	pthread_join(d->thread, NULL);
	close(d->end);
	free(d);
	return 0;
}

static CK_RV
nothing(struct tpm *t, void *args)
{
	(void)t;
	(void)args;
	return CKR_OK;
}

/* How many descriptors lead to the device. */
static unsigned
open_count(const struct device *d)
{
	const char *name = ptsname(d->end);
	unsigned count = 0;
	char link[32], target[64];

	for (int fd = 0; fd < 64; fd++) {
		ssize_t len = 0;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		len = readlink(link, target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		count += fd != d->never_last && strcmp(target, name) == 0;
	}
	return count;
}

static CK_RV
count_within(struct tpm *t, void *args)
{
	(void)t;
	return open_count(args) == 1 ? CKR_OK : CKR_GENERAL_ERROR;
}

static void
it_is_open_in_a_job_only(void **state)
{
	struct device *d = *state;

	for (int i = 0; i < 3; i++) {
		assert_rv(CKR_OK, tpm_job(d->tpm, count_within, d));
		assert_int_equal(0, open_count(d));
	}
}

static void
opening_it_again_sends_no_command(void **state)
{
	struct device *d = *state;
	unsigned first = 0;

	assert_rv(CKR_OK, tpm_job(d->tpm, nothing, NULL));
	first = d->commands;
	for (int i = 0; i < 3; i++)
		assert_rv(CKR_OK, tpm_job(d->tpm, nothing, NULL));
	assert_int_equal(first, d->commands);
}

/* A daemon closes all that it does not know, and opens files of its own. */
static void
a_number_that_another_file_has_is_left_to_it(void **state)
{
	struct device *d = *state;
	int number = -1, own = open("/dev/null", O_RDWR | O_CLOEXEC);

	assert_rv(CKR_OK, tpm_job(d->tpm, nothing, NULL));
	number = d->tpm->stand_in.fd;
	assert_int_equal(number, dup3(own, number, O_CLOEXEC));
	assert_rv(CKR_OK, tpm_job(d->tpm, count_within, d));
	assert_int_equal(0, open_count(d));
	assert_int_equal(0, write(number, "", 0));
	assert_int_not_equal(number, d->tpm->stand_in.fd);
	assert_rv(CKR_OK, tpm_job(d->tpm, nothing, NULL));
	assert_int_equal(0, close(number));
	assert_int_equal(0, close(own));
}

static void
nor_is_it_closed_at_the_end(void **state)
{
	struct device *d = *state;
	int number = -1, own = open("/dev/null", O_RDWR | O_CLOEXEC);

	assert_rv(CKR_OK, tpm_job(d->tpm, nothing, NULL));
	number = d->tpm->stand_in.fd;
	assert_int_equal(number, dup3(own, number, O_CLOEXEC));
	tpm_close(d->tpm, false);
	assert_int_equal(0, close(number));
	assert_int_equal(0, close(own));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(it_is_open_in_a_job_only),
		CASE(opening_it_again_sends_no_command),
		CASE(a_number_that_another_file_has_is_left_to_it),
		CASE(nor_is_it_closed_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
