/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril create: everything but the exec of the user's program; runs in the program */
#include "src/cmd.h"
#include "src/cmd_new.h"

struct create_options {
	struct new_options new;
};

static const struct opt rows[] = { NEW_ROWS(struct create_options) };

static int create_run(struct call *c, const void *options, struct err *e)
{
	const struct create_options *o = options;
	struct launch how = { .request = { .hold = true, .detach = true } };
	autolaunched l = LAUNCHED_NONE;
	autobox b = BOX_NONE;

	if (new_launch(c, &o->new, c->words.items[0], &how, e) < 0)
		return -1;
	return launch_create(&how, &b, &l, e);
}

const struct verb verb_create = {
	.name = "create",
	.words = "ID",
	.summary = "make a container that waits for start",
	.min = 1,
	.max = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct create_options),
	.run = create_run,
};
