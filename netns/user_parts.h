/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the guard share; runs in it; nobody else includes it */
#ifndef NETNS_USER_PARTS_H
#define NETNS_USER_PARTS_H

#include "netns/user.h"

#define USER_MS 20000 /* what pasta or slirp4netns may take until the network is there */

struct guard {
	const struct user_net *net;
	const struct user_box *box;
	struct arena *a;
	int sock;  /* to the one who made us */
	pid_t pid; /* the program */
	int pidfd; /* of it */
	int hold;  /* slirp4netns ends when this is closed */
};

/* Start the program and wait until the container is connected; sets pid and pidfd */
int guard_pasta(struct guard *g, struct err *e);
int guard_slirp(struct guard *g, struct err *e);

/* Some child of the guard, or 0. A kernel without CONFIG_PROC_CHILDREN shows none. */
int32_t guard_child(const struct guard *g);

#endif
