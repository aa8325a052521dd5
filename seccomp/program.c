/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See program.h. Runs in the program. */
#include "seccomp/program.h"

#include <linux/seccomp.h>

/* What the jump says of the value; *last comes down to the last one with that answer */
static bool compare(const struct sock_filter *i, uint32_t value, uint32_t *last)
{
	bool at_k = BPF_OP(i->code) == BPF_JGT; /* k is among the lower ones */
	uint32_t end = *last;

	if (value < i->k)
		end = at_k ? i->k : i->k - 1;
	else if (value == i->k && BPF_OP(i->code) != BPF_JGE)
		end = i->k;
	if (end < *last)
		*last = end;
	if (BPF_OP(i->code) == BPF_JEQ)
		return value == i->k;
	return at_k ? value > i->k : value >= i->k;
}

bool program_compares(const struct sock_filter *i)
{
	return i->code == (BPF_JMP | BPF_JEQ | BPF_K) ||
	       i->code == (BPF_JMP | BPF_JGT | BPF_K) ||
	       i->code == (BPF_JMP | BPF_JGE | BPF_K);
}

struct goal program_walk(const struct program *p, struct point *at, unsigned *steps)
{
	int loaded = -1;

	for (size_t pc = 0; pc < p->n && *steps; pc++, --*steps) {
		const struct sock_filter *i = &p->code[pc];

		if (i->code == (BPF_RET | BPF_K))
			return (struct goal){ GOAL_VERDICT, i->k };
		else if (i->code == PROGRAM_LOAD &&
			 i->k == offsetof(struct seccomp_data, nr))
			loaded = POINT_NR;
		else if (i->code == PROGRAM_LOAD &&
			 i->k == offsetof(struct seccomp_data, arch))
			loaded = POINT_ARCH;
		else if (i->code == PROGRAM_LOAD)
			return (struct goal){ GOAL_SOURCE, (uint32_t)pc };
		else if (i->code == (BPF_JMP | BPF_JA))
			pc += i->k;
		else if (program_compares(i) && loaded >= 0)
			pc += compare(i, at->value[loaded], &at->last[loaded]) ? i->jt
									       : i->jf;
		else
			break;
	}
	return (struct goal){ GOAL_LOST, 0 };
}

/* Two programs side by side */
struct pair_of_programs {
	const struct program *one, *two;
	uint32_t *match; /* for each instruction of `one`: 1 + its equal in `two` */
	unsigned steps;
};

/* Jump over the jumps without a condition */
static size_t settle(const struct program *p, size_t pc)
{
	while (pc < p->n && p->code[pc].code == (BPF_JMP | BPF_JA))
		pc += (size_t)p->code[pc].k + 1;
	return pc;
}

/* Whether `one` from pc on and `two` from `at` on are the same instructions */
static bool same_code(struct pair_of_programs *p, size_t pc, size_t at)
{
	const struct sock_filter *i, *j;
	bool same;

	pc = settle(p->one, pc);
	at = settle(p->two, at);
	if (pc >= p->one->n || at >= p->two->n || p->steps == 0)
		return false;
	if (p->match[pc] == at + 1)
		return true;
	p->steps--;
	i = &p->one->code[pc];
	j = &p->two->code[at];
	if (i->code != j->code || i->k != j->k)
		return false;
	if (BPF_CLASS(i->code) == BPF_JMP)
		same = same_code(p, pc + 1 + i->jt, at + 1 + j->jt) &&
		       same_code(p, pc + 1 + i->jf, at + 1 + j->jf);
	else
		same = BPF_CLASS(i->code) == BPF_RET || same_code(p, pc + 1, at + 1);
	if (same)
		p->match[pc] = (uint32_t)at + 1;
	return same;
}

static bool same_goal(struct pair_of_programs *p, struct goal one, struct goal two)
{
	if (one.kind == GOAL_VERDICT)
		return two.kind == GOAL_VERDICT && one.at == two.at;
	return one.kind == GOAL_SOURCE && two.kind == GOAL_SOURCE &&
	       same_code(p, one.at, two.at);
}

bool program_same(const struct program *one, const struct program *two, unsigned steps,
		  struct arena *a)
{
	struct pair_of_programs p = { one, two, arena_array(a, uint32_t, one->n), steps };
	struct point at = { .last[POINT_ARCH] = UINT32_MAX };

	for (;;) {
		struct goal goal;

		at.last[POINT_NR] = UINT32_MAX;
		goal = program_walk(one, &at, &p.steps);
		if (!same_goal(&p, goal, program_walk(two, &at, &p.steps)))
			return false;
		if (at.last[POINT_NR] != UINT32_MAX) {
			at.value[POINT_NR] = at.last[POINT_NR] + 1;
		} else if (at.last[POINT_ARCH] != UINT32_MAX) {
			at.value[POINT_NR] = 0;
			at.value[POINT_ARCH] = at.last[POINT_ARCH] + 1;
			at.last[POINT_ARCH] = UINT32_MAX;
		} else {
			return true;
		}
	}
}
