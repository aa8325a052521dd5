/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What init waits for at first: to be in its cgroup, where systemd has to move it there;
 * and to be root of its user namespace: after clone its ids are not mapped, and nothing
 * can be made before they are. Runs in init.
 */
#include "libcontainer/init/init.h"

#include <sys/prctl.h>

#include "base/sys.h"
#include "libcontainer/init/caps.h"
#include "libcontainer/plan/sync.h"

/* newuidmap and newgidmap may have to ask a directory service */
#define MAPS_MS 60000

/* systemd moves processes when it comes to it */
#define PLACE_MS 60000

int step_PLACE(struct inside *in, struct err *e)
{
	return sync_expect(in->sync, SYNC_GO, PLACE_MS, NULL, NULL, e);
}

int groups_set(const struct plan *p, size_t n, const uint32_t *groups, struct err *e)
{
	bool joined = p->ids_zero && p->ids.way == MAP_NONE;
	long r = p->process.set_groups ? sys_setgroups(n, groups) : 0;

	/* whoever made the user namespace that was joined may have denied it: then the
	 * kernel keeps the groups that we have, whatever we do */
	if (r == -EPERM && joined && n == 0)
		return 0;
	return r < 0 ? err_set(e, (int)-r, "setgroups") : 0;
}

/* EINVAL: 0 is not mapped there. Then we stay who we are, with all capabilities. */
static int become_zero(const struct plan *p, struct err *e)
{
	long r;

	if (groups_set(p, 0, NULL, e) < 0)
		return -1;
	r = sys_setresgid(0, 0, 0);
	if (r < 0 && r != -EINVAL)
		return err_set(e, (int)-r, "setresgid 0");
	r = sys_setresuid(0, 0, 0);
	return r < 0 && r != -EINVAL ? err_set(e, (int)-r, "setresuid 0") : 0;
}

int step_IDS(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;

	if (p->ids.way != MAP_NONE) {
		if (sync_expect(in->sync, SYNC_GO, MAPS_MS, NULL, NULL, e) < 0)
			return -1;
		if (dumpable_set(false, e) < 0)
			return -1;
	}
	if (p->ids_zero && become_zero(p, e) < 0)
		return -1;
	/* a change of ids sets it to fs.suid_dumpable, which may be 1 */
	return dumpable_set(false, e);
}
