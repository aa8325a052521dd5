/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits: linux.resources as what is written to files of a v2 cgroup. The values of the
 * document are those of cgroup v1; here they are converted (runtime-spec 1.3,
 * config-linux.md; kernel, Documentation/admin-guide/cgroup-v2.rst). limits_make() and
 * limits_lost() are pure and part of the plan; the other calls are made in the program,
 * on the host's side.
 */
#ifndef CGROUPS_LIMITS_H
#define CGROUPS_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "cgroups/cgroup.h"
#include "cgroups/resources.h"

/* One write to one file */
struct limit {
	/* member below linux.resources: "memory.limit", "unified.memory.high" */
	const char *where;
	const char *controller; /* "memory"; NULL: the core's ("cgroup.max.depth") */
	const char *file, *text;
	/* where `file` does not exist, or has no use for that device (EOPNOTSUPP), this
	 * one is written; NULL: there is none */
	const char *or_file, *or_text;
	/* no such file is no error: without it all is as it is wanted anyway */
	bool may_miss;
	/* EINVAL is tried again when all others are written: cpu.max.burst may not be
	 * above the quota that is in force until then */
	bool again;
};
typedef LIST(struct limit) limits_t;

/* What a cgroup has now: an update that names only one of two values that make one (quota
 * and period, memory and swap) takes the other one from here. */
struct limits_now {
	struct opt_i64 memory;	   /* memory.max; -1: "max" */
	struct opt_i64 swap;	   /* memory.swap.max (without memory); -1: "max" */
	struct opt_i64 quota;	   /* of cpu.max; -1: "max" */
	struct opt_u64 period;
	struct opt_i64 idle;	   /* cpu.idle */
};

/*
 * The writes for r, in the order in which they are made. Strings are in the arena, or
 * those of r. r may be NULL: none. now == NULL: for a new cgroup; values that mean "no
 * limit", and those that a new cgroup has anyway, are then left out. Fails (EINVAL,
 * plain, begins with the JSON path "linux.resources.") for what makes no sense: swap
 * without a memory limit, swap below it, a number that is out of its range, a unified key
 * with "/" or without ".", or for a file by which processes are moved, stopped or kept
 * from moving (cgroup.procs, .threads, .kill, .freeze, .subtree_control, .type).
 *
 * Where cgroup v2 is not v1: pids.limit 0 becomes 1, which forbids to fork as well, and
 * with which the container can start; memory.reservation is memory.low, and -1 (none) its
 * "0"; a new memory.limit alone leaves memory.swap.max as it is, and -1 lifts that, too;
 * cpu.shares are ignored while the cgroup is idle.
 */
int limits_make(const struct resources *r, const struct limits_now *now, struct arena *a,
		limits_t *out, struct err *e);

/* What r asks for and cgroup v2 cannot do, as texts for a warning (an error with
 * --strict): "linux.resources.cpu.realtimeRuntime: cgroup v2 has no realtime limits".
 * Values that mean "not set", as engines write them, are not listed. Pure. */
strings_t limits_lost(const struct resources *r, struct arena *a);

/* Read the present values of an open cgroup; what cannot be read stays unset */
void limits_read(const struct cgroup *c, struct limits_now *now);

/*
 * Write them, in order, up to the first that fails. Tells which member of the document
 * it was, the file, the text and the cgroup. A file that does not exist because its
 * controller is not enabled: ENOENT, and the error names the controller and where it ends
 * ("controller memory is not enabled in cgroup /a/b: /a does not pass it on").
 */
int limits_apply(const struct cgroup *c, const limits_t *limits, struct err *e);

/* memory.checkBeforeUpdate: EBUSY (plain) when a new memory (or memory and swap) limit
 * in r is at or below what is used now: "rejecting memory limit 4096 <= usage 81920"
 * (runc's words; with swap, usage is memory.current and memory.swap.current together).
 * Does nothing when r does not ask for it or the usage cannot be read. */
int limits_fit(const struct cgroup *c, const struct resources *r, struct err *e);

#endif
