/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Becoming root of a user namespace. Runs in init: after clone its ids are not mapped,
 * and nothing can be made before they are.
 */
#include "libcontainer/init/init.h"

#include <sys/prctl.h>

#include "base/sys.h"
#include "libcontainer/plan/sync.h"

/* newuidmap and newgidmap may have to ask a directory service */
#define MAPS_MS 60000

static int become_zero(const struct plan *p, struct err *e)
{
	long r;

	/* groups of the runtime stay only where the kernel does not let go of them */
	if (p->process.set_groups) {
		r = sys_setgroups(0, NULL);
		if (r < 0)
			return err_set(e, (int)-r, "setgroups");
	}
	r = sys_setresgid(0, 0, 0);
	if (r < 0)
		return err_set(e, (int)-r, "setresgid 0");
	r = sys_setresuid(0, 0, 0);
	return r < 0 ? err_set(e, (int)-r, "setresuid 0") : 0;
}

int step_IDS(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;

	if (p->ids.way != MAP_NONE) {
		if (sync_expect(in->sync, SYNC_GO, MAPS_MS, NULL, NULL, e) < 0)
			return -1;
		sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	}
	if (p->ids_zero && become_zero(p, e) < 0)
		return -1;
	/* a change of ids sets it to fs.suid_dumpable, which may be 1 */
	sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return 0;
}
