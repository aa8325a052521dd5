/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the options of update to linux.resources. Runs in the program; pure. */
#ifndef SRC_UPDATE_OPTIONS_H
#define SRC_UPDATE_OPTIONS_H

#include "base/arena.h"
#include "base/err.h"
#include "cgroups/resources.h"

/* As they were given; NULL: not at all */
struct update_options {
	const char *resources; /* a file, or "-" */
	const char *blkio_weight;
	const char *cpu_period, *cpu_quota, *cpu_burst, *cpu_share, *cpu_idle;
	const char *cpu_rt_period, *cpu_rt_runtime;
	const char *cpuset_cpus, *cpuset_mems;
	const char *memory, *memory_reservation, *memory_swap;
	const char *memory_high, *memory_low;
	const char *kernel_memory, *kernel_memory_tcp;
	const char *pids_limit;
	strings_t device_rules;
	/* not of linux.resources: launch_update_schemata()'s */
	const char *l3_cache_schema, *mem_bw_schema;
};

/*
 * Fill r (zeroed), in the arena, from all options but `resources` and the schemata.
 * r->devices gets the rules of --device-cgroup-rule only, which belong behind those that
 * the container has.
 * Fails (EINVAL, plain, names the option) for a value that is not wholly what it should
 * be, and for any of them beside `resources`: which of the two is meant cannot be known.
 *
 * Sizes are bytes, or have a suffix k, m, g, t or p (base 1024, any case; "b" or "ib" may
 * stand behind it, as Docker has it); -1 is no limit. 0 is refused where it would change
 * nothing. Whether values fit together is checked by launch_update().
 */
int update_resources(const struct update_options *o, struct arena *a, struct resources *r,
		     struct err *e);

#endif
