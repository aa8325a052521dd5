/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules for linux.seccomp. Names of system calls are not checked: unknown ones are left
 * out when the filter is made, since profiles are newer than libraries. Runs in the
 * program; pure.
 */
#include <string.h>

#include "base/str.h"
#include "libcontainer/spec/check_rules.h"

#define AT "linux.seccomp."

static bool errno_is_fine(const char *action, struct opt_u64 v)
{
	return !v.set || (profile_errno_max(action) && v.v <= profile_errno_max(action));
}

static void check_errno(const struct check *c, const char *path, const char *action,
			struct opt_u64 v)
{
	unsigned max = profile_errno_max(action);

	if (v.set && !max)
		check_error(c->r, path, "%s takes no value",
			    action ? check_shown(c->r, action) : "the action");
	else if (v.set && v.v > max)
		check_error(c->r, path, "%lu is more than %u", (unsigned long)v.v, max);
}

static void rule_default(const struct check *c, const char *path)
{
	const struct profile *p = c->linux->seccomp;

	if (!p)
		return;
	check_name(c, path, p->default_action, profile_actions);
	check_errno(c, AT "defaultErrnoRet", p->default_action, p->default_errno_ret);
}

static void rule_words(const struct check *c, const char *path)
{
	const struct profile *p = c->linux->seccomp;

	(void)path;
	if (!p)
		return;
	check_names(c, AT "architectures", &p->architectures, profile_arches);
	check_names(c, AT "flags", &p->flags, profile_flags);
}

static void check_args(const struct check *c, const struct profile_call *call, size_t i)
{
	for (size_t k = 0; k < call->args.n; k++) {
		const struct profile_arg *arg = &call->args.items[k];

		if (arg->index > 5)
			check_error(
				c->r,
				check_at(c->r, AT "syscalls[%zu].args[%zu].index", i, k),
				"%lu is more than 5", (unsigned long)arg->index);
		if (arg->op && !check_named(profile_operators, arg->op))
			check_name(c,
				   check_at(c->r, AT "syscalls[%zu].args[%zu].op", i, k),
				   arg->op, profile_operators);
	}
}

static void check_call(const struct check *c, const struct profile_call *call, size_t i)
{
	if (call->names.n == 0)
		check_error(c->r, check_at(c->r, AT "syscalls[%zu].names", i),
			    "is empty");
	if (call->action && !check_named(profile_actions, call->action))
		check_name(c, check_at(c->r, AT "syscalls[%zu].action", i), call->action,
			   profile_actions);
	if (!errno_is_fine(call->action, call->errno_ret))
		check_errno(c, check_at(c->r, AT "syscalls[%zu].errnoRet", i),
			    call->action, call->errno_ret);
	check_args(c, call, i);
}

static void rule_syscalls(const struct check *c, const char *path)
{
	const struct profile *p = c->linux->seccomp;

	(void)path;
	for (size_t i = 0; p && i < p->syscalls.n; i++)
		check_call(c, &p->syscalls.items[i], i);
}

static void rule_listener(const struct check *c, const char *path)
{
	const struct profile *p = c->linux->seccomp;
	bool listener;

	if (!p)
		return;
	listener = !str_empty(p->listener_path);
	if (listener)
		check_absolute(c, path, p->listener_path);
	if (!listener && !str_empty(p->listener_metadata))
		check_error(c->r, AT "listenerMetadata", "needs listenerPath");
}

static const struct check_rule seccomp_rules[] = {
	{ AT "defaultAction", rule_default },
	{ AT "architectures", rule_words },
	{ AT "syscalls", rule_syscalls },
	{ AT "listenerPath", rule_listener },
};
const struct check_rules check_seccomp_rules = CHECK_RULES(seccomp_rules);
