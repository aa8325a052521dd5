/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clock and calendar; runs in the program only */
#include "base/clock.h"

#include <time.h>

#include "base/fmt.h"

int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The calendar counts from 1 March of year 0, so that the leap day is the last of its
 * year, in eras of 400 years, which are all alike */
char *clock_utc(char text[CLOCK_UTC], int64_t seconds)
{
	uint64_t days = (uint64_t)seconds / 86400 + 719468; /* since 0000-03-01 */
	uint64_t second = (uint64_t)seconds % 86400;
	uint64_t of_era = days % 146097;
	uint64_t year =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t day = of_era - (365 * year + year / 4 - year / 100);
	uint64_t month = (5 * day + 2) / 153; /* 0: March */

	day = day - (153 * month + 2) / 5 + 1;
	year += days / 146097 * 400 + (month >= 10);
	month = month < 10 ? month + 3 : month - 9;
	fmt_text(text, CLOCK_UTC, "%04lu-%02lu-%02luT%02lu:%02lu:%02lu", year, month, day,
		 second / 3600, second / 60 % 60, second % 60);
	return text;
}
