/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's cgroup on the way of a launch: made by us or by systemd, with its
 * limits and device filter, before the clone; and the way of a process into it.
 * launch.c calls this. Runs in the program.
 */
#ifndef LIBCONTAINER_LAUNCH_CGROUP_H
#define LIBCONTAINER_LAUNCH_CGROUP_H

#include "base/arena.h"
#include "base/err.h"
#include "cgroups/cgroup.h"
#include "cgroups/limits.h"
#include "cgroups/unit.h"
#include "libcontainer/box/box.h"
#include "libcontainer/host/spawn.h"
#include "libcontainer/plan/plan.h"

struct nest {
	struct cgroup cgroup;
	struct unit_hold hold; /* the unit that it is, if it is one, with its helper */
	struct cgroup inner;   /* exec: the one of the container's init, below it */
	struct cgroup leaf;    /* new: where its process goes when it is set up */
	limits_t late;	       /* written when init is alone */
	struct birthplace place;
	pid_t init;	 /* exec: the container's */
	const char *sub; /* exec: where init is, below the unit: ""; NULL: no unit */
	const char *base; /* what of the cgroup's path is below the unit's: "" or "/a" */
	struct arena *arena;
	int tries;
};
#define NEST_NONE                                                                        \
	{                                                                                \
		.cgroup = CGROUP_NONE_OPEN, .inner = CGROUP_NONE_OPEN,                   \
		.leaf = CGROUP_NONE_OPEN,                                                \
		.hold = UNIT_HOLD_NONE, .place = {.cgroup = -1 }                         \
	}

/* Undo all that is not kept (cgroup.keep, hold.keep) */
void nest_done(struct nest *n);

/*
 * Make what the plan says (CGROUP_MAKE), with all that belongs to it. Before anything
 * is made that only the state can find again, it is saved in the box. When the unit is
 * only our choice and cannot be had, the plan becomes CGROUP_NONE with the reason.
 */
int nest_make(struct nest *n, struct plan *p, const struct resources *r, struct box *b,
	      struct arena *a, struct err *e);

/* Find the container's (CGROUP_ENTER), for an exec beside its init. A process of the
 * container may have given the controllers of its cgroup to children, so that no
 * process may be in it any more (EBUSY): then the exec is born where init is, if that
 * is below. Not when the plan names a cgroup (--cgroup): that one, or an error. */
int nest_enter(struct nest *n, const struct plan *p, const struct box *b, struct arena *a,
	       struct err *e);

/* The child is there and waits, in no namespace of the container yet: move it to where it
 * should have been born, if that was not allowed; let the unit's first process go */
int nest_settle(struct nest *n, const struct plan *p, const struct child *c,
		struct err *e);

/* Only init is left in it: write the limits that were put off for this */
int nest_finish(struct nest *n, struct err *e);

/* Init has its cgroup namespace: move it to where the plan says that it may do what it
 * likes, if it says so, and pass down all controllers to there that can be */
int nest_delegate(const struct nest *n, pid_t pid, struct err *e);

/* The child has gone without a word (e): say so if it was for want of memory. Returns
 * -1. */
int nest_lost(const struct nest *n, struct err *e);

#endif
