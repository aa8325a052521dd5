/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What linux.resources asks for and cgroup v2 has nothing for. Runs in the program; pure.
 *
 * Engines write most members always: 0 and -1 mean "not set" there.
 */
#include "base/str.h"
#include "cgroups/limits.h"

static bool more_than_0(struct opt_i64 v)
{
	return v.set && v.v > 0;
}
static bool not_0(struct opt_u64 v)
{
	return v.set && v.v != 0;
}

#define LOST(name, part, test)                                                           \
	static bool name(const struct resources *r)                                      \
	{                                                                                \
		return r->part && (test);                                                \
	}
LOST(has_kernel, memory, more_than_0(r->memory->kernel))
LOST(has_kernel_tcp, memory, more_than_0(r->memory->kernel_tcp))
/* -1, as the unsigned number that it is here, is Docker's "not set" */
LOST(has_swappiness, memory,
     r->memory->swappiness.set && r->memory->swappiness.v != UINT64_MAX)
LOST(has_no_oom_killer, memory,
     r->memory->disable_oom_killer.set && r->memory->disable_oom_killer.v)
LOST(has_rt_runtime, cpu, more_than_0(r->cpu->rt_runtime))
LOST(has_rt_period, cpu, not_0(r->cpu->rt_period))
LOST(has_leaf_weight, block_io, not_0(r->block_io->leaf_weight))
LOST(has_class, network, not_0(r->network->class_id))
LOST(has_priorities, network, r->network->priorities.n > 0)

static const struct lost_row {
	const char *where, *why;
	bool (*has)(const struct resources *r);
} rows[] = {
	{ "memory.kernel", "cgroup v2 counts kernel memory as memory", has_kernel },
	{ "memory.kernelTCP", "cgroup v2 counts socket buffers as memory",
	  has_kernel_tcp },
	{ "memory.swappiness", "cgroup v2 has no swappiness", has_swappiness },
	{ "memory.disableOOMKiller", "cgroup v2 cannot disable the OOM killer",
	  has_no_oom_killer },
	{ "cpu.realtimeRuntime", "cgroup v2 has no realtime limits", has_rt_runtime },
	{ "cpu.realtimePeriod", "cgroup v2 has no realtime limits", has_rt_period },
	{ "blockIO.leafWeight", "cgroup v2 has no leaf weights", has_leaf_weight },
	{ "network.classID", "cgroup v2 has no network classes", has_class },
	{ "network.priorities", "cgroup v2 has no network priorities", has_priorities },
};

strings_t limits_lost(const struct resources *r, struct arena *a)
{
	strings_t lost = { NULL, 0 };

	for (size_t i = 0; r && i < ARRAY_LEN(rows); i++)
		if (rows[i].has(r))
			strings_add(a, &lost,
				    arena_fmt(a, "linux.resources.%s: %s", rows[i].where,
					      rows[i].why));
	if (!r || !r->block_io)
		return lost;
	LIST_EACH (d, &r->block_io->weight_device)
		if (not_0(d->leaf_weight))
			strings_add(
				a, &lost,
				arena_fmt(
					a,
					"linux.resources.blockIO.weightDevice[%zu]."
					"leafWeight: cgroup v2 has no leaf weights",
					(size_t)(d - r->block_io->weight_device.items)));
	return lost;
}
