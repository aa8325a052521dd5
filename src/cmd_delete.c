/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril delete: remove what create made; runs in the program */
#include "src/cmd.h"

struct delete_options {
	bool force;
};

static const struct opt rows[] = {
	OPT_ROW(FLAG, struct delete_options, force, "force", 'f', NULL,
		"kill it first if it runs; no error if it is not there"),
};

static int delete_one(const struct call *c, const char *id, bool force, struct err *e)
{
	struct launch how = { .root = NULL };
	autobox b = BOX_NONE;

	if (force)
		launch_interrupt(c->root, id, c->arena);
	if (box_open(&b, c->root, id, true, force, c->arena, e) < 0)
		return force && e->num == ENOENT ? 0 : -1;
	call_environment(c, &how);
	return launch_delete(&how, &b, force, e);
}

/* All are tried; the first error is told, with the number of the others */
static int delete_run(struct call *c, const void *options, struct err *e)
{
	const struct delete_options *o = options;
	const char *failed = NULL;
	size_t more = 0;

	LIST_EACH (id, &c->words) {
		struct err one = ERR_NONE;

		if (delete_one(c, *id, o->force, &one) >= 0)
			continue;
		if (failed)
			more++;
		else
			*e = one;
		failed = failed ? failed : *id;
	}
	if (!failed)
		return 0;
	if (more)
		err_wrap(e, "%s and %zu more", failed, more);
	else if (c->words.n > 1)
		err_wrap(e, "%s", failed);
	return -1;
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
