/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cgroup.events of a cgroup: is anybody in, is it frozen. The kernel wakes pollers of
 * the file (POLLPRI) when one of these changes: no polling in steps. Part of cgroups/;
 * runs in the program.
 */
#ifndef CGROUPS_EVENTS_H
#define CGROUPS_EVENTS_H

#include <stdbool.h>

#include "base/err.h"

struct cgroup_events {
	bool populated, frozen;
};

/* Read it below an open cgroup. ENOENT: not a cgroup2, or its root, or it was removed */
int events_read(int dir, struct cgroup_events *now, struct err *e);

/* The same from an open file, for a second look at it */
int events_again(int fd, struct cgroup_events *now, struct err *e);

#endif
