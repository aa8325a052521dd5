/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Groups of the resctrl file system: found or made, with their schemata, and processes
 * put into them. Nothing here is called for a container without linux.intelRdt.
 *
 * Theory (Documentation/filesystems/resctrl.rst). A directory below the root is a class
 * of service: mkdir(2) makes it, with its files, and fails with ENOSPC when the hardware
 * has no more; rmdir(2) gives it back, and its tasks go to the root group. `schemata` has
 * a line for each resource ("L3:0=ff;1=ff"); a write changes what it names, all or
 * nothing. A thread belongs to a group when its number was written to `tasks`; children
 * inherit that. `mon_groups` has groups that are counted apart. Why a write failed is in
 * info/last_cmd_status.
 */
#ifndef HOST_RDT_H
#define HOST_RDT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "libcontainer/plan/rdt.h"

struct rdt {
	int root;    /* of the file system; owned; -1: nothing is open */
	int group;   /* owned */
	int monitor; /* owned; -1: none */
	const char *group_name, *monitor_name; /* lent */
	char *before; /* schemata of a group that was there, in the arena; or NULL */
	bool made, monitor_made, wrote;
	bool keep; /* rdt_done() does not undo */
};
#define RDT_NONE                                                                         \
	{                                                                                \
		.root = -1, .group = -1, .monitor = -1                                   \
	}

/* Where the file system is mounted, by /proc/self/mountinfo, in the arena. ENOENT: it is
 * not. */
char *rdt_find(struct arena *a, struct err *e);

/* Open its root. check: it must be of that type (not when somebody named the place). */
int rdt_open(struct rdt *r, const char *path, bool check, struct err *e);

/* Is the plan's group to be made */
bool rdt_missing(const struct rdt *r, const struct plan_rdt *p);

/* Find or make the plan's group and monitoring group, compare or write its schemata.
 * What was made is undone by rdt_done(). */
int rdt_make(struct rdt *r, const struct plan_rdt *p, struct arena *a, struct err *e);

/* Open groups that are there; monitor may be NULL */
int rdt_enter(struct rdt *r, const char *group, const char *monitor, struct err *e);

/* Put a process (one that has no other threads yet) or a thread into the group(s) */
int rdt_add(const struct rdt *r, pid_t pid, struct err *e);

/* Write lines of schemata in one go */
int rdt_write(struct rdt *r, const strings_t *lines, struct arena *a, struct err *e);

/* Remove the monitoring group (if not NULL) and, if `made`, the group. One that is gone
 * is fine. */
int rdt_remove(const struct rdt *r, const char *group, bool made, const char *monitor,
	       struct err *e);

/* Unless kept: remove what was made, and give a group that was there its schemata
 * back. Close. */
void rdt_done(struct rdt *r);

/* Whether a group with these schemata (the whole file) has all that the line asks for:
 * numbers are compared, domains that the line leaves out are not. Pure. */
bool rdt_agrees(const char *schemata, const char *line);

#endif
