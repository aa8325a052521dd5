/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's network devices on the way of a launch. launch.c calls this. Runs in the
 * program.
 */
#ifndef LIBCONTAINER_LAUNCH_NET_H
#define LIBCONTAINER_LAUNCH_NET_H

#include "base/arena.h"
#include "base/err.h"
#include "base/helper.h"
#include "libcontainer/box/box.h"
#include "libcontainer/host/spawn.h"
#include "libcontainer/plan/facts.h"
#include "libcontainer/plan/plan.h"
#include "netns/user.h"

struct launch_net {
	struct helper helper;	 /* undoes all devices unless they are kept */
	int ns;			 /* the container's network namespace; owned */
	const struct plan *plan; /* NULL: nothing is to be undone */
	struct box *box;
	struct user_guard guard; /* of the program that connects it */
};
#define LAUNCH_NET_NONE                                                                  \
	{                                                                                \
		.helper = HELPER_NONE, .ns = -1, .guard = USER_GUARD_NONE                \
	}

/* If the plan has STEP_NET: wait until init is in its network namespace, make the
 * devices, note them in the box's state (which is not saved here), start the program that
 * connects it (launch_user.h), let init go on */
int launch_net_make(struct launch_net *n, const struct plan *p, const struct child *c,
		    struct box *b, int timeout_ms, struct err *e);

/* The same for a process that is in its network namespace and waits for us by itself */
int launch_net_into(struct launch_net *n, const struct plan *p, const struct child *c,
		    struct box *b, struct err *e);

/* The state that knows them is saved: from here on they are not undone when we end */
int launch_net_keep(struct launch_net *n, struct err *e);

/* At delete: the namespace, opened while init may still live, for it goes with init; the
 * caller owns it. -1: it has ended, or nothing is to be undone there. */
int launch_net_open(const struct box *b);

/* At delete, when init has ended: undo the devices that --net made or moved. Those of
 * linux.netDevices are the kernel's to move, as the specification says. ns may be -1. */
int launch_net_end(const struct box *b, const struct request *r, int ns, struct err *e);

/* Undo all that is not kept. The process may have ended. */
void launch_net_undo(struct launch_net *n);

#endif
