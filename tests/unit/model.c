/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See model.h */
#include "tests/unit/model.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "seccomp/words.h"

/* The call's number where socketcall or ipc may stand for it, by asking for the name of
 * all numbers; -1 */
static int64_t direct_number(uint32_t token, const char *name)
{
	int base = (token & 0xffff) == 8 ? 4000 : 0; /* EM_MIPS */

	for (int nr = base; nr < base + 500; nr++) {
		char *found = seccomp_syscall_resolve_num_arch(token, nr);
		bool same = found && !strcmp(found, name);

		free(found);
		if (same)
			return nr;
	}
	return -1;
}

static bool has_multiplexer(uint32_t token)
{
	switch (token) {
	case SCMP_ARCH_X86:
	case SCMP_ARCH_MIPS:
	case SCMP_ARCH_MIPSEL:
	case SCMP_ARCH_PPC:
	case SCMP_ARCH_PPC64:
	case SCMP_ARCH_PPC64LE:
	case SCMP_ARCH_S390:
	case SCMP_ARCH_S390X:
		return true;
	}
	return false;
}

static bool is_lost(const lost_t *lost, const struct profile_call *call, const char *name,
		    size_t arg)
{
	LIST_EACH (l, lost)
		if (l->call == call && l->name == name && l->arg == arg)
			return true;
	return false;
}

static void tell(struct model *m, size_t arch, int64_t nr, struct told *told)
{
	if (nr < 0)
		return;
	if (nr > m->newest[arch])
		m->newest[arch] = nr;
	told->nr = (uint32_t)nr;
	told->order = (uint32_t)m->rules.n;
	if (told->action != m->default_action)
		*list_add(m->arena, &m->rules) = *told;
}

static void tell_name(struct model *m, size_t arch, struct told told, const char *name)
{
	uint32_t token = m->arches.items[arch];
	int nr = seccomp_syscall_resolve_name_arch(token, name);

	told.arch = token == SCMP_ARCH_X32 ? AUDIT_ARCH_X86_64 : token;
	told.wide = (token & __AUDIT_ARCH_64BIT) && token != SCMP_ARCH_MIPS64N32 &&
		    token != SCMP_ARCH_MIPSEL64N32;
	if (nr <= -100 && nr >= -224 && has_multiplexer(token)) {
		char *call = nr > -200 ? "socketcall" : "ipc";

		tell(m, arch, direct_number(token, name), &told);
		told.mux = true;
		told.selector = (uint32_t)-nr % (nr > -200 ? 100 : 200);
		nr = seccomp_syscall_resolve_name_arch(token, call);
	}
	tell(m, arch, nr, &told);
}

static void tell_call(struct model *m, const struct profile_call *call,
		      const lost_t *lost)
{
	struct told told = { .args = call->args.items, .n = call->args.n };
	struct err ignored = ERR_NONE;
	unsigned seen = 0;
	bool repeated = false;

	LIST_EACH (arg, &call->args) {
		repeated |= seen >> arg->index & 1;
		seen |= 1U << arg->index;
	}
	if (word_action(call->action, call->errno_ret, &told.action, "", &ignored) < 0)
		abort();
	if (repeated)
		told.n = 1;
	for (size_t arg = 0; arg == 0 || (repeated && arg < call->args.n); arg++)
		for (size_t i = 0; i < call->names.n; i++) {
			told.args = arg ? call->args.items + arg : call->args.items;
			told.call = call;
			told.name = call->names.items[i];
			told.lost = is_lost(lost, call, told.name, arg);
			for (size_t k = 0; k < m->arches.n; k++)
				tell_name(m, k, told, call->names.items[i]);
		}
}

