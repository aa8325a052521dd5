/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril list: all containers below the root; runs in the program */
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/text.h"
#include "src/cmd.h"

struct list_options {
	const char *format, *columns;
	bool quiet;
};

static const char *const formats[] = { "table", "json", NULL };
static const struct opt rows[] = {
	OPT_ROW(WORD, struct list_options, format, "format", 'f', "FORMAT",
		"table (default) or json", .words = formats),
	OPT_ROW(TEXT, struct list_options, columns, "columns", 'o', "NAMES",
		"id, pid, status, bundle, created, owner, rootfs,\n"
		"                              memory, cpu, pids, with commas"),
	OPT_ROW(FLAG, struct list_options, quiet, "quiet", 'q', NULL,
		"show the IDs only"),
};

/* A container as its columns show it */
struct seen {
	struct box *box;
	enum box_status status;
	int cgroup; /* its directory; -1: there is none */
	struct arena *arena;
};

/* The text of a cell; "" is nothing. In JSON it is a text, or a number as it stands, of
 * which "" is null. */
struct column {
	const char *name, *head;
	const char *(*cell)(const struct seen *s);
	bool number, cgroup; /* cgroup: its files are needed */
};

#define STATE_TEXT(name_, member_)                                                       \
	static const char *name_(const struct seen *s)                                   \
	{                                                                                \
		return s->box->state.member_ ? s->box->state.member_ : "";               \
	}
STATE_TEXT(cell_id, id)
STATE_TEXT(cell_bundle, bundle)
STATE_TEXT(cell_rootfs, rootfs)
STATE_TEXT(cell_created, created)
STATE_TEXT(cell_owner, owner)

static const char *cell_pid(const struct seen *s)
{
	long pid = s->status == BOX_STOPPED ? 0 : (long)s->box->state.pid;

	return arena_fmt(s->arena, "%ld", pid);
}

static const char *cell_status(const struct seen *s)
{
	return box_status_names[s->status];
}

/* What stands behind a key in a file of the cgroup, or all of its line; 0 is good, too */
static bool cgroup_number(const struct seen *s, const char *file, const char *key,
			  uint64_t *v)
{
	struct err ignored = ERR_NONE;
	char text[4096];

	if (s->cgroup < 0 ||
	    file_get(s->cgroup, file, text, sizeof(text), &ignored) < 0 ||
	    !str_starts(text, key))
		return false;
	return str_u64n(text + strlen(key), strcspn(text + strlen(key), "\n"), UINT64_MAX,
			v);
}

static const char *cell_memory(const struct seen *s)
{
	uint64_t v;

	if (!cgroup_number(s, "memory.current", "", &v))
		return "";
	return arena_fmt(s->arena, "%llu", (unsigned long long)v);
}

static const char *cell_pids(const struct seen *s)
{
	uint64_t v;

	if (!cgroup_number(s, "pids.current", "", &v))
		return "";
	return arena_fmt(s->arena, "%llu", (unsigned long long)v);
}

/* Seconds; the file has microseconds */
static const char *cell_cpu(const struct seen *s)
{
	uint64_t v;

	if (!cgroup_number(s, "cpu.stat", "usage_usec ", &v))
		return "";
	return arena_fmt(s->arena, "%llu.%03u", (unsigned long long)(v / 1000000),
			 (unsigned)(v / 1000 % 1000));
}

static const struct column columns[] = {
	{ "id", "ID", cell_id, false, false },
	{ "pid", "PID", cell_pid, true, false },
	{ "status", "STATUS", cell_status, false, false },
	{ "bundle", "BUNDLE", cell_bundle, false, false },
	{ "created", "CREATED", cell_created, false, false },
	{ "owner", "OWNER", cell_owner, false, false },
	{ "rootfs", "ROOTFS", cell_rootfs, false, false },
	{ "memory", "MEMORY", cell_memory, true, true },
	{ "cpu", "CPU", cell_cpu, true, true },
	{ "pids", "PIDS", cell_pids, true, true },
};
enum { USUAL = 6 }; /* the first ones, if none are named */

struct chosen {
	const struct column *column;
};
typedef LIST(struct chosen) columns_t;
typedef LIST(strings_t) rows_t;

static int find_column(struct arena *a, const char *name, columns_t *out, struct err *e)
{
	const char *all = "";

	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		if (strcmp(columns[i].name, name) == 0) {
			list_add(a, out)->column = &columns[i];
			return 0;
		}
		all = arena_fmt(a, "%s%s%s", all, i ? ", " : "", columns[i].name);
	}
	return err_plain(e, EINVAL, "invalid columns: %s: one of %s", name, all);
}

