/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes as a table; runs in the program. Of /proc only, no program is run. */
#include "src/ps_table.h"

#include <string.h>

#include "base/text.h"
#include "src/call.h"

#define PRINT_AT 65536 /* bytes of the table that are kept until they are printed */

static void add_cell(struct text *t, const struct ps_shown *shown, const char *cell,
		     bool last)
{
	int width = shown->column->width, n = (int)strlen(cell);

	if (width > n)
		text_cell(t, "", (size_t)(width - n));
	if (width < 0 && !last)
		text_cell(t, cell, (size_t)-width);
	else
		text_add(t, "%s", cell);
	text_add(t, last ? "\n" : " ");
}

static void add_head(struct text *t, const struct ps_columns *columns)
{
	bool any = false;

	LIST_EACH (shown, &columns->list)
		any |= *shown->head != '\0';
	if (!any || columns->no_head)
		return;
	for (size_t i = 0; i < columns->list.n; i++)
		add_cell(t, &columns->list.items[i], columns->list.items[i].head,
			 i + 1 == columns->list.n);
}

static void add_row(struct text *t, const struct host *h,
		    const struct ps_columns *columns, const struct process *p)
{
	for (size_t i = 0; i < columns->list.n; i++) {
		const struct ps_shown *shown = &columns->list.items[i];

		add_cell(t, shown, shown->column->cell(h, p), i + 1 == columns->list.n);
	}
}

static int print_part(struct text *t, size_t used, struct err *e)
{
	struct arena *a = t->arena;

	if (t->n && call_print(t->s, e) < 0)
		return -1;
	arena_drop(a, used);
	*t = (struct text)TEXT(a);
	return 0;
}

static int print_rows(const struct host *h, const pids_t *pids,
		      const struct ps_columns *columns, struct err *e)
{
	size_t used = h->arena->used;
	struct text t = TEXT(h->arena);
	struct process p;

	add_head(&t, columns);
	LIST_EACH (pid, pids) {
		int there = ps_read(h, *pid, &p, e);

		if (there < 0)
			return -1;
		if (there)
			add_row(&t, h, columns, &p);
		if (t.n > PRINT_AT && print_part(&t, used, e) < 0)
			return -1;
	}
	return print_part(&t, used, e);
}

int ps_table_print(const pids_t *pids, const struct ps_columns *columns, struct arena *a,
		   struct err *e)
{
	struct host h = { .arena = a };
	size_t used = a->used;
	int ret;

	host_read(&h);
	ret = print_rows(&h, pids, columns, e);
	arena_drop(a, used);
	return ret;
}