int told_order(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

bool told_arg_holds(const struct told *t, const struct profile_arg *arg,
		    const struct seccomp_data *d)
{
	uint64_t mask = t->wide ? UINT64_MAX : UINT32_MAX;
	uint64_t is = d->args[arg->index] & mask, value = arg->value & mask;

	if (!strcmp(arg->op, "SCMP_CMP_NE"))
		return is != value;
	if (!strcmp(arg->op, "SCMP_CMP_LT"))
		return is < value;
	if (!strcmp(arg->op, "SCMP_CMP_LE"))
		return is <= value;
	if (!strcmp(arg->op, "SCMP_CMP_EQ"))
		return is == value;
	if (!strcmp(arg->op, "SCMP_CMP_GE"))
		return is >= value;
	if (!strcmp(arg->op, "SCMP_CMP_GT"))
		return is > value;
	return (is & value) == (arg->value_two & value);
}

static bool rule_holds(const struct told *t, const struct seccomp_data *d)
{
	uint64_t first = t->wide ? d->args[0] : (uint32_t)d->args[0];

	if (t->mux && first != t->selector)
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (!(t->mux && t->args[i].index == 0) &&
		    !told_arg_holds(t, &t->args[i], d))
			return false;
	return true;
}

static bool has_arch(const struct model *m, uint32_t token)
{
	for (size_t i = 0; i < m->arches.n; i++)
		if (m->arches.items[i] == token)
			return true;
	return false;
}

/* Which of its architectures the call is of; -1: none */
static int arch_of(const struct model *m, const struct seccomp_data *d)
{
	uint32_t nr = (uint32_t)d->nr, token = d->arch;

	if (d->arch == SCMP_ARCH_X32) /* libseccomp's name; no kernel says so */
		return -1;
	if (d->arch == AUDIT_ARCH_X86_64 && nr >= X32_BIT &&
	    (has_arch(m, SCMP_ARCH_X32) || nr != UINT32_MAX))
		token = SCMP_ARCH_X32;
	/* skipped by a tracer, or no number at all */
	if (token == SCMP_ARCH_X32 && nr > INT32_MAX && has_arch(m, SCMP_ARCH_X86_64) &&
	    has_arch(m, SCMP_ARCH_X32))
		token = SCMP_ARCH_X86_64;
	for (size_t i = 0; i < m->arches.n; i++)
		if (m->arches.items[i] == token)
			return (int)i;
	return -1;
}

enum told_what model_ask(const struct model *m, const struct told *rules, size_t n,
			 const struct seccomp_data *d, uint32_t *verdict)
{
	int arch = arch_of(m, d);
	bool errs = (m->default_action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO;
	bool first = true, contradict = false;

	*verdict = arch < 0 ? SECCOMP_RET_KILL_THREAD : m->default_action;
	for (size_t i = 0; i < n; i++) {
		if (!rule_holds(&rules[i], d))
			continue;
		contradict |= rules[i].lost || (!first && rules[i].action != *verdict);
		if (first)
			*verdict = rules[i].action;
		first = false;
	}
	if (contradict)
		return SAYS_CONTRADICTION;
	if (!first || arch < 0 || !errs || m->newest[arch] < 0 ||
	    (uint32_t)d->nr <= (uint32_t)m->newest[arch] || d->nr < 0)
		return SAYS;
	*verdict = SECCOMP_RET_ERRNO | ENOSYS;
	return SAYS_NEWER;
}

int model_make(struct model *m, const struct profile *p,
	       const struct oracle_arches *arches, const lost_t *lost,
	       const struct rules *rules)
{
	m->default_action = rules->default_action;
	m->arches.items = rules->arches.items;
	m->arches.n = rules->arches.n;
	if (arches)
		m->arches = *arches;
	if (m->arches.n > ARRAY_LEN(m->newest))
		return -1;
	memset(m->newest, 0xff, sizeof(m->newest));
	LIST_EACH (call, &p->syscalls)
		tell_call(m, call, lost);
	if (m->rules.n)
		qsort(m->rules.items, m->rules.n, sizeof(struct told), told_order);
	return 0;
}
