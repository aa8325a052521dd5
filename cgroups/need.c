/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which limits of a document need which controller. Pure; runs in the program.
 *
 * Engines write most members always, with values that mean "no limit": those need
 * nothing.
 */
#include <string.h>

#include "base/str.h"
#include "cgroups/cgroup.h"

static bool above_zero(struct opt_i64 v)
{
	return v.set && v.v > 0;
}
static bool not_zero(struct opt_u64 v)
{
	return v.set && v.v != 0;
}

#define MEMORY(name, test)                                                               \
	static bool memory_##name(const struct resources *r)                             \
	{                                                                                \
		return r->memory && (test);                                              \
	}
#define CPU(name, test)                                                                  \
	static bool cpu_##name(const struct resources *r)                                \
	{                                                                                \
		return r->cpu && (test);                                                 \
	}
#define BLOCK(name, test)                                                                \
	static bool block_##name(const struct resources *r)                              \
	{                                                                                \
		return r->block_io && (test);                                            \
	}

MEMORY(limit, above_zero(r->memory->limit))
MEMORY(reservation, above_zero(r->memory->reservation))
MEMORY(swap, above_zero(r->memory->swap))
MEMORY(kernel, above_zero(r->memory->kernel))
MEMORY(kernel_tcp, above_zero(r->memory->kernel_tcp))
/* -1 as unsigned is Docker's "not set" */
MEMORY(swappiness, r->memory->swappiness.set && r->memory->swappiness.v <= 100)
MEMORY(oom, r->memory->disable_oom_killer.set && r->memory->disable_oom_killer.v)
/* 1024 is the weight that a cgroup has anyway */
CPU(shares, not_zero(r->cpu->shares) && r->cpu->shares.v != 1024)
CPU(quota, above_zero(r->cpu->quota)) /* a period alone limits nothing */
CPU(burst, not_zero(r->cpu->burst))
CPU(rt_runtime, above_zero(r->cpu->rt_runtime))
CPU(rt_period, not_zero(r->cpu->rt_period))
CPU(cpus, !str_empty(r->cpu->cpus))
CPU(mems, !str_empty(r->cpu->mems))
CPU(idle, r->cpu->idle.set && r->cpu->idle.v != 0)
BLOCK(weight, not_zero(r->block_io->weight))
BLOCK(leaf_weight, not_zero(r->block_io->leaf_weight))
BLOCK(weight_device, r->block_io->weight_device.n > 0)
BLOCK(read_bps, r->block_io->read_bps.n > 0)
BLOCK(write_bps, r->block_io->write_bps.n > 0)
BLOCK(read_iops, r->block_io->read_iops.n > 0)
BLOCK(write_iops, r->block_io->write_iops.n > 0)

static bool has_hugepages(const struct resources *r)
{
	return r->hugepage_limits.n > 0;
}
static bool has_pids(const struct resources *r)
{
	return r->pids && r->pids->limit.set && r->pids->limit.v >= 0;
}
static bool has_class(const struct resources *r)
{
	return r->network && not_zero(r->network->class_id);
}
static bool has_priorities(const struct resources *r)
{
	return r->network && r->network->priorities.n > 0;
}
static bool has_rdma(const struct resources *r)
{
	return r->rdma.n > 0;
}

static const struct limit_row {
	struct limit_need need;
	bool (*has)(const struct resources *r);
} rows[] = {
	{ { "memory.limit", "memory" }, memory_limit },
	{ { "memory.reservation", "memory" }, memory_reservation },
	{ { "memory.swap", "memory" }, memory_swap },
	{ { "memory.kernel", "memory" }, memory_kernel },
	{ { "memory.kernelTCP", "memory" }, memory_kernel_tcp },
	{ { "memory.swappiness", "memory" }, memory_swappiness },
	{ { "memory.disableOOMKiller", "memory" }, memory_oom },
	{ { "cpu.shares", "cpu" }, cpu_shares },
	{ { "cpu.quota", "cpu" }, cpu_quota },
	{ { "cpu.burst", "cpu" }, cpu_burst },
	{ { "cpu.realtimeRuntime", "cpu" }, cpu_rt_runtime },
	{ { "cpu.realtimePeriod", "cpu" }, cpu_rt_period },
	{ { "cpu.cpus", "cpuset" }, cpu_cpus },
	{ { "cpu.mems", "cpuset" }, cpu_mems },
	{ { "cpu.idle", "cpu" }, cpu_idle },
	{ { "blockIO.weight", "io" }, block_weight },
	{ { "blockIO.leafWeight", "io" }, block_leaf_weight },
	{ { "blockIO.weightDevice", "io" }, block_weight_device },
	{ { "blockIO.throttleReadBpsDevice", "io" }, block_read_bps },
	{ { "blockIO.throttleWriteBpsDevice", "io" }, block_write_bps },
	{ { "blockIO.throttleReadIOPSDevice", "io" }, block_read_iops },
	{ { "blockIO.throttleWriteIOPSDevice", "io" }, block_write_iops },
	{ { "hugepageLimits", "hugetlb" }, has_hugepages },
	{ { "network.classID", "net_cls" }, has_class },
	{ { "network.priorities", "net_prio" }, has_priorities },
	{ { "pids.limit", "pids" }, has_pids },
	{ { "rdma", "rdma" }, has_rdma },
};

/* The controller of a file's name: "memory.high" -> "memory"; NULL for the core's files
 * ("cgroup.max.depth"), and the whole key for one that nobody knows */
static const char *key_controller(const char *key)
{
	static const char *const known[] = { "cpu",    "cpuset",  "io",
					     "memory", "hugetlb", "pids",
					     "rdma",   "misc",	  "dmem" };
	size_t n = strcspn(key, ".");

	if (str_starts(key, "cgroup."))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strlen(known[i]) == n && memcmp(known[i], key, n) == 0)
			return known[i];
	return key;
}

bool resources_need(const struct resources *r, size_t index, struct limit_need *need)
{
	if (!r)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!rows[i].has(r) || index-- > 0)
			continue;
		*need = rows[i].need;
		return true;
	}
	LIST_EACH (pair, &r->unified) {
		const char *controller = key_controller(pair->key);

		if (!controller || index-- > 0)
			continue;
		*need = (struct limit_need){ "unified", controller };
		return true;
	}
	return false;
}
