/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Time: for deadlines, and as people write it. Runs in the program only. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A length of time as Go's tools take it: numbers with a unit (ns, us, ms, s, m, h), one
 * after the other, each with or without a fraction: "5s", "1m30s", "1.5h", "-1s". A
 * number alone is seconds. In nanoseconds; false when it is none, or longer than 292
 * years.
 */
bool clock_duration(const char *text, int64_t *ns);

/* Milliseconds of the clock that nobody can set (CLOCK_MONOTONIC), for deadlines */
int64_t clock_ms(void);

#define CLOCK_UTC 32 /* bytes that clock_utc() may write */

/* Seconds since 1970 as RFC 3339 without fraction and zone: "2026-01-02T15:04:05".
 * Computed here: gmtime_r(3) reads the time zone files first. Returns text. */
char *clock_utc(char text[CLOCK_UTC], int64_t seconds);

#endif
