/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bench.c and churn.c share: the clock, medians, and the streams of the commands
 * that they time. */
#ifndef TESTS_BENCH_CLOCK_H
#define TESTS_BENCH_CLOCK_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_SECONDS = 60 };

static inline double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static inline int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of sorted values, of which there is one at least */
static inline double sorted_median(const double *v, size_t n)
{
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static inline void too_long(int sig)
{
	(void)sig;
	_exit(124);
}

/* Wait until no child is left */
static inline void reap(void)
{
	alarm(LIMIT_SECONDS);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	alarm(0);
}

/* Move our output and errors away. From here on 0, 1 and 2 are what every command shall
 * have, 2 a file in memory: nothing is left to do for a vforked child but to execute. */
static inline void streams_take(FILE **out, FILE **errors)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int log = memfd_create("stderr", MFD_CLOEXEC);

	*out = fdopen(fcntl(1, F_DUPFD_CLOEXEC, 3), "w");
	*errors = fdopen(fcntl(2, F_DUPFD_CLOEXEC, 3), "w");
	if (!*out || !*errors || null < 0 || log < 0)
		err(1, "streams");
	setvbuf(*errors, NULL, _IONBF, 0);
	if (dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(log, 2) < 0)
		err(1, "streams");
}

/* Forget what the command before has said */
static inline void streams_clear(void)
{
	if (ftruncate(2, 0) < 0 || lseek(2, 0, SEEK_SET) < 0)
		err(1, "log");
}

/* A whole number of at most MOST, or an error */
static inline int whole(const char *text, int most)
{
	long n = 0;

	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9' || n > most)
			errx(2, "%s: not a number", text);
		n = n * 10 + *p - '0';
	}
	if (!*text || n > most)
		errx(2, "%s: not a number up to %d", text, most);
	return n;
}

#endif
