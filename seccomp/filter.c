/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The compiler: a profile's words become numbers (rules.h), and these a BPF program
 * (generate.h). Runs in the program; nothing is loaded here.
 */
#include "seccomp/filter.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

#include "seccomp/cache.h"
#include "seccomp/generate.h"
#include "seccomp/words.h"

#define PATH "linux.seccomp"

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

/* Does the jump, of what is loaded? */
static bool jumps(const struct sock_filter *i, uint32_t loaded)
{
	if (BPF_OP(i->code) == BPF_JEQ)
		return loaded == i->k;
	return BPF_OP(i->code) == BPF_JGT ? loaded > i->k : loaded >= i->k;
}

/* Until it loads an argument, a program of generate.h only compares for order and
 * equality */
bool filter_allows(const struct filter *f, uint32_t nr)
{
	uint32_t loaded = 0;

	for (size_t pc = 0; pc < f->n; pc++) {
		const struct sock_filter *i = &f->code[pc];

		if (i->code == (BPF_RET | BPF_K))
			return i->k == SECCOMP_RET_ALLOW || i->k == SECCOMP_RET_LOG;
		if (BPF_CLASS(i->code) != BPF_JMP &&
		    i->k >= offsetof(struct seccomp_data, instruction_pointer))
			return false;
		if (BPF_CLASS(i->code) != BPF_JMP)
			loaded = i->k == offsetof(struct seccomp_data, nr)
					 ? nr
					 : seccomp_arch_native();
		else if (i->code == (BPF_JMP | BPF_JA))
			pc += i->k;
		else
			pc += jumps(i, loaded) ? i->jt : i->jf;
	}
	return false;
}

/* Profiles are newer than libraries. The native architecture's table has the names of all
 * others, without a number. */
static void find_unknown(const struct profile *p, struct arena *a, strings_t *unknown)
{
	LIST_EACH (call, &p->syscalls)
		for (size_t i = 0; i < call->names.n; i++)
			if (seccomp_syscall_resolve_name(call->names.items[i]) ==
			    __NR_SCMP_ERROR)
				*list_add(a, unknown) =
					arena_strdup(a, call->names.items[i]);
}

static int compile(const struct profile *p, struct arena *a, struct filter *out,
		   strings_t *unknown, struct err *e)
{
	autoarena notes = ARENA_NONE;
	struct rules rules = { .default_action = 0 };
	struct sock_filter *code;
	size_t n;

	if (arena_open(&notes, false, e) < 0 || rules_read(p, &notes, &rules, e) < 0)
		return -1;
	n = generate(&rules, &notes, &code);
	if (n == 0)
		return err_set(e, E2BIG,
			       PATH ": the filter has more than %d instructions, which "
				    "is all that the kernel takes",
			       BPF_MAXINSNS);
	out->n = (uint16_t)n;
	out->code = arena_array(a, struct sock_filter, n);
	memcpy(out->code, code, n * sizeof(*code));
	find_unknown(p, a, unknown);
	return 0;
}

int filter_compile(const struct profile *p, const char *cache_dir, struct arena *a,
		   struct filter *out, strings_t *unknown, struct err *e)
{
	strings_t names = { NULL, 0 };
	struct cache_key key;

	*out = (struct filter){ .code = NULL };
	if (find_flags(p, &out->flags, e) < 0)
		return -1;
	if (cache_dir)
		cache_key_make(&key, p, out->flags);
	if (!cache_dir || !cache_find(cache_dir, &key, a, out, &names)) {
		if (compile(p, a, out, &names, e) < 0)
			return -1;
		if (cache_dir)
			cache_keep(cache_dir, &key, out, &names, a);
	}
	if (unknown)
		*unknown = names;
	return 0;
}
