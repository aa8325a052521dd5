/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril delete: remove what create made; runs in the program */
#include "src/cmd.h"
#include "src/each.h"

struct delete_options {
	bool force, regex;
};

static const struct opt rows[] = {
	OPT_ROW(FLAG, struct delete_options, force, "force", 'f', NULL,
		"kill it first if it runs; no error if it is not there"),
	OPT_ROW(FLAG, struct delete_options, regex, "regex", 'r', NULL,
		"ID is a regular expression: all that it fits"),
};

static int delete_one(const struct call *c, const char *id, const void *options,
		      struct err *e)
{
	bool force = ((const struct delete_options *)options)->force;
	struct launch how = { .root = NULL };
	autobox b = BOX_NONE;

	if (force)
		launch_interrupt(c->root, id, c->arena);
	if (box_open(&b, c->root, id, true, force, c->arena, e) < 0)
		return force && e->num == ENOENT ? 0 : -1;
	call_environment(c, &how);
	return launch_delete(&how, &b, force, e);
}

static int delete_matching(const struct call *c, const struct delete_options *o,
			   strings_t *ids, struct err *e)
{
	LIST_EACH (pattern, &c->words) {
		int n = each_matching(c, *pattern, ids, e);

		if (n < 0)
			return -1;
		if (n == 0 && !o->force)
			return err_plain(e, ENOENT,
					 "container does not exist: none matches \"%s\"",
					 *pattern);
	}
	return 0;
}

static int delete_run(struct call *c, const void *options, struct err *e)
{
	const struct delete_options *o = options;
	strings_t ids = { NULL, 0 };

	if (!o->regex)
		return each_id(c, &c->words, delete_one, o, e);
	if (delete_matching(c, o, &ids, e) < 0)
		return -1;
	return each_id(c, &ids, delete_one, o, e);
}

const struct verb verb_delete = {
	.name = "delete",
	.words = "ID...",
	.summary = "remove a stopped container, and all that was made for it",
	.min = 1,
	.max = CMD_ANY,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct delete_options),
	.run = delete_run,
};
