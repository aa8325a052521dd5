/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See rules.h. Runs in the program. */
#include "seccomp/rules.h"

#include <linux/audit.h>
#include <seccomp.h>
#include <string.h>

#include "base/fmt.h"
#include "seccomp/filter.h"
#include "seccomp/words.h"

#define PATH	  "linux.seccomp"
#define CONDS_MAX (ARGS_MAX * 8) /* of one of syscalls[] */

static void add_arch(struct rules *r, uint32_t token, struct arena *a)
{
	for (size_t i = 0; i < r->arches.n; i++)
		if (r->arches.items[i] == token)
			return;
	*list_add(a, &r->arches) = token;
}

static int read_arches(const struct profile *p, struct arena *a, struct rules *out,
		       struct err *e)
{
	uint32_t native = seccomp_arch_native(), token;

	add_arch(out, native, a);
	for (size_t i = 0; i < p->architectures.n; i++) {
		const char *word = p->architectures.items[i];

		/* each of them has this call, if the library knows it */
		if (!word_arch(word, &token) ||
		    seccomp_syscall_resolve_name_arch(token, "read") == __NR_SCMP_ERROR)
			return err_set(e, EOPNOTSUPP,
				       PATH ".architectures[%zu]: libseccomp "
					    "%s does not know \"%s\"",
				       i, filter_library_version(), word);
		if ((token ^ native) & __AUDIT_ARCH_LE)
			return err_set(e, EDOM,
				       PATH ".architectures[%zu]: %s has another byte "
					    "order",
				       i, word);
		add_arch(out, token, a);
	}
	return 0;
}

static int read_arg(const struct profile_arg *arg, struct cond *cond, const char *path,
		    size_t at, struct err *e)
{
	int op;

	if (arg->index >= ARGS_MAX)
		return err_set(e, EINVAL, "%s.args[%zu].index: %lu is above %d", path, at,
			       (unsigned long)arg->index, ARGS_MAX - 1);
	if (!word_operator(arg->op, &op))
		return err_set(e, EINVAL, "%s.args[%zu].op: unknown operator \"%s\"",
			       path, at, arg->op ? arg->op : "");
	*cond = (struct cond){ (uint32_t)arg->index, op, UINT64_MAX, arg->value };
	if (op == SCMP_CMP_MASKED_EQ) {
		cond->mask = arg->value;
		cond->datum = arg->value_two & arg->value;
	}
	return 0;
}

static void add_cond(struct conds *to, const struct cond *cond)
{
	size_t at = to->n++;

	for (; at > 0 && to->items[at - 1].arg > cond->arg; at--)
		to->items[at] = to->items[at - 1];
	to->items[at] = *cond;
}

static int read_args(const struct profile_call *call, struct rule *rule, const char *path,
		     struct arena *a, struct err *e)
{
	struct cond conds[CONDS_MAX];
	unsigned seen = 0;
	bool repeated = false;

	if (call->args.n > CONDS_MAX)
		return err_set(e, E2BIG, "%s.args: more than %d", path, CONDS_MAX);
	for (size_t i = 0; i < call->args.n; i++) {
		if (read_arg(&call->args.items[i], &conds[i], path, i, e) < 0)
			return -1;
		repeated |= seen >> conds[i].arg & 1;
		seen |= 1U << conds[i].arg;
	}
	if (!repeated)
		list_add(a, &rule->any);
	for (size_t i = 0; i < call->args.n; i++)
		add_cond(repeated ? list_add(a, &rule->any) : rule->any.items, &conds[i]);
	return 0;
}

static int read_call(const struct profile_call *call, size_t at, struct arena *a,
		     struct rules *out, struct err *e)
{
	struct rule *rule = list_add(a, &out->list);
	char path[80];

	fmt_text(path, sizeof(path), PATH ".syscalls[%zu]", at);
	if (word_action(call->action, call->errno_ret, &rule->action, path, e) < 0)
		return -1;
	rule->names = &call->names;
	rule->idle = rule->action == out->default_action;
	return read_args(call, rule, path, a, e);
}

int rules_read(const struct profile *p, struct arena *a, struct rules *out, struct err *e)
{
	if (word_action(p->default_action, p->default_errno_ret, &out->default_action,
			PATH ".defaultAction", e) < 0)
		return -1;
	if (read_arches(p, a, out, e) < 0)
		return -1;
	for (size_t i = 0; i < p->syscalls.n; i++)
		if (read_call(&p->syscalls.items[i], i, a, out, e) < 0)
			return -1;
	return 0;
}
