/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Growing texts; runs in the program */
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

#include "base/fmt.h"

/* Room for n more bytes and a NUL */
static char *text_room(struct text *t, size_t n)
{
	if (t->n + n + 1 > t->room) {
		size_t room = 2 * (t->n + n + 1);
		char *s = arena_get(t->arena, room);

		if (t->n)
			memcpy(s, t->s, t->n);
		t->s = s;
		t->room = room;
	}
	return t->s + t->n;
}

void text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = fmt_vtext(NULL, 0, fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	fmt_vtext(text_room(t, n), n + 1, fmt, ap);
	va_end(ap);
	t->n += n;
}

void text_cell(struct text *t, const char *cell, size_t width)
{
	size_t n = strlen(cell), blanks = n < width ? width - n : 0;

	text_add(t, "%s", cell);
	memset(text_room(t, blanks), ' ', blanks);
	t->n += blanks;
	t->s[t->n] = '\0';
}
