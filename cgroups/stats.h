/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a cgroup uses: read from the files of its controllers, and written as JSON in the
 * form of runc's `events` (types/events.go), which is that of cgroup v1: its names are
 * kept, and what v2 counts otherwise is converted. Runs in the program.
 */
#ifndef CGROUPS_STATS_H
#define CGROUPS_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "cgroups/cgroup.h"

#define STATS_NO_LIMIT UINT64_MAX /* "max" */

/* Pressure stall information (Documentation/accounting/psi.rst): how much of the time
 * some or all processes waited */
struct psi_line {
	uint64_t avg10, avg60, avg300; /* hundredths of a percent, of the last seconds */
	uint64_t total;		       /* microseconds */
};
struct psi {
	bool set; /* Linux 4.20, not switched off */
	struct psi_line some, full;
};

struct cpu_stats {
	uint64_t total, user, kernel;	     /* nanoseconds */
	uint64_t periods, throttled_periods; /* of cpu.max */
	uint64_t throttled;		     /* nanoseconds */
	struct psi psi;
};

struct memory_usage {
	uint64_t limit, usage, max; /* bytes; max: the most there ever was, or 0 */
};
/* A line of memory.stat */
struct memory_count {
	char *key;
	uint64_t v;
};
struct memory_stats {
	uint64_t cache;
	struct memory_usage memory;
	struct memory_usage swap; /* with memory, as in cgroup v1; its max is not known */
	LIST(struct memory_count) raw;
	struct psi psi;
};

/* What was done on one device in one direction: bytes or operations */
struct io_count {
	uint64_t major, minor;
	const char *op; /* "Read", "Write" */
	uint64_t v;
};
typedef LIST(struct io_count) io_counts_t;

struct huge_stats {
	char *size; /* "2MB" */
	uint64_t usage, failures;
};

struct rdma_stats {
	char *device;
	uint64_t handles, objects; /* UINT32_MAX: no limit */
};
typedef LIST(struct rdma_stats) rdma_list_t;

/* Zero and empty: there is no such file, for the controller is not enabled for it */
struct cgroup_stats {
	struct cpu_stats cpu;
	uints_t cpus, mems; /* those that it may use */
	struct memory_stats memory;
	struct {
		uint64_t current, limit; /* 0: no limit */
	} pids;
	struct {
		io_counts_t bytes, operations;
		struct psi psi;
	} io;
	LIST(struct huge_stats) huge; /* by size */
	rdma_list_t rdma_current, rdma_limit;
};

/* Read all of it, strings in the arena. A cgroup that is not open (fd -1) or was removed
 * gives zeros. Fails when a file cannot be read, or with EINVAL when it says what it
 * should not. */
int stats_read(const struct cgroup *c, struct arena *a, struct cgroup_stats *s,
	       struct err *e);

/* Write it: "cpu", "cpuset", "memory", "pids", "blkio", "hugetlb" and, if there is any,
 * "rdma", as members of an object that the caller has begun. As runc does, it leaves out
 * most of what is zero. */
void stats_json(struct json_writer *j, const struct cgroup_stats *s);

#endif
