/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril start: let a created container run its program; runs in the program */
#include "src/cmd.h"

/* Why a container in this state cannot be started; NULL: it can */
static const char *const reasons[] = {
	[BOX_CREATING] = "cannot start a container that is not created yet",
	[BOX_RUNNING] = "cannot start an already running container",
	[BOX_PAUSED] = "cannot start a container in the paused state",
	[BOX_STOPPED] = "cannot start a container that has stopped",
};

static int start_run(struct call *c, const void *options, struct err *e)
{
	autobox b = BOX_NONE;
	enum box_status status;

	(void)options;
	if (call_box(c, true, &b, e) < 0)
		return -1;
	status = box_status(&b);
	if (status != BOX_CREATED)
		return err_plain(e, EINVAL, "%s", reasons[status]);
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
