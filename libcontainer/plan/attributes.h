/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the kernel keeps of a process for its scheduler and its memory: the part of the
 * plan that follows from process.scheduler, process.ioPriority, process.execCPUAffinity,
 * linux.memoryPolicy and linux.personality. Pure data in the plan's arena; NULL: as it
 * is.
 */
#ifndef PLAN_ATTRIBUTES_H
#define PLAN_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* sched_setattr(2) */
struct plan_scheduler {
	const char *name; /* "SCHED_FIFO" */
	uint32_t policy, priority;
	int32_t nice;
	uint64_t flags;			    /* SCHED_FLAG_* */
	uint64_t runtime, deadline, period; /* nanoseconds */
};

/* ioprio_set(2) */
struct plan_io_priority {
	const char *name; /* "IOPRIO_CLASS_BE" */
	int value;	  /* class and priority, as the kernel has them */
	int priority;
};

/* Numbers as the kernel takes them: bit N of an array of words */
struct plan_numbers {
	const char *text; /* "0-3,7"; NULL: all that there are */
	uint64_t *bits;
	size_t n; /* words */
};

/* set_mempolicy(2) */
struct plan_memory_policy {
	const char *name;	   /* "MPOL_BIND" */
	uint32_t mode;		   /* MPOL_*, with its MPOL_F_* */
	struct plan_numbers nodes; /* n == 0: none, as this mode wants it */
};

struct plan_attributes {
	const struct plan_scheduler *scheduler;
	const struct plan_io_priority *io_priority;
	/* both are set by the host, when init is ready: in a user namespace init may not
	 * do what the host's root may, and in an exec it has let go of that capability */
	bool by_host;
	/* enter: of the runtime, before the process is in its cgroup; then of the
	 * process */
	const struct plan_numbers *cpus_before, *cpus;
	const struct plan_memory_policy *memory;
	bool has_personality;
	const char *personality_name; /* "LINUX32" */
	unsigned long personality;
};

#endif
