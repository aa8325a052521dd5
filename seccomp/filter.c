/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The compiler: a profile goes to libseccomp rule by rule, and comes out as a BPF
 * program. Runs in the program; nothing is loaded here.
 */
#include "seccomp/filter.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/memfd.h"
#include "base/fmt.h"
#include "seccomp/cache.h"
#include "seccomp/newer.h"
#include "seccomp/program.h"
#include "seccomp/shrink.h"
#include "seccomp/words.h"

#define ARGS_MAX 6
#define PATH	 "linux.seccomp"

struct compiler {
	scmp_filter_ctx ctx;
	uint32_t default_action;
	struct arena *arena;
	strings_t *unknown;
};

static void compiler_done(struct compiler *c)
{
	if (c->ctx)
		seccomp_release(c->ctx);
}

static int compiler_open(struct compiler *c, const struct profile *p, struct err *e)
{
	if (word_action(p->default_action, p->default_errno_ret, &c->default_action,
			PATH ".defaultAction", e) < 0)
		return -1;
	c->ctx = seccomp_init(c->default_action);
	if (!c->ctx)
		return err_set(e, EINVAL, PATH ".defaultAction: libseccomp refuses %s",
			       p->default_action);
	/* a search tree instead of a chain: a third of the time to load it */
	seccomp_attr_set(c->ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	return 0;
}

/* The native one is there from the start */
static int add_arches(struct compiler *c, const struct profile *p, struct err *e)
{
	for (size_t i = 0; i < p->architectures.n; i++) {
		const char *word = p->architectures.items[i];
		uint32_t token;
		int ret;

		if (!word_arch(word, &token))
			return err_set(e, EOPNOTSUPP,
				       PATH ".architectures[%zu]: libseccomp "
					    "%s does not know \"%s\"",
				       i, filter_library_version(), word);
		ret = seccomp_arch_add(c->ctx, token);
		if (ret < 0 && ret != -EEXIST)
			return err_set(e, -ret, PATH ".architectures[%zu]: add %s", i,
				       word);
	}
	return 0;
}

static int make_args(const struct profile_call *call, struct scmp_arg_cmp *cmp,
		     const char *path, bool *repeated, struct err *e)
{
	unsigned seen = 0;

	*repeated = false;
	if (call->args.n > ARGS_MAX * 8)
		return err_set(e, E2BIG, "%s.args: more than %d", path, ARGS_MAX * 8);
	for (size_t i = 0; i < call->args.n; i++) {
		const struct profile_arg *arg = &call->args.items[i];
		int op;

		if (arg->index >= ARGS_MAX)
			return err_set(e, EINVAL, "%s.args[%zu].index: %lu is above 5",
				       path, i, (unsigned long)arg->index);
		if (!word_operator(arg->op, &op))
			return err_set(e, EINVAL,
				       "%s.args[%zu].op: unknown operator \"%s\"", path,
				       i, arg->op ? arg->op : "");
		cmp[i] = (struct scmp_arg_cmp){ .arg = (unsigned)arg->index,
						.op = (enum scmp_compare)op,
						.datum_a = arg->value,
						.datum_b = arg->value_two };
		*repeated |= seen >> arg->index & 1;
		seen |= 1U << arg->index;
	}
	return 0;
}

/* EEXIST: a rule before it has decided the same case. The first wins. */
static int add_rule(struct compiler *c, uint32_t action, int nr, size_t n,
		    const struct scmp_arg_cmp *cmp)
{
	int ret = seccomp_rule_add_array(c->ctx, action, nr, (unsigned)n, cmp);

	return ret == -EEXIST ? 0 : ret;
}

/* One system call. Conditions on different arguments must all hold; as soon as one
 * argument has two of them, each condition is a rule of its own, as in runc. */
static int add_name(struct compiler *c, uint32_t action, const char *name, size_t n,
		    const struct scmp_arg_cmp *cmp, bool repeated)
{
	int nr = seccomp_syscall_resolve_name(name);
	int ret = 0;

	if (nr == __NR_SCMP_ERROR) {
		if (c->unknown)
			*list_add(c->arena, c->unknown) = arena_strdup(c->arena, name);
		return 0;
	}
	if (!repeated)
		return add_rule(c, action, nr, n, cmp);
	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = add_rule(c, action, nr, 1, &cmp[i]);
	return ret;
}

static int add_call(struct compiler *c, const struct profile_call *call, size_t at,
		    struct err *e)
{
	struct scmp_arg_cmp cmp[ARGS_MAX * 8];
	uint32_t action;
	char path[80];
	bool repeated;

	fmt_text(path, sizeof(path), PATH ".syscalls[%zu]", at);
	if (word_action(call->action, call->errno_ret, &action, path, e) < 0 ||
	    make_args(call, cmp, path, &repeated, e) < 0)
		return -1;
	for (size_t i = 0; i < call->names.n; i++) {
		const char *name = call->names.items[i];
		int ret;

		/* libseccomp refuses a rule that changes nothing; its name may be
		 * unknown */
		if (action == c->default_action &&
		    seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR)
			continue;
		ret = add_name(c, action, name, call->args.n, cmp, repeated);
		if (ret < 0)
			return err_set(e, -ret, "%s: add a rule for %s", path, name);
	}
	return 0;
}

static int export(struct compiler *c, struct filter *out, struct err *e)
{
	autofd fd = memfd_open("aril-filter", false, e);
	off_t size;
	int ret;

	if (fd < 0)
		return -1;
	ret = seccomp_export_bpf(c->ctx, fd);
	if (ret < 0)
		return err_set(e, -ret, PATH ": compile the filter");
	size = lseek(fd, 0, SEEK_END);
	if (size <= 0 || (size_t)size % sizeof(*out->code))
		return err_set(e, EIO, PATH ": compile the filter");
	if ((size_t)size / sizeof(*out->code) > BPF_MAXINSNS)
		return err_set(e, E2BIG,
			       PATH ": the filter has %zu instructions, above %d",
			       (size_t)size / sizeof(*out->code), BPF_MAXINSNS);
	out->n = (uint16_t)((size_t)size / sizeof(*out->code));
	out->code = arena_array(c->arena, struct sock_filter, out->n);
	if (pread(fd, out->code, (size_t)size, 0) != size)
		return err_sys(e, PATH ": read the compiled filter");
	return 0;
}

int filter_translate(const struct profile *p, struct arena *a, struct filter *out,
		     strings_t *unknown, struct err *e)
{
	__attribute__((cleanup(compiler_done))) struct compiler c = { .arena = a,
								      .unknown =
									      unknown };

	if (compiler_open(&c, p, e) < 0 || add_arches(&c, p, e) < 0)
		return -1;
	for (size_t i = 0; i < p->syscalls.n; i++)
		if (add_call(&c, &p->syscalls.items[i], i, e) < 0)
			return -1;
	if (export(&c, out, e) == 0)
		return 0;
	if (e->num != E2BIG)
		return -1;
	/* the chain is shorter than the tree */
	*e = (struct err)ERR_NONE;
	seccomp_attr_set(c.ctx, SCMP_FLTATR_CTL_OPTIMIZE, 1);
	return export(&c, out, e);
}

/* Absent flags: mitigations that slow down every system call are not asked for, as in
 * runc */
static int find_flags(const struct profile *p, uint32_t *flags, struct err *e)
{
	*flags = 0;
	if (!p->flags.items && flag_supported(SECCOMP_FILTER_FLAG_SPEC_ALLOW))
		*flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	for (size_t i = 0; p->flags.items && i < p->flags.n; i++) {
		const char *word = p->flags.items[i];
		uint32_t flag;

		if (!word_flag(word, &flag))
			return err_set(e, EINVAL, PATH ".flags[%zu]: unknown flag \"%s\"",
				       i, word);
		if (!flag_supported(flag))
			return err_set(e, EOPNOTSUPP,
				       PATH ".flags[%zu]: this kernel has no %s", i,
				       word);
		*flags |= flag;
	}
	if (profile_notifies(p)) {
		/* with a listener the kernel takes TSYNC only in a form that says the
		 * same to a process of one thread, which is to be */
		*flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
		*flags &= ~(uint32_t)SECCOMP_FILTER_FLAG_TSYNC;
		return 0;
	}
	/* the others say how a listener waits; without one the kernel refuses them */
	*flags &= SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG |
		  SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	return 0;
}

bool filter_allows(const struct filter *f, uint32_t nr)
{
	const struct program p = { f->code, f->n };
	struct point at = { .value = { nr, seccomp_arch_native() },
			    .last = { UINT32_MAX, UINT32_MAX } };
	unsigned steps = BPF_MAXINSNS;
	struct goal goal = program_walk(&p, &at, &steps);

	return goal.kind == GOAL_VERDICT &&
	       (goal.at == SECCOMP_RET_ALLOW || goal.at == SECCOMP_RET_LOG);
}

int filter_compile(const struct profile *p, const char *cache_dir, struct arena *a,
		   struct filter *out, strings_t *unknown, struct err *e)
{
	strings_t names = { NULL, 0 };
	autokey key = { .text = NULL };

	*out = (struct filter){ .code = NULL };
	if (find_flags(p, &out->flags, e) < 0)
		return -1;
	if (cache_dir)
		cache_key_make(&key, p);
	if (!cache_dir || !cache_find(cache_dir, &key, a, out, &names)) {
		if (filter_translate(p, a, out, &names, e) < 0)
			return -1;
		newer_enosys(p, out, a);
		filter_shrink(out, a);
		if (out->n > BPF_MAXINSNS)
			return err_set(e, E2BIG,
				       PATH ": the filter has %u instructions, above %d",
				       out->n, BPF_MAXINSNS);
		if (cache_dir)
			cache_keep(cache_dir, &key, out, &names, a);
	}
	if (unknown)
		*unknown = names;
	return 0;
}
