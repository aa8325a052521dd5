/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON table and the words of linux.seccomp. Runs in the program. */
#include "seccomp/profile.h"

#include <string.h>

#define U32_MAX 4294967295

static const struct json_member arg_members[] = {
	JSON_ROW(UINT, struct profile_arg, index, "index", .required = true,
		 .max = U32_MAX),
	JSON_ROW(UINT, struct profile_arg, value, "value", .required = true),
	JSON_ROW(UINT, struct profile_arg, value_two, "valueTwo"),
	JSON_ROW(STR, struct profile_arg, op, "op", .required = true),
};
static const struct json_shape arg_shape = JSON_SHAPE(struct profile_arg, arg_members);

static const struct json_member call_members[] = {
	JSON_ROW(STRS, struct profile_call, names, "names", .required = true),
	JSON_ROW(STR, struct profile_call, action, "action", .required = true),
	JSON_ROW(OPT_UINT, struct profile_call, errno_ret, "errnoRet", .max = U32_MAX),
	JSON_ROW(OBJS, struct profile_call, args, "args", .shape = &arg_shape),
};
static const struct json_shape call_shape = JSON_SHAPE(struct profile_call, call_members);

static const struct json_member profile_members[] = {
	JSON_ROW(STR, struct profile, default_action, "defaultAction", .required = true),
	JSON_ROW(OPT_UINT, struct profile, default_errno_ret, "defaultErrnoRet",
		 .max = U32_MAX),
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

const char *const profile_operators[] = {
	"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",	    "SCMP_CMP_EQ",
	"SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ", NULL,
};

const char *const profile_arches[] = {
	"SCMP_ARCH_X86",	 "SCMP_ARCH_X86_64",  "SCMP_ARCH_X32",
	"SCMP_ARCH_ARM",	 "SCMP_ARCH_AARCH64", "SCMP_ARCH_LOONGARCH64",
	"SCMP_ARCH_M68K",	 "SCMP_ARCH_MIPS",    "SCMP_ARCH_MIPS64",
	"SCMP_ARCH_MIPS64N32",	 "SCMP_ARCH_MIPSEL",  "SCMP_ARCH_MIPSEL64",
	"SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",     "SCMP_ARCH_PPC64",
	"SCMP_ARCH_PPC64LE",	 "SCMP_ARCH_S390",    "SCMP_ARCH_S390X",
	"SCMP_ARCH_SH",		 "SCMP_ARCH_SHEB",    "SCMP_ARCH_PARISC",
	"SCMP_ARCH_PARISC64",	 "SCMP_ARCH_RISCV64", NULL,
};

const char *const profile_flags[] = {
	"SECCOMP_FILTER_FLAG_TSYNC",
	"SECCOMP_FILTER_FLAG_LOG",
	"SECCOMP_FILTER_FLAG_SPEC_ALLOW",
	"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	NULL,
};

static bool notifies(const char *action)
{
	return action && strcmp(action, "SCMP_ACT_NOTIFY") == 0;
}

bool profile_notifies(const struct profile *p)
{
	LIST_EACH(call, &p->syscalls)
		if (notifies(call->action))
			return true;
	return notifies(p->default_action);
}
