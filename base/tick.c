/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs in the program */
#include "base/tick.h"

#include <stddef.h>

#define AGAIN_USEC 50000

static void wake(int sig)
{
	(void)sig;
}

void tick_start(struct tick *t, int after_ms)
{
	const struct itimerval timer = {
		.it_interval = { 0, AGAIN_USEC },
		.it_value = { after_ms / 1000, after_ms % 1000 * 1000L },
	};
	const struct sigaction act = { .sa_handler = wake };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigaction(SIGALRM, &act, &t->act);
	setitimer(ITIMER_REAL, &timer, &t->timer);
	sigprocmask(SIG_UNBLOCK, &set, &t->mask);
}

void tick_stop(const struct tick *t)
{
	setitimer(ITIMER_REAL, &t->timer, NULL);
	sigaction(SIGALRM, &t->act, NULL);
	sigprocmask(SIG_SETMASK, &t->mask, NULL);
}
