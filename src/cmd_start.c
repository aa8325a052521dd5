/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril start: let a created container run its program; runs in the program */
#include "libcontainer/launch_notify.h"
#include "src/cmd.h"

/* The service manager that called us waits until the container is ready; others may
 * have the box meanwhile */
static int wait_ready(const struct call *c, struct box *b, const struct notify *n,
		      struct err *e)
{
	struct launch how = { .root = NULL };

	box_unlock(b);
	call_environment(c, &how);
	return notify_until_ready(n, b->pidfd, (pid_t)b->state.pid, &how, e);
}

static int start_run(struct call *c, const void *options, struct err *e)
{
	autonotify n = NOTIFY_NONE;
	autobox b = BOX_NONE;

	(void)options;
	if (call_box(c, true, &b, e) < 0)
		return -1;
	if (c->env.notify && notify_open(&n, &b, c->env.notify, e) < 0)
		return -1;
	if (launch_start(&b, e) < 0)
		return -1;
	return n.container < 0 ? 0 : wait_ready(c, &b, &n, e);
}

const struct verb verb_start = {
	.name = "start",
	.words = "ID",
	.summary = "run the program of a created container",
	.min = 1,
	.max = 1,
	.run = start_run,
};
