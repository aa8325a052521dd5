/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Quoted strings and lists of the plan's text. Runs in the program; pure. */
#include "libcontainer/plan/show_text.h"

void text_quote(struct text *t, const char *string)
{
	text_add(t, "\"");
	for (const char *p = string; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			text_add(t, "\\%c", c);
		else if (c == '\n')
			text_add(t, "\\n");
		else if (c < ' ' || c > '~')
			text_add(t, "\\x%02x", c);
		else
			text_add(t, "%c", c);
	}
	text_add(t, "\"");
}

void text_list(struct text *t, const char *name, const strings_t *list)
{
	if (list->n == 0)
		return;
	text_add(t, " %s", name);
	for (size_t i = 0; i < list->n; i++) {
		text_add(t, " ");
		text_quote(t, list->items[i]);
	}
}
