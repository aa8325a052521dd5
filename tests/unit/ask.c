/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The questions to both programs; see oracle.h */
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/model.h"

#define NUMBERS	   600 /* asked on each architecture */
#define TRIES	   40  /* sets of arguments for a call with conditions, and as many ... */
#define TRIES_MORE 6   /* ... for each rule of it */
#define VALUES_MAX 512

struct asker {
	struct model model;
	const struct profile *profile;
	const struct oracle_arches *arches;
	const struct filter *own, *other; /* other: NULL when there is none */
	bool turned;			  /* they are for the other byte order */
	bool tangled;			  /* the rules of this number are */
	uint64_t seed, values[VALUES_MAX];
	size_t n;
	struct same *out;
};

static uint32_t run(const struct asker *a, const struct filter *f,
		    const struct seccomp_data *d)
{
	struct seccomp_data turned = *d;

	for (size_t i = 0; a->turned && i < 6; i++)
		turned.args[i] = d->args[i] >> 32 | d->args[i] << 32;
	return bpf_run(f->code, f->n, a->turned ? &turned : d);
}

/* libseccomp's program of this rule, and no other */
static const struct filter *compile_alone(struct asker *a, struct told *t)
{
	struct profile p = *a->profile;
	struct profile_call call = *t->call;
	char *name = (char *)t->name;
	struct err e = ERR_NONE;
	lost_t lost = { NULL, 0 };

	if (t->alone)
		return t->alone;
	call.names.items = &name;
	call.names.n = 1;
	call.args.items = (struct profile_arg *)t->args;
	call.args.n = t->n;
	p.syscalls.items = &call;
	p.syscalls.n = 1;
	t->alone = arena_new(a->model.arena, struct filter);
	if (oracle_compile(&p, a->arches, a->model.arena, t->alone, &lost, &e) < 0)
		abort();
	return t->alone;
}

/* What libseccomp says of the rules, one by one: the first that holds */
static uint32_t ask_alone(struct asker *a, struct told *rules, size_t n,
			  const struct seccomp_data *d)
{
	for (size_t i = 0; i < n; i++)
		if (run(a, compile_alone(a, &rules[i]), d) == rules[i].action)
			return rules[i].action;
	return a->model.default_action;
}

/* false: they differ */
static bool ask(struct asker *a, struct told *rules, size_t n,
		const struct seccomp_data *d)
{
	uint32_t want, own = run(a, a->own, d), other;
	enum told_what what = model_ask(&a->model, rules, n, d, &want);

	if (what == SAYS && a->tangled)
		what = SAYS_CONTRADICTION;
	other = want;
	if (what == SAYS && a->other)
		other = run(a, a->other, d);
	else if (what == SAYS_CONTRADICTION && a->other && n > 0)
		other = ask_alone(a, rules, n, d);
	a->out->calls++;
	a->out->alone += what == SAYS_CONTRADICTION;
	if (own == want && other == want)
		return true;
	a->out->difference =
		arena_fmt(a->model.arena,
			  "call %x of %x (%llx, %llx, %llx, %llx, %llx, %llx): "
			  "aril %x, model %x, libseccomp %x",
			  (unsigned)d->nr, d->arch, (unsigned long long)d->args[0],
			  (unsigned long long)d->args[1], (unsigned long long)d->args[2],
			  (unsigned long long)d->args[3], (unsigned long long)d->args[4],
			  (unsigned long long)d->args[5], own, want, other);
	return false;
}

static void add_value(struct asker *a, uint64_t value)
{
	if (a->n < VALUES_MAX)
		a->values[a->n++] = value;
}

/* Values around the constants of these rules */
static void find_values(struct asker *a, struct told *rules, size_t n)
{
	a->n = 0;
	add_value(a, 0);
	add_value(a, UINT64_MAX);
	for (size_t i = 0; i < n; i++) {
		add_value(a, rules[i].selector);
		for (size_t k = 0; k < rules[i].n; k++) {
			uint64_t v = rules[i].args[k].value;
			uint64_t two = rules[i].args[k].value_two;

			add_value(a, v - 1);
			add_value(a, v);
			add_value(a, v + 1);
			add_value(a, v >> 32 | v << 32);
			add_value(a, v ^ 1ULL << 32);
			add_value(a, (uint32_t)v);
			add_value(a, ~v);
			add_value(a, two & v);
			add_value(a, two | ~v);
			add_value(a, two ^ (v & -v));
		}
	}
}

static void choose(struct asker *a, const struct told *aim, struct seccomp_data *d)
{
	for (size_t i = 0; i < 6; i++)
		d->args[i] = a->values[bpf_random(&a->seed, (uint32_t)a->n)];
	if (aim->mux && bpf_random(&a->seed, 4))
		d->args[0] = aim->selector;
	/* that the rule holds is rare, if it has many conditions */
	for (size_t k = 0; k < aim->n && bpf_random(&a->seed, 4); k++)
		for (int tries = 0; tries < 8 && !told_arg_holds(aim, &aim->args[k], d);
		     tries++)
			d->args[aim->args[k].index] =
				a->values[bpf_random(&a->seed, (uint32_t)a->n)];
}

/* Both only compare this one argument, and a tree with both loads each word once */
static bool in_one_place(const struct told *t, const struct told *u)
{
	const struct profile_arg *x = t->args, *y = u->args;

	if (t->mux || u->mux)
		return t->mux && u->mux && t->n + u->n == 0;
	if (t->n != 1 || u->n != 1)
		return false;
	return !t->wide || (x->value >> 32 == y->value >> 32 && strlen(x->op) == 11 &&
			    strlen(y->op) == 11 && x->op[9] != 'L' && x->op[9] != 'G' &&
			    y->op[9] != 'L' && y->op[9] != 'G');
}

