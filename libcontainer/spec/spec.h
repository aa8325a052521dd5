/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * struct spec: the Linux part of the OCI runtime document (runtime-spec 1.3), 1:1. It
 * holds what the user wrote and nothing else: words stay strings, no default is filled
 * in; words.h has their numbers, check.h the rules, plan/ the decisions. After
 * spec_read() and spec_check() it is const. Front ends (sandbox, dev) build one in C.
 *
 * NULL pointers, lists with items == NULL and opt_* that are not set are absent. Sections
 * of other platforms are not read. All of it lies in one arena.
 *
 * Runs in the program; the container's init never sees it.
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "cgroups/resources.h"
#include "netns/devices.h"
#include "seccomp/profile.h"

#undef linux /* gnu11 predefines it as 1; here it is a name of the document */

/* The version of the specification that all of this is about */
#define SPEC_VERSION "1.3.0"

/* A line of a user or group mapping */
struct spec_idmap {
	uint64_t container_id, host_id, size;
};
typedef LIST(struct spec_idmap) spec_idmaps_t;

struct spec_root {
	char *path; /* absolute or relative to the bundle */
	bool readonly;
};

struct spec_mount {
	char *destination;
	char *type, *source;
	strings_t options;
	spec_idmaps_t uid_mappings, gid_mappings;
};

/* process */

struct spec_console_size {
	uint64_t height, width; /* characters; at most 65535 */
};

struct spec_user {
	uint64_t uid, gid; /* absent means 0 */
	struct opt_u64 umask;
	uints_t additional_gids;
	char *username; /* other platforms' */
};

/* items == NULL: absent, which clears the set when the object itself is present */
struct spec_caps {
	strings_t bounding, effective, inheritable, permitted, ambient;
};

struct spec_rlimit {
	char *type;	     /* "RLIMIT_NOFILE" */
	uint64_t soft, hard; /* UINT64_MAX is RLIM_INFINITY */
};

struct spec_scheduler {
	char *policy;
	struct opt_i64 nice, priority;
	strings_t flags;
	struct opt_u64 runtime, deadline, period; /* nanoseconds */
};

struct spec_io_priority {
	char *class_name; /* "class" in JSON: "IOPRIO_CLASS_BE" */
	int64_t priority;
};

struct spec_cpu_affinity {
	char *initial, *final; /* lists like "0-3,7" */
};

struct spec_process {
	bool terminal;
	struct spec_console_size *console_size;
	char *cwd;
	strings_t env, args;
	struct spec_user *user; /* NULL: uid 0, gid 0 */
	struct spec_caps *capabilities;
	bool no_new_privileges;
	char *apparmor_profile, *selinux_label;
	LIST(struct spec_rlimit) rlimits;
	struct opt_i64 oom_score_adj;
	struct spec_scheduler *scheduler;
	struct spec_io_priority *io_priority;
	struct spec_cpu_affinity *exec_cpu_affinity;
};

/* hooks */

struct spec_hook {
	char *path;
	strings_t args, env;
	struct opt_i64 timeout; /* seconds */
};
typedef LIST(struct spec_hook) spec_hook_list_t;

struct spec_hooks {
	spec_hook_list_t prestart, create_runtime, create_container, start_container;
	spec_hook_list_t poststart, poststop;
};

/* linux */

struct spec_namespace {
	char *type; /* "pid", "network", ... */
	char *path; /* NULL: a new one */
};

struct spec_time_offset {
	char *key; /* the clock: "monotonic" or "boottime" */
	int64_t secs;
	uint64_t nanosecs;
};

struct spec_device {
	char *type; /* "c", "b", "u", "p" */
	char *path;
	struct opt_i64 major, minor;
	struct opt_u64 file_mode, uid, gid; /* of file_mode, the permission bits */
};

struct spec_intel_rdt {
	char *clos_id;
	strings_t schemata;
	char *l3_cache_schema, *mem_bw_schema;
	struct opt_bool enable_monitoring;
};

struct spec_memory_policy {
	char *mode, *nodes;
	strings_t flags;
};

struct spec_personality {
	char *domain;
	strings_t flags;
};

struct spec_linux {
	LIST(struct spec_namespace) namespaces;
	spec_idmaps_t uid_mappings, gid_mappings;
	LIST(struct spec_time_offset) time_offsets;
	LIST(struct spec_device) devices;
	LIST(struct netdev) net_devices;
	char *cgroups_path;
	struct resources *resources;
	struct spec_intel_rdt *intel_rdt;
	struct spec_memory_policy *memory_policy;
	pairs_t sysctl;
	struct profile *seccomp;
	char *rootfs_propagation;
	strings_t masked_paths, readonly_paths;
	char *mount_label;
	struct spec_personality *personality;
};

struct spec {
	char *oci_version;
	struct spec_root *root;
	LIST(struct spec_mount) mounts;
	struct spec_process *process;
	char *hostname, *domainname;
	struct spec_hooks *hooks;
	pairs_t annotations;
	struct spec_linux *linux;
};

/* The tables, for json_read() and json_write() */
extern const struct json_shape spec_shape;
extern const struct json_shape spec_process_shape;
extern const struct json_shape spec_hooks_shape;
extern const struct json_shape spec_linux_shape;
extern const struct json_shape spec_idmap_shape;
extern const struct json_shape spec_mount_shape;

/* Read a config.json. *out gets a spec in the arena. Fails as json_read() does; the path
 * of the file is the caller's to add with err_wrap(). Reading is not checking. */
int spec_read(const char *text, size_t len, struct arena *a, struct spec **out,
	      struct err *e) __attribute__((nonnull));

/* The same for the process.json of an exec, which is the `process` object alone */
int spec_process_read(const char *text, size_t len, struct arena *a,
		      struct spec_process **out, struct err *e) __attribute__((nonnull));

/* The same for an array of mounts: a spec that has these mounts alone */
int spec_mounts_read(const char *text, size_t len, struct arena *a, struct spec **out,
		     struct err *e) __attribute__((nonnull));

/* The destinations of an array of mounts, or of strings that are destinations */
int spec_destinations_read(const char *text, size_t len, struct arena *a,
			   strings_t *destinations, struct err *e)
	__attribute__((nonnull));

/* The namespace of a type ("pid"), or NULL when it is not listed (the runtime's is
 * used) */
const struct spec_namespace *spec_namespace(const struct spec *s, const char *type)
	__attribute__((nonnull));

#endif
