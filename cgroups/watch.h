/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waiting for a counter of a cgroup to rise: "oom_kill" of memory.events. The kernel
 * wakes pollers of such files (POLLPRI) when they change. Runs in the program.
 */
#ifndef CGROUPS_WATCH_H
#define CGROUPS_WATCH_H

#include <stdint.h>

#include "base/err.h"
#include "cgroups/cgroup.h"

struct watch {
	int fd;		 /* to be polled for POLLPRI; -1: nothing to watch. Owned. */
	const char *key; /* lent */
	uint64_t last;	 /* what it was when it was looked at */
};
#define WATCH_NONE                                                                       \
	{                                                                                \
		.fd = -1                                                                 \
	}

/* Open a file of lines "key number" and look at the key. Without the file, or without the
 * cgroup, there is nothing to watch, which is no error. */
int watch_open(struct watch *w, const struct cgroup *c, const char *file, const char *key,
	       struct err *e);
void watch_done(struct watch *w);

/* By how much it has risen since it was looked at last. When the cgroup is gone: 0, and
 * w->fd is closed. */
uint64_t watch_risen(struct watch *w);

/* How many processes in it and below the kernel has killed because memory ran out. -1: it
 * cannot be told (no memory controller). */
int cgroup_oom_kills(const struct cgroup *c, uint64_t *n);

#endif
