/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tables say of themselves, and of mistyped names; runs in the program */
#include <string.h>

#include "base/text.h"
#include "src/opt.h"

#define HELP_COLUMN 30

static const char *help_name(const struct opt *o, struct arena *a)
{
	const char *name = o->letter ? arena_fmt(a, "  -%c, --%s", o->letter, o->name)
				     : arena_fmt(a, "      --%s", o->name);

	if (o->kind == OPT_MAYBE)
		return arena_fmt(a, "%s[=%s]", name, o->value);
	return o->value ? arena_fmt(a, "%s %s", name, o->value) : name;
}

char *opt_help(const struct opt_table *t, struct arena *a)
{
	struct text text = TEXT(a);

	for (size_t i = 0; i < t->n; i++) {
		const struct opt *o = &t->rows[i];
		const char *name = help_name(o, a);
		size_t len = strlen(name);

		if (!o->help)
			continue;
		if (len + 2 > HELP_COLUMN)
			text_add(&text, "%s\n%30s%s\n", name, "", o->help);
		else
			text_add(&text, "%-30s%s\n", name, o->help);
	}
	text_add(&text, "%-30s%s\n", "  -h, --help", "show this text");
	return text.s;
}

#define DISTANCE_MAX 64

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

unsigned opt_distance(const char *a, const char *b)
{
	unsigned row[DISTANCE_MAX + 1];
	size_t n = strlen(b);

	if (strlen(a) > DISTANCE_MAX || n > DISTANCE_MAX)
		return 255;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; *a; i++, a++) {
		unsigned corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			unsigned above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
				       corner + (*a != b[j - 1]));
			corner = above;
		}
	}
	return row[n];
}
