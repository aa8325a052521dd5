/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The JSON table of linux.resources, in the order of the specification. Runs in the
 * program; ranges are those of the schema's types.
 */
#include "cgroups/resources.h"

#define U16_MAX 65535
static const struct json_member device_members[] = {
	JSON_ROW(BOOL, struct res_device, allow, "allow", .required = true),
	JSON_ROW(STR, struct res_device, type, "type"),
	JSON_ROW(OPT_INT, struct res_device, major, "major"),
	JSON_ROW(OPT_INT, struct res_device, minor, "minor"),
	JSON_ROW(STR, struct res_device, access, "access"),
};
const struct json_shape res_device_shape =
	JSON_SHAPE(struct res_device, device_members);

static const struct json_member memory_members[] = {
	JSON_ROW(OPT_INT, struct res_memory, limit, "limit"),
	JSON_ROW(OPT_INT, struct res_memory, reservation, "reservation"),
	JSON_ROW(OPT_INT, struct res_memory, swap, "swap"),
	JSON_ROW(OPT_INT, struct res_memory, kernel, "kernel"),
	JSON_ROW(OPT_INT, struct res_memory, kernel_tcp, "kernelTCP"),
	JSON_ROW(OPT_UINT, struct res_memory, swappiness, "swappiness"),
	JSON_ROW(OPT_BOOL, struct res_memory, disable_oom_killer, "disableOOMKiller"),
	JSON_ROW(OPT_BOOL, struct res_memory, use_hierarchy, "useHierarchy"),
	JSON_ROW(OPT_BOOL, struct res_memory, check_before_update, "checkBeforeUpdate"),
};
static const struct json_shape memory_shape =
	JSON_SHAPE(struct res_memory, memory_members);

static const struct json_member cpu_members[] = {
	JSON_ROW(OPT_UINT, struct res_cpu, shares, "shares"),
	JSON_ROW(OPT_INT, struct res_cpu, quota, "quota"),
	JSON_ROW(OPT_UINT, struct res_cpu, burst, "burst"),
	JSON_ROW(OPT_UINT, struct res_cpu, period, "period"),
	JSON_ROW(OPT_INT, struct res_cpu, rt_runtime, "realtimeRuntime"),
	JSON_ROW(OPT_UINT, struct res_cpu, rt_period, "realtimePeriod"),
	JSON_ROW(STR, struct res_cpu, cpus, "cpus"),
	JSON_ROW(STR, struct res_cpu, mems, "mems"),
	JSON_ROW(OPT_INT, struct res_cpu, idle, "idle"),
};
static const struct json_shape cpu_shape = JSON_SHAPE(struct res_cpu, cpu_members);

static const struct json_member weight_device_members[] = {
	JSON_ROW(INT, struct res_weight_device, major, "major", .required = true),
	JSON_ROW(INT, struct res_weight_device, minor, "minor", .required = true),
	JSON_ROW(OPT_UINT, struct res_weight_device, weight, "weight", .max = U16_MAX),
	JSON_ROW(OPT_UINT, struct res_weight_device, leaf_weight, "leafWeight",
		 .max = U16_MAX),
};
static const struct json_shape weight_device_shape =
	JSON_SHAPE(struct res_weight_device, weight_device_members);

static const struct json_member throttle_device_members[] = {
	JSON_ROW(INT, struct res_throttle_device, major, "major", .required = true),
	JSON_ROW(INT, struct res_throttle_device, minor, "minor", .required = true),
	JSON_ROW(UINT, struct res_throttle_device, rate, "rate", .required = true),
};
static const struct json_shape throttle_device_shape =
	JSON_SHAPE(struct res_throttle_device, throttle_device_members);

#define THROTTLES(member, key)                                                           \
	JSON_ROW(OBJS, struct res_block_io, member, key, .shape = &throttle_device_shape)
static const struct json_member block_io_members[] = {
	JSON_ROW(OPT_UINT, struct res_block_io, weight, "weight", .max = U16_MAX),
	JSON_ROW(OPT_UINT, struct res_block_io, leaf_weight, "leafWeight",
		 .max = U16_MAX),
	JSON_ROW(OBJS, struct res_block_io, weight_device, "weightDevice",
		 .shape = &weight_device_shape),
	THROTTLES(read_bps, "throttleReadBpsDevice"),
	THROTTLES(write_bps, "throttleWriteBpsDevice"),
	THROTTLES(read_iops, "throttleReadIOPSDevice"),
	THROTTLES(write_iops, "throttleWriteIOPSDevice"),
};
static const struct json_shape block_io_shape =
	JSON_SHAPE(struct res_block_io, block_io_members);

static const struct json_member hugepage_members[] = {
	JSON_ROW(STR, struct res_hugepage, page_size, "pageSize", .required = true),
	JSON_ROW(UINT, struct res_hugepage, limit, "limit", .required = true),
};
static const struct json_shape hugepage_shape =
	JSON_SHAPE(struct res_hugepage, hugepage_members);

static const struct json_member priority_members[] = {
	JSON_ROW(STR, struct res_priority, name, "name", .required = true),
	JSON_ROW(UINT, struct res_priority, priority, "priority", .required = true,
		 .max = UINT32_MAX),
};
static const struct json_shape priority_shape =
	JSON_SHAPE(struct res_priority, priority_members);

static const struct json_member network_members[] = {
	JSON_ROW(OPT_UINT, struct res_network, class_id, "classID", .max = UINT32_MAX),
	JSON_ROW(OBJS, struct res_network, priorities, "priorities",
		 .shape = &priority_shape),
};
static const struct json_shape network_shape =
	JSON_SHAPE(struct res_network, network_members);

static const struct json_member pids_members[] = {
	JSON_ROW(OPT_INT, struct res_pids, limit, "limit"),
};
static const struct json_shape pids_shape = JSON_SHAPE(struct res_pids, pids_members);

static const struct json_member rdma_members[] = {
	JSON_ROW(OPT_UINT, struct res_rdma, hca_handles, "hcaHandles", .max = UINT32_MAX),
	JSON_ROW(OPT_UINT, struct res_rdma, hca_objects, "hcaObjects", .max = UINT32_MAX),
};
static const struct json_shape rdma_shape = JSON_SHAPE(struct res_rdma, rdma_members);

static const struct json_member resources_members[] = {
	JSON_ROW(OBJS, struct resources, devices, "devices", .shape = &res_device_shape),
	JSON_ROW(OBJ, struct resources, memory, "memory", .shape = &memory_shape),
	JSON_ROW(OBJ, struct resources, cpu, "cpu", .shape = &cpu_shape),
	JSON_ROW(OBJ, struct resources, block_io, "blockIO", .shape = &block_io_shape),
	JSON_ROW(OBJS, struct resources, hugepage_limits, "hugepageLimits",
		 .shape = &hugepage_shape),
	JSON_ROW(OBJ, struct resources, network, "network", .shape = &network_shape),
	JSON_ROW(OBJ, struct resources, pids, "pids", .shape = &pids_shape),
	JSON_ROW(MAP_OBJS, struct resources, rdma, "rdma", .shape = &rdma_shape),
	JSON_ROW(MAP, struct resources, unified, "unified"),
};
const struct json_shape resources_shape = JSON_SHAPE(struct resources, resources_members);
