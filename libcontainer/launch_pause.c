/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stopping a whole container and letting it go on, through its cgroup; runs in the
 * program */
#include "cgroups/cgroup.h"
#include "cgroups/freeze.h"
#include "libcontainer/launch.h"
#include "libcontainer/launch_parts.h"

#define FREEZE_MS 10000

int launch_pause(struct box *b, struct err *e)
{
	enum box_status status = box_status(b);
	const char *why = b->state.no_cgroup;
	autocgroup c = CGROUP_NONE_OPEN;
	struct err ignored = ERR_NONE;

	if (status == BOX_PAUSED)
		return err_plain(e, EINVAL, "container paused");
	if (status != BOX_RUNNING)
		return err_plain(e, EINVAL, "container not running");
	if (launch_cgroup_open(b, &c, e) < 0)
		return -1;
	if (c.fd < 0)
		return err_plain(e, EINVAL,
				 "cgroup not exist: the container has none that could be "
				 "frozen%s%s",
				 why ? ": " : "", why ? why : "");
	if (cgroup_freeze(&c, FREEZE_MS, e) < 0)
		return -1;
	if (box_status(b) != BOX_STOPPED)
		return 0;
	/* it ended meanwhile, and an empty cgroup freezes, too */
	cgroup_thaw(&c, FREEZE_MS, &ignored);
	return err_plain(e, EINVAL, "container not running");
}

int launch_resume(struct box *b, struct err *e)
{
	enum box_status status = box_status(b);
	autocgroup c = CGROUP_NONE_OPEN;
	int freezing;

	if (status == BOX_STOPPED || status == BOX_CREATING)
		return err_plain(e, EINVAL, "container not paused");
	if (launch_cgroup_open(b, &c, e) < 0)
		return -1;
	/* "running" may be half frozen: somebody killed the `pause` that was at it */
	freezing = c.fd < 0 ? 0 : cgroup_freezing(&c, e);
	if (freezing < 0)
		return -1;
	if (!freezing && status != BOX_PAUSED)
		return err_plain(e, EINVAL, "container not paused");
	return cgroup_thaw(&c, FREEZE_MS, e);
}

int launch_wait_resumed(struct box *b, struct err *e)
{
	autocgroup c = CGROUP_NONE_OPEN;

	if (launch_cgroup_open(b, &c, e) < 0)
		return -1;
	return c.fd < 0 ? 0 : cgroup_wait_thawed(&c, b->pidfd, e);
}
