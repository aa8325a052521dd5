/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libseccomp's compiler; see oracle.h */
#include "tests/unit/oracle.h"

#include <endian.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/memfd.h"
#include "seccomp/words.h"

#define ARGS_ALL 48

struct compiler {
	scmp_filter_ctx ctx;
	uint32_t default_action;
	struct arena *arena;
	lost_t *lost;
};

static void compiler_done(struct compiler *c)
{
	if (c->ctx)
		seccomp_release(c->ctx);
}

static int add_arches(struct compiler *c, const struct profile *p,
		      const struct oracle_arches *arches, struct err *e)
{
	if (arches) {
		int ret = seccomp_arch_remove(c->ctx, seccomp_arch_native());

		for (size_t i = 0; ret == 0 && i < arches->n; i++)
			ret = seccomp_arch_add(c->ctx, arches->items[i]);
		return ret < 0 ? err_set(e, -ret, "arches") : 0;
	}
	for (size_t i = 0; i < p->architectures.n; i++) {
		uint32_t token;
		int ret;

		if (!word_arch(p->architectures.items[i], &token))
			return err_set(e, EOPNOTSUPP, "an architecture");
		ret = seccomp_arch_add(c->ctx, token);
		if (ret < 0 && ret != -EEXIST)
			return err_set(e, -ret, "an architecture");
	}
	return 0;
}

/* Whether there are two conditions on one argument; -1: some make no sense */
static int make_args(const struct profile_call *call, struct scmp_arg_cmp *cmp)
{
	unsigned seen = 0;
	int repeated = 0;

	if (call->args.n > ARGS_ALL)
		return -1;
	for (size_t i = 0; i < call->args.n; i++) {
		const struct profile_arg *arg = &call->args.items[i];
		int op;

		if (arg->index >= 6 || !word_operator(arg->op, &op))
			return -1;
		cmp[i] = (struct scmp_arg_cmp){ .arg = (unsigned)arg->index,
						.op = (enum scmp_compare)op,
						.datum_a = arg->value,
						.datum_b = arg->value_two };
		repeated |= seen >> arg->index & 1;
		seen |= 1U << arg->index;
	}
	return repeated;
}

static int add_rule(struct compiler *c, uint32_t action, const struct oracle_lost *which,
		    size_t n, const struct scmp_arg_cmp *cmp)
{
	int nr = seccomp_syscall_resolve_name(which->name);
	int ret = seccomp_rule_add_array(c->ctx, action, nr, (unsigned)n, cmp);

	if (ret != -EEXIST)
		return ret;
	*list_add(c->arena, c->lost) = *which;
	return 0;
}

static int add_call(struct compiler *c, const struct profile_call *call, struct err *e)
{
	struct scmp_arg_cmp cmp[ARGS_ALL];
	int repeated = make_args(call, cmp), ret = 0;
	uint32_t action;

	if (repeated < 0)
		return err_set(e, EINVAL, "arguments");
	if (word_action(call->action, call->errno_ret, &action, "a call", e) < 0)
		return -1;
	for (size_t i = 0; i < call->names.n && action != c->default_action; i++) {
		struct oracle_lost which = { call, call->names.items[i], 0 };

		if (seccomp_syscall_resolve_name(which.name) == __NR_SCMP_ERROR)
			continue;
		if (!repeated)
			ret = add_rule(c, action, &which, call->args.n, cmp);
		for (; repeated && ret == 0 && which.arg < call->args.n; which.arg++)
			ret = add_rule(c, action, &which, 1, &cmp[which.arg]);
		if (ret < 0)
			return err_set(e, -ret, "a rule for %s", which.name);
	}
	return 0;
}

/* Programs for another byte order are written in that order */
static void turn(struct filter *f)
{
	for (size_t i = 0; i < f->n; i++) {
		f->code[i].code = __builtin_bswap16(f->code[i].code);
		f->code[i].k = __builtin_bswap32(f->code[i].k);
	}
}

static int export(struct compiler *c, struct filter *out, struct err *e)
{
	autofd fd = memfd_open("oracle", false, e);
	off_t size;
	int ret;

	if (fd < 0)
		return -1;
	ret = seccomp_export_bpf(c->ctx, fd);
	size = lseek(fd, 0, SEEK_END);
	if (ret < 0 || size <= 0)
		return err_set(e, ret < 0 ? -ret : EIO, "compile");
	if ((size_t)size / sizeof(*out->code) > BPF_MAXINSNS)
		return err_set(e, E2BIG, "too long");
	out->n = (uint16_t)((size_t)size / sizeof(*out->code));
	out->code = arena_array(c->arena, struct sock_filter, out->n);
	return pread(fd, out->code, (size_t)size, 0) == size ? 0 : err_sys(e, "read");
}

int oracle_compile(const struct profile *p, const struct oracle_arches *arches,
		   struct arena *a, struct filter *out, lost_t *lost, struct err *e)
{
	__attribute__((cleanup(compiler_done))) struct compiler c = { .arena = a,
								      .lost = lost };
	bool other_order;

	if (word_action(p->default_action, p->default_errno_ret, &c.default_action,
			"the default", e) < 0)
		return -1;
	c.ctx = seccomp_init(c.default_action);
	if (!c.ctx)
		return err_set(e, EINVAL, "the default");
	/* a search tree instead of a chain: quicker to ask */
	seccomp_attr_set(c.ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (add_arches(&c, p, arches, e) < 0)
		return -1;
	for (size_t i = 0; i < p->syscalls.n; i++)
		if (add_call(&c, &p->syscalls.items[i], e) < 0)
			return -1;
	if (export(&c, out, e) < 0)
		return -1;
	other_order =
		arches && ((arches->items[0] ^ seccomp_arch_native()) & __AUDIT_ARCH_LE);
	if (other_order)
		turn(out);
	return 0;
}