static bool have_common(const struct told *t, const struct told *u)
{
	bool selects = false;

	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < u->n; k++)
			if (t->args[i].index == u->args[k].index)
				return true;
	for (size_t i = 0; i < t->n; i++)
		selects |= u->mux && t->args[i].index == 0;
	for (size_t k = 0; k < u->n; k++)
		selects |= t->mux && u->args[k].index == 0;
	return selects || (t->mux && u->mux);
}

/* In libseccomp's tree of conditions, a comparison may be reached from one of another
 * word, when a rule holds in part only. Then it may compare that word. So it is not asked
 * about numbers with rules that share an argument, but for simple ones. */
static bool is_tangled(const struct told *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (have_common(&rules[i], &rules[k]) &&
			    !in_one_place(&rules[i], &rules[k]))
				return true;
	return false;
}

static bool ask_number(struct asker *a, uint32_t arch, uint32_t nr)
{
	struct seccomp_data d = { .nr = (int)nr, .arch = arch, .args = { 1, nr } };
	struct told key = { .arch = arch, .nr = nr };
	struct told *rules = a->model.rules.items;
	size_t low = 0, high = a->model.rules.n, n = 0;
	bool asks = false;

	while (low < high) {
		size_t half = (low + high) / 2;

		if (told_order(&rules[half], &key) < 0)
			low = half + 1;
		else
			high = half;
	}
	if (low > 0) /* else there may be none at all */
		rules += low;
	for (; low + n < a->model.rules.n && rules[n].arch == arch && rules[n].nr == nr;
	     n++)
		asks |= rules[n].n > 0 || rules[n].mux;
	/* of its long programs for another byte order some constants are not turned */
	a->tangled = is_tangled(rules, n) || (a->turned && a->out->other > 255);
	if (!asks)
		return ask(a, rules, n, &d);
	find_values(a, rules, n);
	for (size_t i = 0; i < TRIES + TRIES_MORE * n; i++) {
		choose(a, &rules[bpf_random(&a->seed, (uint32_t)n)], &d);
		if (!ask(a, rules, n, &d))
			return false;
	}
	return true;
}

static bool ask_arch(struct asker *a, uint32_t arch)
{
	static const uint32_t ends[] = { X32_BIT - 2,	  X32_BIT - 1, X32_BIT + NUMBERS,
					 X32_BIT * 2 - 1, 0x80000000U, UINT32_MAX - 1,
					 UINT32_MAX,	  0x80000001U, 0xc0000000U };
	bool same = true;

	for (uint32_t nr = 0; same && nr < NUMBERS; nr++)
		same = ask_number(a, arch, nr) && ask_number(a, arch, X32_BIT + nr);
	for (size_t i = 0; same && i < ARRAY_LEN(ends); i++)
		same = ask_number(a, arch, ends[i]);
	for (size_t i = 0; same && i < a->model.rules.n; i++) {
		const struct told *t = &a->model.rules.items[i];

		if (t->arch == arch && t->nr > NUMBERS && t->nr - X32_BIT > NUMBERS)
			same = ask_number(a, arch, t->nr - 1) &&
			       ask_number(a, arch, t->nr) &&
			       ask_number(a, arch, t->nr + 1);
	}
	return same;
}

static void ask_all(struct asker *a)
{
	static const uint32_t others[] = { AUDIT_ARCH_X86_64,  AUDIT_ARCH_I386,
					   AUDIT_ARCH_AARCH64, AUDIT_ARCH_M68K,
					   AUDIT_ARCH_S390X,   0,
					   UINT32_MAX,	       SCMP_ARCH_X32 };
	bool same = true;

	for (size_t i = 0; same && i < a->model.arches.n; i++) {
		uint32_t arch = a->model.arches.items[i];

		if (arch != SCMP_ARCH_X32)
			same = ask_arch(a, arch) && ask_number(a, arch - 1, 1) &&
			       ask_number(a, arch + 1, 1);
	}
	for (size_t i = 0; same && i < ARRAY_LEN(others); i++)
		same = ask_number(a, others[i], 0) && ask_number(a, others[i], 1) &&
		       ask_number(a, others[i], UINT32_MAX) &&
		       ask_number(a, others[i], X32_BIT);
}

enum same_end filters_same(const struct profile *p, const struct oracle_arches *arches,
			   struct arena *a, struct same *out, struct err *e)
{
	struct filter own = { .n = 0 }, other = { .n = 0 };
	struct asker asker = { .profile = p,
			       .arches = arches,
			       .own = &own,
			       .seed = 0x5eed5eedULL,
			       .out = out };
	struct rules rules = { .default_action = 0 };
	lost_t lost = { NULL, 0 };
	struct err ignored = ERR_NONE;

	if (rules_read(p, a, &rules, e) < 0)
		return SAME_OWN_FAILS;
	if (arches) {
		rules.arches.items = (uint32_t *)arches->items;
		rules.arches.n = arches->n;
	}
	own.n = (uint16_t)generate(&rules, a, &own.code);
	if (own.n == 0) {
		err_set(e, E2BIG, "more than %d instructions", BPF_MAXINSNS);
		return SAME_OWN_FAILS;
	}
	asker.model.arena = a;
	asker.turned =
		((rules.arches.items[0] ^ seccomp_arch_native()) & __AUDIT_ARCH_LE) != 0;
	if (oracle_compile(p, arches, a, &other, &lost, &ignored) == 0)
		asker.other = &other;
	if (model_make(&asker.model, p, arches, &lost, &rules) < 0)
		return SAME_OWN_FAILS;
	out->own = own.n;
	out->other = other.n;
	ask_all(&asker);
	return asker.other ? SAME_ASKED : SAME_OTHER_FAILS;
}
