/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Progress: a TPM takes up to 12 seconds to make an RSA key. A thread draws a
 * line on stderr while the caller works; short work draws nothing.
 */
#include "config.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define FIRST_MS 300
#define STEP_MS  120

/* True when it is time to end. */
static bool
wait_ms(struct progress *p, long ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ms * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	while (!p->stop)
		if (pthread_cond_timedwait(&p->wake, &p->lock, &until) == ETIMEDOUT)
			break;
	return p->stop;
}

static void *
draw(void *arg)
{
	struct progress *p = arg;
	bool drawn = false;

	pthread_mutex_lock(&p->lock);
	for (unsigned i = 0; !wait_ms(p, i == 0 ? FIRST_MS : STEP_MS); i++) {
		fprintf(stderr, "\r%c %s ...", "|/-\\"[i % 4], p -> what);
		fflush(stderr);
		drawn = true;
	}
	pthread_mutex_unlock(&p->lock);
	if (drawn)
		fputs("\r\033[K", stderr);
	return NULL;
}

void
progress_start(struct progress *p, const char *what)
{
	pthread_condattr_t clock;

	*p = (struct progress){ .what = what };
	if (!isatty(STDERR_FILENO))
		return;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, &clock);
	pthread_condattr_destroy(&clock);
	p->running = pthread_create(&p->thread, NULL, draw, p) == 0;
}

void
progress_stop(struct progress *p)
{
	if (!p->running)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
	p->running = false;
}
