/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril pause: stop a running container where it is; runs in the program */
#include "src/cmd.h"

static int pause_run(struct call *c, const void *options, struct err *e)
{
	autobox b = BOX_NONE;

	(void)options;
	if (call_box(c, true, &b, e) < 0)
		return -1;
	return launch_pause(&b, e);
}

const struct verb verb_pause = {
	.name = "pause",
	.words = "ID",
	.summary = "stop all processes of a container until it is resumed",
	.min = 1,
	.max = 1,
	.run = pause_run,
};
