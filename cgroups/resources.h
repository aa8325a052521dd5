/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.resources of the OCI document, 1:1, and its JSON table. It is read from
 * config.json and by `update`; also kept in state.json. What a
 * value does is said in limits.h and devices.h.
 *
 * Numbers that may be absent are opt_*; -1 in a signed limit means no limit. The rules of
 * single values are in libcontainer/spec/check_resources.c.
 */
#ifndef CGROUPS_RESOURCES_H
#define CGROUPS_RESOURCES_H

#include "base/arena.h"
#include "base/json_read.h"

/* A rule of the device filter, in order */
struct res_device {
	bool allow;
	char *type;		     /* "a", "c", "b"; NULL = "a" */
	struct opt_i64 major, minor; /* unset or -1: any */
	char *access;		     /* of "rwm"; NULL = "rwm" */
};
typedef LIST(struct res_device) res_devices_t;

struct res_memory {
	struct opt_i64 limit, reservation;
	struct opt_i64 swap; /* memory + swap together, as in cgroup v1 */
	struct opt_i64 kernel, kernel_tcp;
	struct opt_u64 swappiness;
	struct opt_bool disable_oom_killer, use_hierarchy, check_before_update;
};

struct res_cpu {
	struct opt_u64 shares;
	struct opt_i64 quota;	      /* microseconds per period */
	struct opt_u64 burst, period; /* microseconds */
	struct opt_i64 rt_runtime;    /* realtimeRuntime, microseconds */
	struct opt_u64 rt_period;     /* realtimePeriod, microseconds */
	char *cpus, *mems;	      /* lists like "0-3,7" */
	struct opt_i64 idle;
};

struct res_weight_device {
	int64_t major, minor;
	struct opt_u64 weight, leaf_weight;
};

struct res_throttle_device {
	int64_t major, minor;
	uint64_t rate; /* bytes or operations per second */
};
typedef LIST(struct res_throttle_device) res_throttles_t;

struct res_block_io {
	struct opt_u64 weight, leaf_weight;
	LIST(struct res_weight_device) weight_device;
	res_throttles_t read_bps, write_bps, read_iops, write_iops;
};

struct res_hugepage {
	char *page_size; /* "2MB" */
	uint64_t limit;	 /* bytes */
};

struct res_priority {
	char *name;
	uint64_t priority;
};

struct res_network {
	struct opt_u64 class_id;
	LIST(struct res_priority) priorities;
};

struct res_pids {
	struct opt_i64 limit; /* 0 is a limit of none; -1 is no limit */
};

struct res_rdma {
	char *key; /* the device */
	struct opt_u64 hca_handles, hca_objects;
};

struct resources {
	res_devices_t devices;
	struct res_memory *memory;
	struct res_cpu *cpu;
	struct res_block_io *block_io;
	LIST(struct res_hugepage) hugepage_limits;
	struct res_network *network;
	struct res_pids *pids;
	LIST(struct res_rdma) rdma;
	pairs_t unified; /* file of the cgroup -> text */
};

extern const struct json_shape resources_shape, res_device_shape;

#endif
