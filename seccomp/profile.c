/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON table and the words of linux.seccomp. Runs in the program. */
#include "seccomp/profile.h"

#include <string.h>

static const struct json_member arg_members[] = {
	JSON_ROW(UINT, struct profile_arg, index, "index", .required = true,
		 .max = UINT32_MAX),
	JSON_ROW(UINT, struct profile_arg, value, "value", .required = true),
	JSON_ROW(UINT, struct profile_arg, value_two, "valueTwo"),
	JSON_ROW(STR, struct profile_arg, op, "op", .required = true),
};
static const struct json_shape arg_shape = JSON_SHAPE(struct profile_arg, arg_members);

static const struct json_member call_members[] = {
	JSON_ROW(STRS, struct profile_call, names, "names", .required = true),
	JSON_ROW(STR, struct profile_call, action, "action", .required = true),
	JSON_ROW(OPT_UINT, struct profile_call, errno_ret, "errnoRet", .max = UINT32_MAX),
	JSON_ROW(OBJS, struct profile_call, args, "args", .shape = &arg_shape),
};
static const struct json_shape call_shape = JSON_SHAPE(struct profile_call, call_members);

static const struct json_member profile_members[] = {
	JSON_ROW(STR, struct profile, default_action, "defaultAction", .required = true),
	JSON_ROW(OPT_UINT, struct profile, default_errno_ret, "defaultErrnoRet",
		 .max = UINT32_MAX),
	JSON_ROW(STRS, struct profile, architectures, "architectures"),
	JSON_ROW(STRS, struct profile, flags, "flags"),
	JSON_ROW(STR, struct profile, listener_path, "listenerPath"),
	JSON_ROW(STR, struct profile, listener_metadata, "listenerMetadata"),
	JSON_ROW(OBJS, struct profile, syscalls, "syscalls", .shape = &call_shape),
};
const struct json_shape profile_shape = JSON_SHAPE(struct profile, profile_members);

const char *const profile_actions[] = {
	"SCMP_ACT_KILL",	"SCMP_ACT_KILL_PROCESS",
	"SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP",
	"SCMP_ACT_ERRNO",	"SCMP_ACT_TRACE",
	"SCMP_ACT_ALLOW",	"SCMP_ACT_LOG",
	"SCMP_ACT_NOTIFY",	NULL,
};

#define OPERATOR(word) "SCMP_CMP_" #word,
#define ARCH(word)     "SCMP_ARCH_" #word,
#define FLAG(word)     "SECCOMP_FILTER_FLAG_" #word,
const char *const profile_operators[] = { PROFILE_OPERATORS(OPERATOR) NULL };
const char *const profile_arches[] = { PROFILE_ARCHES(ARCH) NULL };
const char *const profile_flags[] = { PROFILE_FLAGS(FLAG) NULL };

unsigned profile_errno_max(const char *action)
{
	if (!action)
		return 0;
	if (strcmp(action, "SCMP_ACT_ERRNO") == 0)
		return 4095;
	return strcmp(action, "SCMP_ACT_TRACE") == 0 ? 0xffff : 0;
}

static bool notifies(const char *action)
{
	return action && strcmp(action, "SCMP_ACT_NOTIFY") == 0;
}

bool profile_notifies(const struct profile *p)
{
	LIST_EACH (call, &p->syscalls)
		if (notifies(call->action))
			return true;
	return notifies(p->default_action);
}
