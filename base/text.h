/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text that grows in an arena: tables, lists, plans. Runs in the program. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

#include "base/arena.h"

struct text {
	struct arena *arena;
	char *s; /* ends in NUL; NULL: nothing was added yet */
	size_t n, room;
};
#define TEXT(arena_)                                                                     \
	{                                                                                \
		.arena = (arena_)                                                        \
	}

/* Add formatted text (base/fmt.h) */
void text_add(struct text *t, const char *fmt, ...)
	__attribute__((nonnull(1, 2), format(printf, 2, 3)));

/* Add a cell of a table, filled up with blanks to `width` */
void text_cell(struct text *t, const char *cell, size_t width) __attribute__((nonnull));

#endif
