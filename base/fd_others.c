/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All descriptors but a few; runs in the program and in init: no libc */
#include "base/fd.h"

/* The smallest of them that is not below `from`; ~0U: none */
static unsigned next_of(const int *keep, size_t n, unsigned from)
{
	unsigned next = ~0U;

	for (size_t i = 0; i < n; i++)
		if (keep[i] >= 0 && (unsigned)keep[i] >= from && (unsigned)keep[i] < next)
			next = (unsigned)keep[i];
	return next;
}

long fd_close_others(unsigned first, const int *keep, size_t n)
{
	unsigned next;
	long ret = 0;

	while (ret == 0 && (next = next_of(keep, n, first)) != ~0U) {
		if (next > first)
			ret = sys_close_range(first, next - 1, 0);
		first = next + 1;
	}
	return ret < 0 ? ret : sys_close_range(first, ~0U, 0);
}
