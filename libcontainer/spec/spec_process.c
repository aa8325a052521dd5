/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON table of process, in the order of the specification. Runs in the program. */
#include "libcontainer/spec/spec.h"

static const struct json_member console_size_members[] = {
	JSON_ROW(UINT, struct spec_console_size, height, "height", .required = true),
	JSON_ROW(UINT, struct spec_console_size, width, "width", .required = true),
};
static const struct json_shape console_size_shape =
	JSON_SHAPE(struct spec_console_size, console_size_members);

static const struct json_member user_members[] = {
	JSON_ROW(UINT, struct spec_user, uid, "uid", .max = UINT32_MAX),
	JSON_ROW(UINT, struct spec_user, gid, "gid", .max = UINT32_MAX),
	JSON_ROW(OPT_UINT, struct spec_user, umask, "umask", .max = UINT32_MAX),
	JSON_ROW(UINTS, struct spec_user, additional_gids, "additionalGids",
		 .max = UINT32_MAX),
	JSON_ROW(STR, struct spec_user, username, "username"),
};
static const struct json_shape user_shape = JSON_SHAPE(struct spec_user, user_members);

static const struct json_member caps_members[] = {
	JSON_ROW(STRS, struct spec_caps, bounding, "bounding"),
	JSON_ROW(STRS, struct spec_caps, effective, "effective"),
	JSON_ROW(STRS, struct spec_caps, inheritable, "inheritable"),
	JSON_ROW(STRS, struct spec_caps, permitted, "permitted"),
	JSON_ROW(STRS, struct spec_caps, ambient, "ambient"),
};
static const struct json_shape caps_shape = JSON_SHAPE(struct spec_caps, caps_members);

static const struct json_member rlimit_members[] = {
	JSON_ROW(STR, struct spec_rlimit, type, "type", .required = true),
	JSON_ROW(UINT, struct spec_rlimit, soft, "soft", .required = true),
	JSON_ROW(UINT, struct spec_rlimit, hard, "hard", .required = true),
};
static const struct json_shape rlimit_shape =
	JSON_SHAPE(struct spec_rlimit, rlimit_members);

static const struct json_member scheduler_members[] = {
	JSON_ROW(STR, struct spec_scheduler, policy, "policy", .required = true),
	JSON_ROW(OPT_INT, struct spec_scheduler, nice, "nice", .min = INT32_MIN,
		 .max = INT32_MAX),
	JSON_ROW(OPT_INT, struct spec_scheduler, priority, "priority",
		 .min = INT32_MIN, .max = INT32_MAX),
	JSON_ROW(STRS, struct spec_scheduler, flags, "flags"),
	JSON_ROW(OPT_UINT, struct spec_scheduler, runtime, "runtime"),
	JSON_ROW(OPT_UINT, struct spec_scheduler, deadline, "deadline"),
	JSON_ROW(OPT_UINT, struct spec_scheduler, period, "period"),
};
static const struct json_shape scheduler_shape =
	JSON_SHAPE(struct spec_scheduler, scheduler_members);

static const struct json_member io_priority_members[] = {
	JSON_ROW(STR, struct spec_io_priority, class_name, "class", .required = true),
	JSON_ROW(INT, struct spec_io_priority, priority, "priority", .min = INT32_MIN,
		 .max = INT32_MAX),
};
static const struct json_shape io_priority_shape =
	JSON_SHAPE(struct spec_io_priority, io_priority_members);

static const struct json_member cpu_affinity_members[] = {
	JSON_ROW(STR, struct spec_cpu_affinity, initial, "initial"),
	JSON_ROW(STR, struct spec_cpu_affinity, final, "final"),
};
static const struct json_shape cpu_affinity_shape =
	JSON_SHAPE(struct spec_cpu_affinity, cpu_affinity_members);

#define OBJECT(member, key, shape_)                                                      \
	JSON_ROW(OBJ, struct spec_process, member, key, .shape = &(shape_))
static const struct json_member process_members[] = {
	JSON_ROW(BOOL, struct spec_process, terminal, "terminal"),
	OBJECT(console_size, "consoleSize", console_size_shape),
	OBJECT(user, "user", user_shape),
	JSON_ROW(STRS, struct spec_process, args, "args"),
	JSON_ROW(STRS, struct spec_process, env, "env"),
	JSON_ROW(STR, struct spec_process, cwd, "cwd", .required = true),
	OBJECT(capabilities, "capabilities", caps_shape),
	JSON_ROW(OBJS, struct spec_process, rlimits, "rlimits", .shape = &rlimit_shape),
	JSON_ROW(BOOL, struct spec_process, no_new_privileges, "noNewPrivileges"),
	JSON_ROW(STR, struct spec_process, apparmor_profile, "apparmorProfile"),
	JSON_ROW(OPT_INT, struct spec_process, oom_score_adj, "oomScoreAdj"),
	OBJECT(scheduler, "scheduler", scheduler_shape),
	JSON_ROW(STR, struct spec_process, selinux_label, "selinuxLabel"),
	OBJECT(io_priority, "ioPriority", io_priority_shape),
	OBJECT(exec_cpu_affinity, "execCPUAffinity", cpu_affinity_shape),
};
const struct json_shape spec_process_shape =
	JSON_SHAPE(struct spec_process, process_members);
