/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One cgroup of the v2 tree: made, entered (by CLONE_INTO_CGROUP with its fd), asked,
 * emptied, removed. Runs in the program, on the host's side. Limits are limits.h's,
 * device rules devices.h's.
 */
#ifndef CGROUPS_CGROUP_H
#define CGROUPS_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

struct cgroup {
	int fd;	     /* its directory; -1: none. Owned. */
	char *mount; /* of the tree; strings in the caller's arena */
	char *path;  /* below it */
	char *made;  /* the topmost directory that cgroup_make() made, below the mount:
		       removal goes up to here; NULL: nothing was made */
	bool keep;   /* cgroup_done() leaves it alone */
	int filter;  /* the program that devices_apply() attached; -1: none. Owned. */
};
#define CGROUP_NONE_OPEN                                                                 \
	{                                                                                \
		.fd = -1, .filter = -1                                                   \
	}

/* Make `path` below `mount` with its missing parents (0755) and open it. A leaf that is
 * there already must be empty and not frozen: else EBUSY, "container's cgroup is not
 * empty: N process(es) found" / "container's cgroup unexpectedly frozen". "..", "." and
 * empty components are refused. Undone by cgroup_done() unless kept. */
int cgroup_make(struct cgroup *c, const char *mount, const char *path, struct arena *a,
		struct err *e);

/* The topmost directory that cgroup_make() would have to make, below the mount, in the
 * arena; NULL when all are there: what a caller remembers before it makes them */
char *cgroup_missing(const char *mount, const char *path, struct arena *a);

/* Open an existing one. ENOENT when it is gone. */
int cgroup_open(struct cgroup *c, const char *mount, const char *path, struct arena *a,
		struct err *e);

/* Open a cgroup below an open one: "/a/b", or "/" for itself. Nothing leads out of it: no
 * "..", no link, no other mount (openat2(2)). ENOENT when it is not there. It is kept. */
int cgroup_open_below(struct cgroup *c, const struct cgroup *above, const char *sub,
		      struct arena *a, struct err *e);

/* Close it; unless `keep`, remove what cgroup_make() made (`made` is set) and take the
 * device filter away from a cgroup that was there before */
void cgroup_done(struct cgroup *c);
#define autocgroup __attribute__((cleanup(cgroup_done))) struct cgroup

/* Write on an open cgroup whose it is, as an extended attribute that only root of the
 * host can change (trusted.*, Linux 5.7 for cgroup2): a name says nothing once the
 * container that had it has stopped. EPERM for others. */
int cgroup_mark(const struct cgroup *c, const char *mark, struct err *e);
bool cgroup_marked(const struct cgroup *c, const char *mark);

/* What tells it from a later one of that name: its inode. 0: cannot tell */
uint64_t cgroup_id(const struct cgroup *c);

/* SIGKILL to all in it and below (cgroup.kill, Linux 5.14) */
int cgroup_kill(const struct cgroup *c, struct err *e);

/* Whether any process is in it or below (cgroup.events: populated). 0 also when it was
 * removed since it was opened. -1: cannot tell */
int cgroup_populated(const struct cgroup *c, struct err *e);

/* Wait until it is empty, by poll(POLLPRI) on cgroup.events, at most timeout_ms: else
 * ETIMEDOUT, and the error names the processes that are left. */
int cgroup_wait_empty(const struct cgroup *c, int timeout_ms, struct err *e);

/* Whether the cgroup of that name is frozen (cgroup.events: frozen), in three system
 * calls; false when there is no such cgroup */
bool cgroup_path_frozen(const char *mount, const char *path);

/* Send a signal to the processes in it and below, as far as the caller sees them. Safe
 * from reused pids. Goes on when one cannot be sent, or listed; the first error is told.
 * Takes at most 10 s: ETIMEDOUT. */
int cgroup_signal(const struct cgroup *c, int sig, struct arena *a, struct err *e);

/* Shown each process: 0 to see more of them, 1 for no more, -1 with e set */
typedef int (*cgroup_see)(void *to, pid_t pid, struct err *e);

/*
 * Show the processes in it and in cgroups below it, as the caller's PID namespace sees
 * them; one that moves meanwhile may be shown twice. However many cgroups there are and
 * however deep, it takes neither stack nor an arena, only 8 bytes for each level: ENOMEM.
 * At most timeout_ms: ETIMEDOUT. Returns what see() returned last.
 */
int cgroup_each(const struct cgroup *c, int timeout_ms, cgroup_see see, void *to,
		struct err *e);

/* All of them, in at most 10 s. E2BIG: more than 4 Mi. What was listed before an error is
 * in *pids. */
typedef LIST(pid_t) pids_t;
int cgroup_pids(const struct cgroup *c, struct arena *a, pids_t *pids, struct err *e);

/* Remove the (empty) cgroup with all below it, then its parents up to `made` while they
 * are empty. Bounded: retries while the kernel still lets processes go (EBUSY), by
 * waiting on cgroup.events, for at most timeout_ms, however deep the tree is: ETIMEDOUT
 * when that was not enough; another call goes on. ENOENT is success. */
int cgroup_remove(struct cgroup *c, int timeout_ms, struct err *e);

#endif
