/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The JSON table of linux, in the order of the specification. Runs in the program. The
 * tables of resources, seccomp and netDevices are with the drivers that apply them.
 */
#include "libcontainer/spec/spec.h"

static const struct json_member namespace_members[] = {
	JSON_ROW(STR, struct spec_namespace, type, "type", .required = true),
	JSON_ROW(STR, struct spec_namespace, path, "path"),
};
static const struct json_shape namespace_shape =
	JSON_SHAPE(struct spec_namespace, namespace_members);

static const struct json_member time_offset_members[] = {
	JSON_ROW(INT, struct spec_time_offset, secs, "secs"),
	JSON_ROW(UINT, struct spec_time_offset, nanosecs, "nanosecs", .max = UINT32_MAX),
};
static const struct json_shape time_offset_shape =
	JSON_SHAPE(struct spec_time_offset, time_offset_members);

static const struct json_member device_members[] = {
	JSON_ROW(STR, struct spec_device, type, "type", .required = true),
	JSON_ROW(STR, struct spec_device, path, "path", .required = true),
	JSON_ROW(OPT_INT, struct spec_device, major, "major"),
	JSON_ROW(OPT_INT, struct spec_device, minor, "minor"),
	JSON_ROW(OPT_UINT, struct spec_device, file_mode, "fileMode", .max = UINT32_MAX),
	JSON_ROW(OPT_UINT, struct spec_device, uid, "uid", .max = UINT32_MAX),
	JSON_ROW(OPT_UINT, struct spec_device, gid, "gid", .max = UINT32_MAX),
};
static const struct json_shape device_shape =
	JSON_SHAPE(struct spec_device, device_members);

static const struct json_member intel_rdt_members[] = {
	JSON_ROW(STR, struct spec_intel_rdt, clos_id, "closID"),
	JSON_ROW(STRS, struct spec_intel_rdt, schemata, "schemata"),
	JSON_ROW(STR, struct spec_intel_rdt, l3_cache_schema, "l3CacheSchema"),
	JSON_ROW(STR, struct spec_intel_rdt, mem_bw_schema, "memBwSchema"),
	JSON_ROW(OPT_BOOL, struct spec_intel_rdt, enable_monitoring, "enableMonitoring"),
};
static const struct json_shape intel_rdt_shape =
	JSON_SHAPE(struct spec_intel_rdt, intel_rdt_members);

static const struct json_member memory_policy_members[] = {
	JSON_ROW(STR, struct spec_memory_policy, mode, "mode"),
	JSON_ROW(STR, struct spec_memory_policy, nodes, "nodes"),
	JSON_ROW(STRS, struct spec_memory_policy, flags, "flags"),
};
static const struct json_shape memory_policy_shape =
	JSON_SHAPE(struct spec_memory_policy, memory_policy_members);

static const struct json_member personality_members[] = {
	JSON_ROW(STR, struct spec_personality, domain, "domain"),
	JSON_ROW(STRS, struct spec_personality, flags, "flags"),
};
static const struct json_shape personality_shape =
	JSON_SHAPE(struct spec_personality, personality_members);

#define PART(kind, member, key, shape_)                                                  \
	JSON_ROW(kind, struct spec_linux, member, key, .shape = &(shape_))
static const struct json_member linux_members[] = {
	PART(OBJS, namespaces, "namespaces", namespace_shape),
	PART(OBJS, uid_mappings, "uidMappings", spec_idmap_shape),
	PART(OBJS, gid_mappings, "gidMappings", spec_idmap_shape),
	PART(MAP_OBJS, time_offsets, "timeOffsets", time_offset_shape),
	PART(OBJS, devices, "devices", device_shape),
	PART(MAP_OBJS, net_devices, "netDevices", netdev_shape),
	JSON_ROW(STR, struct spec_linux, cgroups_path, "cgroupsPath"),
	PART(OBJ, resources, "resources", resources_shape),
	PART(OBJ, intel_rdt, "intelRdt", intel_rdt_shape),
	PART(OBJ, memory_policy, "memoryPolicy", memory_policy_shape),
	JSON_ROW(MAP, struct spec_linux, sysctl, "sysctl"),
	PART(OBJ, seccomp, "seccomp", profile_shape),
	JSON_ROW(STR, struct spec_linux, rootfs_propagation, "rootfsPropagation"),
	JSON_ROW(STRS, struct spec_linux, masked_paths, "maskedPaths"),
	JSON_ROW(STRS, struct spec_linux, readonly_paths, "readonlyPaths"),
	JSON_ROW(STR, struct spec_linux, mount_label, "mountLabel"),
	PART(OBJ, personality, "personality", personality_shape),
};
const struct json_shape spec_linux_shape = JSON_SHAPE(struct spec_linux, linux_members);
