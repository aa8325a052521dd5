/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A network through pasta or slirp4netns, and the names that the container asks, on the
 * way of a launch and of a delete. launch.c and launch_end.c call this. Runs in the
 * program.
 */
#ifndef LIBCONTAINER_LAUNCH_USER_H
#define LIBCONTAINER_LAUNCH_USER_H

#include "base/err.h"
#include "libcontainer/box/box.h"
#include "libcontainer/host/spawn.h"
#include "libcontainer/launch.h"
#include "libcontainer/plan/plan.h"
#include "netns/user.h"

/* The plan has a resolv.conf: write it into the box, whence it is bound. Before the kit,
 * which opens it. Where the image has no such file there is nothing to bind it over, and
 * nothing is ever written to the image: then the mount is taken from the plan, with a
 * warning. */
int launch_resolv_conf(struct plan *p, const struct box *b, const struct launch *how,
		       struct err *e);

/* The plan has a program: start it, when init is in its namespaces, and wait until the
 * network is there. The box knows guard and program before there is anything to undo. */
int launch_user_make(struct user_guard *g, const struct plan *p, const struct child *c,
		     struct box *b, struct err *e);

/* At delete, when init has ended: end what is left of both, at most 10 s each */
int launch_user_end(const struct box *b, struct err *e);

#endif
