/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Maps of a new user namespace, written by the host's side while init waits.
 */
#ifndef HOST_IDMAP_H
#define HOST_IDMAP_H

#include <sys/types.h>

#include "base/err.h"
#include "libcontainer/plan/plan.h"

/* Write the maps of `pid` as the plan says: to /proc/PID/{setgroups,uid_map,gid_map},
 * or by newuidmap(1) and newgidmap(1). user_namespaces(7) has the rules. */
int idmap_write(const struct plan_ids *ids, pid_t pid, struct err *e);

#endif
