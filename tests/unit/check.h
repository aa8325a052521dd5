/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unit test in TAP: CHECK() once for each claim, `return check_done();` at the end of
 * main. What cannot be tested here is said with CHECK_SKIP(reason), never left out in
 * silence.
 */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static int check_count, check_failed;

/* CHECK(condition, "what is claimed, in words", ...): one TAP line; returns the
 * condition */
#define CHECK(cond, ...) check_line((cond), __FILE__, __LINE__, #cond, __VA_ARGS__)

/* Texts are equal; shows both when they are not. NULL equals NULL only. */
#define CHECK_STR(got, want, ...)                                                        \
	check_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)

#define CHECK_SKIP(...)                                                                  \
	do {                                                                             \
		printf("ok %d # SKIP ", ++check_count);                                  \
		printf(__VA_ARGS__);                                                     \
		putchar('\n');                                                           \
	} while (0)

__attribute__((unused, format(printf, 5, 6))) static bool
check_line(bool ok, const char *file, int line, const char *cond, const char *fmt, ...)
{
	char name[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	for (char *p = name; *p; p++)
		*p = *p == '\n' ? ' ' : *p == '#' ? 'N' : *p;
	printf("%sok %d - %s\n", ok ? "" : "not ", ++check_count, name);
	if (!ok) {
		printf("# %s:%d: %s\n", file, line, cond);
		check_failed++;
	}
	fflush(stdout);
	return ok;
}

__attribute__((unused, format(printf, 5, 6))) static bool
check_str(const char *got, const char *want, const char *file, int line,
	  const char *fmt, ...)
{
	bool ok = got && want ? !strcmp(got, want) : got == want;
	char name[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	check_line(ok, file, line, "texts are equal", "%s", name);
	if (!ok)
		printf("#  got: %s\n# want: %s\n", got ? got : "(null)",
		       want ? want : "(null)");
	return ok;
}

/* An arena for one case, open; the test ends if it cannot be had */
__attribute__((unused)) static struct arena check_arena(void)
{
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;

	if (arena_open(&a, false, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	return a;
}

/* The plan line, and the exit status for main */
__attribute__((unused)) static int check_done(void)
{
	printf("1..%d\n", check_count);
	return check_failed ? 1 : 0;
}

#endif
