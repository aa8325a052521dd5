/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril mounts: mounts of a container that runs; runs in the program */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "base/text.h"
#include "src/cmd.h"

struct mounts_options {
	const char *format;
};

static const char *const formats[] = { "table", "json", NULL };
static const struct opt rows[] = {
	OPT_ROW(WORD, struct mounts_options, format, "format", 'f', "FORMAT",
		"of list: table (default) or json", .words = formats),
};

static char *read_file(const char *path, struct arena *a, size_t *len, struct err *e)
{
	bool is_stdin = str_eq(path, "-");
	const char *what = is_stdin ? "standard input" : path;
	autofd file = -1;

	/* also from a pipe: /dev/fd/63 of a shell */
	if (!is_stdin && (file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0)
		return err_sys(e, "open %s", path), NULL;
	return file_read_fd(a, is_stdin ? STDIN_FILENO : file, what, JSON_SIZE_MAX, len,
			    e);
}

static int check_status(struct box *b, struct err *e)
{
	enum box_status status = box_status(b);

	if (status == BOX_CREATING)
		return err_plain(e, EBUSY, "the container is not created yet");
	if (status == BOX_STOPPED)
		return err_plain(e, ESRCH, "container not running");
	return 0;
}

static int open_box(struct call *c, struct launch *how, struct box *b, struct err *e)
{
	static const struct opt_u64 no_fds;

	if (call_launch(c, &no_fds, how, e) < 0 ||
	    box_open(b, c->root, how->request.id, true, false, c->arena, e) < 0 ||
	    check_status(b, e) < 0)
		return -1;
	how->request.bundle = b->state.bundle;
	return 0;
}

static int run_add(struct call *c, struct launch *how, const char *file, struct err *e)
{
	autobox b = BOX_NONE;
	size_t len;
	/* before the box is locked: who writes it may take their time */
	char *text = read_file(file, c->arena, &len, e);

	if (!text || open_box(c, how, &b, e) < 0)
		return -1;
	return launch_mounts_add(how, &b, text, len, e);
}

static int run_remove(struct call *c, struct launch *how, const char *file, struct err *e)
{
	strings_t destinations = { NULL, 0 };
	autobox b = BOX_NONE;
	size_t len;
	char *text = read_file(file, c->arena, &len, e);

	if (!text || spec_destinations_read(text, len, c->arena, &destinations, e) < 0)
		return -1;
	if (!destinations.n)
		return err_plain(e, EINVAL, "there are no mounts in the list");
	if (open_box(c, how, &b, e) < 0)
		return -1;
	return launch_mounts_remove(how, &b, &destinations, e);
}

static void put_mount(struct json_writer *j, const struct spec_mount *m, bool added)
{
	json_map_begin(j);
	json_put_str(j, "destination", m->destination);
	if (m->type)
		json_put_str(j, "type", m->type);
	if (m->source)
		json_put_str(j, "source", m->source);
	if (m->options.n) {
		json_key(j, "options");
		json_strs(j, &m->options);
	}
	json_put_bool(j, "added", added);
	json_map_end(j);
}

static int list_json(const struct spec *spec, const struct box *b, struct err *e)
{
	autojson j = JSON_WRITER_NONE;

	json_start(&j, "  ");
	json_list_begin(&j);
	LIST_EACH (m, &spec->mounts)
		put_mount(&j, m, false);
	LIST_EACH (added, &b->state.mounts)
		put_mount(&j, &added->mount, true);
	json_list_end(&j);
	return call_print_json(&j, e);
}

/* A long one moves the rest of its line */
static void add_cell(struct text *t, const char *cell, size_t width)
{
	text_cell(t, cell, width);
	text_add(t, " ");
}

static void add_row(struct text *t, const struct spec_mount *m, const char *added)
{
	add_cell(t, m->destination, 30);
	add_cell(t, m->type ? m->type : "-", 10);
	add_cell(t, added, 5);
	add_cell(t, str_empty(m->source) ? "-" : m->source, 30);
	for (size_t i = 0; i < m->options.n; i++)
		text_add(t, "%s%s", i ? "," : "", m->options.items[i]);
	text_add(t, "\n");
}

static int list_table(const struct spec *spec, const struct box *b, struct arena *a,
		      struct err *e)
{
	struct text t = TEXT(a);

	add_cell(&t, "DESTINATION", 30);
	add_cell(&t, "TYPE", 10);
	add_cell(&t, "ADDED", 5);
	add_cell(&t, "SOURCE", 30);
	text_add(&t, "OPTIONS\n");
	LIST_EACH (m, &spec->mounts)
		add_row(&t, m, "no");
	LIST_EACH (added, &b->state.mounts)
		add_row(&t, &added->mount, "yes");
	return call_print(t.s, e);
}

static int run_list(struct call *c, const struct launch *how, const char *format,
		    struct err *e)
{
	autobox b = BOX_NONE;
	struct spec *spec;

	if (box_open(&b, c->root, how->request.id, false, false, c->arena, e) < 0 ||
	    launch_box_spec(&b, &spec, e) < 0)
		return -1;
	return str_eq(format, "json") ? list_json(spec, &b, e)
				      : list_table(spec, &b, c->arena, e);
}

static int mounts_run(struct call *c, const void *options, struct err *e)
{
	const struct mounts_options *o = options;
	const char *what = c->words.items[0];
	const char *file = c->words.n > 2 ? c->words.items[2] : NULL;
	struct launch how = { .request = { .id = c->words.items[1] } };

	if (str_eq(what, "list") && !file)
		return run_list(c, &how, o->format, e);
	if (str_eq(what, "add") && file)
		return run_add(c, &how, file, e);
	if (str_eq(what, "remove") && file)
		return run_remove(c, &how, file, e);
	return err_plain(e, EINVAL,
			 "\"mounts\" takes: add ID FILE, remove ID FILE, or list ID");
}

const struct verb verb_mounts = {
	.name = "mounts",
	.words = "add|remove|list ID [FILE]",
	.summary = "add mounts to a running container, remove or list them",
	.min = 2,
	.max = 3,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct mounts_options),
	.run = mounts_run,
};