static int find_columns(struct arena *a, const char *names, columns_t *out, struct err *e)
{
	strings_t list = str_split(a, names ? names : "", ',');

	for (size_t i = 0; !names && i < USUAL; i++)
		list_add(a, out)->column = &columns[i];
	for (size_t i = 0; names && i < list.n; i++)
		if (find_column(a, list.items[i], out, e) < 0)
			return -1;
	return 0;
}

static bool wants_cgroup(const columns_t *chosen)
{
	LIST_EACH (one, chosen)
		if (one->column->cgroup)
			return true;
	return false;
}

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
	size_t n = table->items[0].n;
	size_t *widths = arena_array(a, size_t, n);
	struct text t = TEXT(a);

	for (size_t i = 0; i < n; i++) {
		widths[i] = 12;
		LIST_EACH (row, table) {
			size_t width = strlen(row->items[i]) + 3;

			widths[i] = width > widths[i] ? width : widths[i];
		}
	}
	LIST_EACH (row, table) {
		for (size_t i = 0; i + 1 < n; i++)
			text_cell(&t, row->items[i], widths[i]);
		text_add(&t, "%s\n", row->items[n - 1]);
	}
	return t.s;
}

static void add_row(struct arena *a, const columns_t *chosen, const struct seen *s,
		    rows_t *table)
{
	strings_t row = { NULL, 0 };

	LIST_EACH (one, chosen) {
		const char *cell = s ? one->column->cell(s) : one->column->head;

		strings_add(a, &row, (char *)(*cell ? cell : "-"));
	}
	*list_add(a, table) = row;
}

/* Only the columns that were chosen; numbers are written as they stand */
static char *as_object(const columns_t *chosen, const struct seen *s)
{
	autojson j = JSON_WRITER_NONE;
	struct err ignored = ERR_NONE;
	const char *text;
	size_t len;

	json_start(&j, NULL);
	json_map_begin(&j);
	LIST_EACH (one, chosen) {
		const char *cell = one->column->cell(s);

		json_key(&j, one->column->name);
		if (one->column->number)
			json_number(&j, *cell ? cell : "null");
		else
			json_str(&j, cell);
	}
	json_map_end(&j);
	text = json_text(&j, &len, &ignored);
	return arena_strdup(s->arena, text ? text : "null");
}

struct listing {
	const struct list_options *o;
	columns_t chosen;
	bool json;
	strings_t objects;
	rows_t table;
};

static int add_container(const struct call *c, const char *id, struct listing *l,
			 struct err *e)
{
	autocgroup group = CGROUP_NONE_OPEN;
	struct err ignored = ERR_NONE, why = ERR_NONE;
	autobox b = BOX_NONE;
	struct seen s = { &b, BOX_STOPPED, -1, c->arena };

	/* gone since, or being made: `state ID` tells what is wrong with it. But what is
	 * there must not be missing in the list. */
	if (box_peek(&b, c->root, id, c->arena, &why) < 0) {
		if (box_broken(&why))
			return 0;
		*e = why;
		return -1;
	}
	s.status = box_status(&b);
	group.keep = true;
	if (wants_cgroup(&l->chosen) && s.status != BOX_STOPPED && b.state.cgroup_path &&
	    cgroup_open(&group, b.state.cgroup_mount, b.state.cgroup_path, c->arena,
			&ignored) == 0)
		s.cgroup = group.fd;
	if (!l->json)
		add_row(c->arena, &l->chosen, &s, &l->table);
	else
		strings_add(c->arena, &l->objects,
			    l->o->columns ? as_object(&l->chosen, &s)
					  : box_state_json(&b, s.status, false));
	return 0;
}

static int list_run(struct call *c, const void *options, struct err *e)
{
	struct listing l = { .o = options };
	strings_t ids = { NULL, 0 };

	l.json = str_eq(l.o->format, "json");
	if (find_columns(c->arena, l.o->columns, &l.chosen, e) < 0 ||
	    box_list(c->root, c->arena, &ids, e) < 0)
		return -1;
	if (l.o->quiet)
		return call_print(join_ids(c->arena, &ids), e);
	add_row(c->arena, &l.chosen, NULL, &l.table);
	LIST_EACH (id, &ids)
		if (add_container(c, *id, &l, e) < 0)
			return -1;
	return call_print(l.json ? join_json(c->arena, &l.objects)
				 : join_table(c->arena, &l.table),
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
