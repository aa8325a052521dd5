/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril list: all containers below the root; runs in the program */
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "src/cmd.h"

struct list_options {
	const char *format;
	bool quiet;
};

static const char *const formats[] = { "table", "json", NULL };
static const struct opt rows[] = {
	OPT_ROW(WORD, struct list_options, format, "format", 'f', "FORMAT",
		"table (default) or json", .words = formats),
	OPT_ROW(FLAG, struct list_options, quiet, "quiet", 'q', NULL,
		"show the IDs only"),
};

enum { COLUMNS = 6 };
struct row {
	const char *cells[COLUMNS];
};
typedef LIST(struct row) rows_t;

static char *join_ids(struct arena *a, const strings_t *ids)
{
	struct text t = TEXT(a);

	text_add(&t, "%s", "");
	LIST_EACH (id, ids)
		text_add(&t, "%s\n", *id);
	return t.s;
}

static char *join_json(struct arena *a, const strings_t *objects)
{
	struct text t = TEXT(a);

	text_add(&t, "%s", objects->n ? "" : "null");
	LIST_EACH (object, objects) {
		size_t n = strcspn(*object, "\n");

		text_add(&t, "%s%.*s", t.n ? "," : "[", (int)n, *object);
	}
	text_add(&t, "%s\n", objects->n ? "]" : "");
	return t.s;
}

/* As Go's tabwriter with a minimal width of 12 and 3 blanks between columns, which
 * scripts that cut columns out of such tables know */
static char *join_table(struct arena *a, const rows_t *table)
{
	struct text t = TEXT(a);
	size_t widths[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++) {
		widths[i] = 12;
		LIST_EACH (row, table) {
			size_t n = strlen(row->cells[i]) + 3;

			widths[i] = n > widths[i] ? n : widths[i];
		}
	}
	LIST_EACH (row, table) {
		for (size_t i = 0; i + 1 < COLUMNS; i++)
			text_cell(&t, row->cells[i], widths[i]);
		text_add(&t, "%s\n", row->cells[COLUMNS - 1]);
	}
	return t.s;
}

static struct row describe(struct arena *a, const struct box *b, enum box_status status)
{
	const struct box_state *s = &b->state;
	long pid = status == BOX_STOPPED ? 0 : (long)s->pid;

	return (struct row){ { s->id ? s->id : "", arena_fmt(a, "%ld", pid),
			       box_status_names[status], s->bundle ? s->bundle : "",
			       s->created ? s->created : "", s->owner ? s->owner : "" } };
}

static int list_run(struct call *c, const void *options, struct err *e)
{
	const struct list_options *o = options;
	static const struct row head = { { "ID", "PID", "STATUS", "BUNDLE", "CREATED",
					   "OWNER" } };
	strings_t ids = { NULL, 0 }, objects = { NULL, 0 };
	rows_t table = { NULL, 0 };

	if (box_list(c->root, c->arena, &ids, e) < 0)
		return -1;
	if (o->quiet)
		return call_print(join_ids(c->arena, &ids), e);
	*list_add(c->arena, &table) = head;
	LIST_EACH (id, &ids) {
		struct err ignored = ERR_NONE;
		autobox b = BOX_NONE;
		enum box_status status;

		/* gone since, or being made: `state ID` tells what is wrong with it */
		if (box_peek(&b, c->root, *id, c->arena, &ignored) < 0)
			continue;
		status = box_status(&b);
		if (str_eq(o->format, "json"))
			strings_add(c->arena, &objects,
				    box_state_json(&b, status, false));
		else
			*list_add(c->arena, &table) = describe(c->arena, &b, status);
	}
	return call_print(str_eq(o->format, "json") ? join_json(c->arena, &objects)
						    : join_table(c->arena, &table),
			  e);
}

const struct verb verb_list = {
	.name = "list",
	.words = "",
	.summary = "list the containers",
	.options = OPT_TABLE(rows),
	.size = sizeof(struct list_options),
	.run = list_run,
};
