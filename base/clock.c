/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clock and calendar; runs in the program only */
#include "base/clock.h"

#include <string.h>
#include <time.h>

#include "base/fmt.h"
#include "base/str.h"

int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct time_unit {
	const char *name;
	uint64_t ns;
};
/* In the order in which they are tried: "ms" before "m". There are two letters for micro:
 * U+00B5 and U+03BC. */
static const struct time_unit units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\302\265s", 1000 },
	{ "\316\274s", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", 60000000000 },
	{ "h", 3600000000000 },
};

static const struct time_unit *unit_at(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_starts(text, units[i].name))
			return &units[i];
	return NULL;
}

/* Digits behind the point, in nanoseconds; those too small to count are dropped */
static uint64_t fraction(const char *digits, size_t n, uint64_t unit)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n && unit >= 10; i++) {
		unit /= 10;
		sum += unit * (uint64_t)(digits[i] - '0');
	}
	return sum;
}

/* One number with its unit; where it ends, or NULL */
static const char *duration_part(const char *at, uint64_t *ns)
{
	static const char digits[] = "0123456789";
	size_t whole = strspn(at, digits), rest = 0;
	const char *behind = at + whole;
	const struct time_unit *unit;
	uint64_t v = 0;

	if (*behind == '.') {
		rest = strspn(behind + 1, digits);
		behind += 1 + rest;
	}
	unit = unit_at(behind);
	if (!unit || whole + rest == 0)
		return NULL;
	if (whole && !str_u64n(at, whole, INT64_MAX / unit->ns, &v))
		return NULL;
	*ns = v * unit->ns + fraction(at + whole + 1, rest, unit->ns);
	return behind + strlen(unit->name);
}

bool clock_duration(const char *text, int64_t *ns)
{
	bool minus = *text == '-';
	uint64_t sum = 0, v = 0;

	text += minus;
	if (str_u64(text, INT64_MAX / 1000000000, &v)) {
		sum = v * 1000000000;
	} else {
		if (!*text)
			return false;
		while (*text) {
			text = duration_part(text, &v);
			if (!text || v > INT64_MAX - sum)
				return false;
			sum += v;
		}
	}
	*ns = minus ? -(int64_t)sum : (int64_t)sum;
	return true;
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
