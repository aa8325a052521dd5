/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril start: let a created container run its program; runs in the program */
#include "src/cmd.h"

static int start_run(struct call *c, const void *options, struct err *e)
{
	autobox b = BOX_NONE;

	(void)options;
	if (call_box(c, true, &b, e) < 0)
		return -1;
	return launch_start(&b, e);
}

const struct verb verb_start = {
	.name = "start",
	.words = "ID",
	.summary = "run the program of a created container",
	.min = 1,
	.max = 1,
	.run = start_run,
};
