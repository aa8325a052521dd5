/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See numbers.h. Runs in the program; pure. */
#include "libcontainer/spec/numbers.h"

#include <string.h>

#include "base/str.h"

/* "3" or "0-3" */
static bool read_item(const char *text, size_t len, size_t max, uint64_t *bits)
{
	const char *dash = memchr(text, '-', len);
	size_t n = dash ? (size_t)(dash - text) : len;
	uint64_t first, last;

	if (!str_u64n(text, n, max - 1, &first))
		return false;
	last = first;
	if (dash && !str_u64n(dash + 1, len - n - 1, max - 1, &last))
		return false;
	for (uint64_t i = first; i <= last; i++)
		bits[i / 64] |= 1ULL << (i % 64);
	return first <= last;
}

bool numbers_read(const char *text, size_t max, uint64_t *bits)
{
	bool any = false;

	while (*text) {
		size_t n = strcspn(text, ","), head = strspn(text, " "), len = n;

		if (head > n)
			head = n;
		while (len > head && text[len - 1] == ' ')
			len--;
		if (len > head && !read_item(text + head, len - head, max, bits))
			return false;
		any |= len > head;
		text += n + (text[n] == ',');
	}
	return any;
}
