/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Controllers: which of them a cgroup has, and passing them down to it
 * (cgroup.subtree_control of all that is above). And giving a cgroup to the container's
 * user. Runs in the program, on the host's side.
 */
#ifndef CGROUPS_CONTROLLERS_H
#define CGROUPS_CONTROLLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "cgroups/cgroup.h"
#include "cgroups/limits.h"

/*
 * Pass controllers down from the tree's root to c. Where c has all of them, that is seen
 * in two files; else each ancestor's cgroup.subtree_control is read, and what is missing
 * is written, all at once, and one by one if the kernel refuses that. all: every
 * controller that the tree has (monitoring reads the files of containers without limits,
 * too); else only those that the limits name. Levels that are not ours to write are
 * passed over: what counts is what arrives.
 *
 * Fails when a controller that a limit needs (one that may not miss its file) does not
 * arrive; the text names the limit, the controller, the level at which it ends and why
 * (EBUSY: it has processes of its own; EACCES, EPERM, EROFS: not ours; ENOENT: absent at
 * the root). ENOTSUP when c is in a threaded subtree (cgroup.type "domain invalid" or
 * "threaded").
 */
int controllers_enable(const struct cgroup *c, const limits_t *limits, bool all,
		       struct err *e);

/* 0 when c has the controller; else ENOENT, and the error says at which level it ends:
 * "controller memory is not enabled in cgroup /a/b: /a does not pass it on", or that it
 * is not in the tree. Writes nothing. */
int controllers_need(const struct cgroup *c, const char *name, struct err *e);

/* Give c to a user, not to a group (delegation, config-linux.md "cgroup ownership"): the
 * directory and the files that /sys/kernel/cgroup/delegate lists, or, without that,
 * cgroup.procs, cgroup.subtree_control and cgroup.threads. Files that c lacks are passed
 * over. */
int cgroup_give(const struct cgroup *c, uint32_t uid, struct err *e);

#endif
