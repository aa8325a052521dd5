/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A timer that interrupts system calls that have no timeout: flock(2), and what the
 * kernel does for a while on the way out of a call. Its signal comes again and again: a
 * single one that came just before the call went to sleep would be lost. Runs in the
 * program, which has no other use for SIGALRM.
 */
#ifndef BASE_TICK_H
#define BASE_TICK_H

#include <signal.h>
#include <sys/time.h>

struct tick {
	struct itimerval timer;
	struct sigaction act;
	sigset_t mask;
};

/* From now on, after_ms first and then every 50 ms, calls are interrupted (EINTR). What
 * was before is kept in *t. */
void tick_start(struct tick *t, int after_ms);

/* As it was before */
void tick_stop(const struct tick *t);

#endif
