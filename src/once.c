/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See once.h; runs in the program */
#include "src/once.h"

#include <sys/prctl.h>

#include "base/fd.h"
#include "libcontainer/launch_notify.h"
#include "src/foreground.h"
#include "src/signals.h"
#include "src/tty.h"

/* Until the container has ended, or, detached, until it runs */
static int go(const struct once *o, const struct launch *how, int signal_fd,
	      struct box *b, struct launched *l, struct err *e)
{
	autonotify n = NOTIFY_NONE;

	if (how->manager && notify_open(&n, b, how->manager, e) < 0)
		return -1;
	if (launch_go(b, l, e) < 0)
		return -1;
	if (o->detach && n.container < 0)
		return 0;
	box_unlock(b);
	if (o->detach)
		return notify_until_ready(&n, l->pidfd, l->pid, how, e);
	return foreground_wait(signal_fd, l, &n, how, e);
}

/* The container's exit status, or 0 when detached. Signals wait from the start, so that
 * none ends us while there is something to undo; the container does not inherit that. */
static int make_and_go(const struct once *o, const struct launch *how, bool *made,
		       struct err *e)
{
	autolaunched l = LAUNCHED_NONE;
	autofd signal_fd = -1;
	autobox b = BOX_NONE;

	if (!o->detach && (signal_fd = signals_hold(e)) < 0)
		return -1;
	if (!o->detach && !o->no_subreaper &&
	    sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return err_set(e, EINVAL, "become the subreaper");
	if (launch_create(how, &b, &l, e) < 0)
		return -1;
	*made = true;
	/* before the program can ask for it */
	tty_resize(&(struct tty){ .master = l.tty });
	return go(o, how, signal_fd, &b, &l, e);
}

/* Nobody else will: what failed for want of memory or descriptors, or was interrupted,
 * may not fail again */
static int clean_up(const struct call *c, const char *id, struct err *e)
{
	struct err first = ERR_NONE;

	if (foreground_delete(c, id, &first) == 0)
		return 0;
	return foreground_delete(c, id, e);
}

int once_run(const struct call *c, const struct launch *how, const struct once *o,
	     struct err *e)
{
	const char *id = how->request.id;
	struct err ignored = ERR_NONE;
	bool made = false;
	int status = make_and_go(o, how, &made, e);

	if (status < 0 && made)
		clean_up(c, id, &ignored);
	if (status >= 0 && !o->detach && !o->keep && clean_up(c, id, e) < 0)
		return -1;
	return status;
}
