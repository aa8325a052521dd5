/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See size.h; runs in the program; pure */
#include "src/size.h"

#include <string.h>

#include "base/str.h"

/* How far a suffix shifts; -1 when it is none */
static int suffix_shift(const char *suffix)
{
	static const char units[] = "kmgtp";
	char low[4] = "";
	size_t n = strlen(suffix);
	const char *unit;

	if (n >= sizeof(low))
		return -1;
	for (size_t i = 0; i < n; i++)
		low[i] = (char)(suffix[i] | 0x20); /* lower case */
	if (str_empty(low) || str_eq(low, "b"))
		return 0;
	unit = strchr(units, low[0]);
	if (!unit || (low[1] && !str_eq(low + 1, "b") && !str_eq(low + 1, "ib")))
		return -1;
	return 10 * (int)(unit - units + 1);
}

bool size_parse(const char *text, uint64_t max, uint64_t *v)
{
	size_t digits = strspn(text, "0123456789");
	int shift = suffix_shift(text + digits);

	if (shift < 0 || !str_u64n(text, digits, max >> shift, v))
		return false;
	*v <<= shift;
	return true;
}

int size_read(const char *option, const char *text, uint64_t *v, struct err *e)
{
	*v = UINT64_MAX;
	if (str_eq(text, "none") || size_parse(text, INT64_MAX, v))
		return 0;
	return err_plain(e, EINVAL,
			 "option %s takes a size like 512m or none, not \"%s\"", option,
			 text);
}
