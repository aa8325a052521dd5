/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril run: create and start, then wait and delete; runs in the program */
#include "src/cmd.h"
#include "src/cmd_new.h"
#include "src/once.h"

struct run_options {
	struct new_options new;
	struct once once;
};

#define ROW(kind, member, ...) OPT_ROW(kind, struct run_options, member, __VA_ARGS__)
static const struct opt rows[] = {
	NEW_ROWS(struct run_options),
	ROW(FLAG, once.detach, "detach", 'd', NULL,
	    "do not wait for the container to end"),
	ROW(FLAG, once.keep, "keep", 0, NULL,
	    "do not delete the container when it has ended"),
	ROW(FLAG, once.no_subreaper, "no-subreaper", 0, NULL,
	    "do not adopt orphans of the container"),
};

static int run_run(struct call *c, const void *options, struct err *e)
{
	const struct run_options *o = options;
	struct launch how = { .request = { .detach = o->once.detach } };

	if (new_launch(c, &o->new, c->words.items[0], &how, e) < 0)
		return -1;
	return once_run(c, &how, &o->once, e);
}

const struct verb verb_run = {
	.name = "run",
	.words = "ID",
	.summary = "make and start a container, wait for it, delete it",
	.min = 1,
	.max = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct run_options),
	.run = run_run,
};
