/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Do two programs give the same verdicts? Asked call by call with the interpreter of
 * bpf.h: all numbers that one of them compares with and those beside them, the same for
 * architectures, and for calls with conditions arguments around what they are compared
 * with. It shares nothing with seccomp/program.c, which answers the same question.
 */
#ifndef TESTS_UNIT_BPF_SAME_H
#define TESTS_UNIT_BPF_SAME_H

#include <linux/audit.h>
#include <stdbool.h>
#include <stdlib.h>

#include "tests/unit/bpf.h"

#define BPF_VALUES_MAX 20000
#define BPF_TRIES      60 /* sets of arguments for a call with conditions */

struct bpf_code {
	const struct sock_filter *code;
	size_t n;
};

struct bpf_values {
	uint32_t v[BPF_VALUES_MAX];
	size_t n;
};

/* xorshift64: the same numbers in every run */
__attribute__((unused)) static uint32_t bpf_random(uint64_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)((*state >> 16) % below);
}

__attribute__((unused)) static int bpf_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

__attribute__((unused)) static void bpf_add(struct bpf_values *to, uint32_t v)
{
	for (uint32_t i = 0; i < 3 && to->n < BPF_VALUES_MAX; i++)
		to->v[to->n++] = v - 1 + i;
}

enum { BPF_HAS_NR = 1, BPF_HAS_ARCH = 2, BPF_HAS_ARG = 4 };

/* What the accumulator may hold at each instruction: jumps lead forward, so one pass */
__attribute__((unused)) static void bpf_contents(const struct bpf_code *p,
						 unsigned char *holds)
{
	memset(holds, 0, p->n);
	for (size_t pc = 0; pc < p->n; pc++) {
		const struct sock_filter *i = &p->code[pc];
		unsigned char out = holds[pc];
		size_t jt = 0, jf = 0;

		if (BPF_CLASS(i->code) == BPF_RET)
			continue;
		if (BPF_CLASS(i->code) == BPF_LD)
			out = i->k == 0	  ? BPF_HAS_NR
			      : i->k == 4 ? BPF_HAS_ARCH
					  : BPF_HAS_ARG;
		else if (i->code == (BPF_JMP | BPF_JA))
			jt = jf = i->k;
		else if (BPF_CLASS(i->code) == BPF_JMP)
			jt = i->jt, jf = i->jf;
		if (jt < p->n - pc - 1)
			holds[pc + 1 + jt] |= out;
		if (jf < p->n - pc - 1)
			holds[pc + 1 + jf] |= out;
	}
}

/* The constants that are compared with what `kind` says, and others */
__attribute__((unused)) static void bpf_constants(struct bpf_values *to,
						  const struct bpf_code *p,
						  unsigned char kind)
{
	static unsigned char holds[2 * BPF_MAXINSNS];
	size_t n = 0;

	if (p->n <= sizeof(holds))
		bpf_contents(p, holds);
	for (size_t i = 0; i < p->n && i < sizeof(holds); i++)
		if (BPF_CLASS(p->code[i].code) == BPF_JMP && (holds[i] & kind))
			bpf_add(to, p->code[i].k);
	bpf_add(to, 1);
	bpf_add(to, UINT32_MAX - 1);
	qsort(to->v, to->n, sizeof(*to->v), bpf_order);
	for (size_t i = 0; i < to->n; i++)
		if (n == 0 || to->v[n - 1] != to->v[i])
			to->v[n++] = to->v[i];
	to->n = n;
}

/* Does the verdict depend on arguments? */
__attribute__((unused)) static bool bpf_asks(const struct bpf_code *p,
					     const struct seccomp_data *d)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < p->n; pc++) {
		const struct sock_filter *i = &p->code[pc];

		if (i->code == (BPF_LD | BPF_W | BPF_ABS) && i->k >= 8)
			return true;
		if (i->code == (BPF_LD | BPF_W | BPF_ABS))
			memcpy(&a, (const char *)d + i->k, sizeof(a));
		else if (i->code == (BPF_JMP | BPF_JA))
			pc += i->k;
		else if (BPF_CLASS(i->code) == BPF_JMP)
			pc += bpf_jumps(i, a) ? i->jt : i->jf;
		else
			return false;
	}
	return false;
}

/* Both programs for one call; *calls counts. false: they differ */
__attribute__((unused)) static bool bpf_same_call(const struct bpf_code *p,
						  struct seccomp_data *d,
						  const struct bpf_values *args,
						  uint64_t *seed, unsigned long *calls)
{
	int tries = bpf_asks(&p[0], d) || bpf_asks(&p[1], d) ? BPF_TRIES : 1;

	for (; tries; tries--, ++*calls) {
		for (int i = 0; i < 6; i++) {
			uint64_t high = args->v[bpf_random(seed, (uint32_t)args->n)];
			uint64_t low = args->v[bpf_random(seed, (uint32_t)args->n)];

			/* few conditions look at high words that are not 0 */
			d->args[i] = (bpf_random(seed, 3) ? 0 : high << 32) | low;
		}
		if (bpf_run(p[0].code, p[0].n, d) != bpf_run(p[1].code, p[1].n, d))
			return false;
	}
	return true;
}

/* The number of calls that were tried, 0: there is one, then in *d, that the programs
 * decide differently */
__attribute__((unused)) static unsigned long bpf_same(const struct sock_filter *one,
						      size_t one_n,
						      const struct sock_filter *two,
						      size_t two_n,
						      struct seccomp_data *d)
{
	const struct bpf_code p[2] = { { one, one_n }, { two, two_n } };
	static struct bpf_values nrs, arches, args;
	uint64_t seed = 0x123456789abcdefULL;
	unsigned long calls = 0;

	nrs.n = arches.n = args.n = 0;
	for (int i = 0; i < 2; i++) {
		bpf_constants(&nrs, &p[i], BPF_HAS_NR);
		bpf_constants(&arches, &p[i], BPF_HAS_ARCH);
		bpf_constants(&args, &p[i], BPF_HAS_ARG);
	}
	for (size_t i = 0; i < arches.n; i++)
		for (size_t j = 0; j < nrs.n; j++) {
			d->arch = arches.v[i];
			d->nr = (int)nrs.v[j];
			if (!bpf_same_call(p, d, &args, &seed, &calls))
				return 0;
		}
	return calls;
}

#endif
