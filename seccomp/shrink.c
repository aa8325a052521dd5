/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See shrink.h. Runs in the program. */
#include "seccomp/shrink.h"

#include <linux/seccomp.h>

#include "seccomp/program.h"

#define NEAR	  250	     /* jumps reach 255 instructions; some may come between */
#define CHAIN_MAX 4	     /* comparisons in a row, where a search ends */
#define STEPS_MAX (1U << 21) /* instructions to look at: some milliseconds */

/* Values that come to the same goal */
struct cell {
	uint32_t first, last;
	struct goal goal;
};
typedef LIST(struct cell) cells_t;

/* Neighbours that are told apart by comparing with each single value: cheaper than two
 * comparisons for order */
struct group {
	const struct cell *cells;
	size_t n;
};
typedef LIST(struct group) groups_t;

/* The new program is written from its end, as all jumps lead forward: so their targets
 * are there before them. */
struct shrinker {
	struct program old, new; /* new: backwards, with room for as much as old */
	struct goal *copies;	 /* of each old instruction */
	unsigned steps;
	bool failed;
	struct arena *arena;
};

static bool same_goal(struct goal a, struct goal b)
{
	return a.kind == b.kind && a.at == b.at;
}

static void add_cell(struct shrinker *s, cells_t *cells, uint32_t first, uint32_t last,
		     struct goal goal)
{
	struct cell *cell = cells->n ? &cells->items[cells->n - 1] : NULL;

	if (!cell || !same_goal(cell->goal, goal)) {
		cell = list_add(s->arena, cells);
		cell->first = first;
		cell->goal = goal;
	}
	cell->last = last;
}

/* What the old program does with all numbers of an architecture. *arch_last: that is the
 * same up to this architecture. */
static cells_t find_cells(struct shrinker *s, uint32_t arch, uint32_t *arch_last)
{
	struct point p = { .value[POINT_ARCH] = arch, .last[POINT_ARCH] = UINT32_MAX };
	cells_t cells = { NULL, 0 };

	do {
		struct goal goal;

		p.last[POINT_NR] = UINT32_MAX;
		goal = program_walk(&s->old, &p, &s->steps);
		s->failed |= goal.kind == GOAL_LOST;
		add_cell(s, &cells, p.value[POINT_NR], p.last[POINT_NR], goal);
		p.value[POINT_NR] = p.last[POINT_NR] + 1;
	} while (p.last[POINT_NR] != UINT32_MAX && !s->failed);
	*arch_last = p.last[POINT_ARCH];
	return cells;
}

static void push(struct shrinker *s, uint16_t code, uint32_t k)
{
	if (s->new.n == s->old.n)
		s->failed = true;
	else
		s->new.code[s->new.n++] = (struct sock_filter){ .code = code, .k = k };
}

/* The place of the goal, not far from here: a verdict or a jump may have to be added */
static size_t reach(struct shrinker *s, struct goal goal)
{
	size_t start = s->new.n > NEAR ? s->new.n - NEAR : 0;

	if (goal.kind == GOAL_PLACE && goal.at >= start)
		return goal.at;
	if (goal.kind == GOAL_PLACE) {
		push(s, BPF_JMP | BPF_JA, (uint32_t)s->new.n - goal.at - 1);
		return s->new.n - 1;
	}
	for (size_t i = start; i < s->new.n; i++)
		if (s->new.code[i].code == (BPF_RET | BPF_K) &&
		    s->new.code[i].k == goal.at)
			return i;
	push(s, BPF_RET | BPF_K, goal.at);
	return s->new.n - 1;
}

/* An instruction that goes on with the next */
static struct goal put_before(struct shrinker *s, const struct sock_filter *i,
			      struct goal next)
{
	size_t place = reach(s, next);

	if (place + 1 != s->new.n)
		push(s, BPF_JMP | BPF_JA, (uint32_t)(s->new.n - place - 1));
	push(s, i->code, i->k);
	return (struct goal){ GOAL_PLACE, (uint32_t)s->new.n - 1 };
}

static struct goal put_jump(struct shrinker *s, uint16_t code, uint32_t k,
			    struct goal when_true, struct goal when_false)
{
	size_t jt = reach(s, when_true), jf = reach(s, when_false);

	push(s, code, k);
	if (s->failed)
		return (struct goal){ GOAL_LOST, 0 };
	s->new.code[s->new.n - 1].jt = (uint8_t)(s->new.n - 2 - jt);
	s->new.code[s->new.n - 1].jf = (uint8_t)(s->new.n - 2 - jf);
	return (struct goal){ GOAL_PLACE, (uint32_t)s->new.n - 1 };
}

/* The old program's instructions from this one on, each once */
static struct goal copy(struct shrinker *s, size_t pc)
{
	const struct sock_filter *i = &s->old.code[pc];
	struct goal *done, t, f;

	if (pc >= s->old.n || s->failed) {
		s->failed = true;
		return (struct goal){ GOAL_LOST, 0 };
	}
	done = &s->copies[pc];
	if (done->kind != GOAL_LOST)
		return *done;
	if (i->code == (BPF_RET | BPF_K)) {
		*done = (struct goal){ GOAL_VERDICT, i->k };
	} else if (i->code == (BPF_JMP | BPF_JA)) {
		*done = copy(s, pc + 1 + i->k);
	} else if (program_compares(i) || i->code == (BPF_JMP | BPF_JSET | BPF_K)) {
		t = copy(s, pc + 1 + i->jt);
		f = copy(s, pc + 1 + i->jf);
		*done = put_jump(s, i->code, i->k, t, f);
	} else if (i->code == PROGRAM_LOAD || i->code == (BPF_ALU | BPF_AND | BPF_K)) {
		*done = put_before(s, i, copy(s, pc + 1));
	} else {
		s->failed = true;
	}
	return *done;
}

static struct goal copy_goal(struct shrinker *s, struct goal goal)
{
	return goal.kind == GOAL_SOURCE ? copy(s, goal.at) : goal;
}

/* A few single values among others that all have one goal: is it so, and which? */
static bool find_background(const struct cell *cells, size_t n, struct goal *goal)
{
	size_t others = 0;

	*goal = cells[n - 1].goal;
	for (size_t i = 0; i < n; i++)
		if (cells[i].first != cells[i].last)
			*goal = cells[i].goal;
	for (size_t i = 0; i < n; i++) {
		if (same_goal(cells[i].goal, *goal))
			continue;
		if (cells[i].first != cells[i].last || ++others > CHAIN_MAX)
			return false;
	}
	return true;
}

static groups_t find_groups(struct shrinker *s, const cells_t *cells)
{
	groups_t groups = { NULL, 0 };
	struct goal ignored;

	for (size_t i = 0; i < cells->n; i++) {
		struct group *last = groups.n ? &groups.items[groups.n - 1] : NULL;

		if (!last || !find_background(last->cells, last->n + 1, &ignored)) {
			last = list_add(s->arena, &groups);
			last->cells = &cells->items[i];
		}
		last->n++;
	}
	return groups;
}

/* Compare with the single values, one by one */
static struct goal put_group(struct shrinker *s, const struct group *group)
{
	struct goal goal, next;

	find_background(group->cells, group->n, &goal);
	next = copy_goal(s, goal);
	for (size_t i = 0; i < group->n; i++)
		if (!same_goal(group->cells[i].goal, goal))
			next = put_jump(s, BPF_JMP | BPF_JEQ | BPF_K,
					group->cells[i].first,
					copy_goal(s, group->cells[i].goal), next);
	return next;
}

/* Search for the group by halves */
static struct goal put_search(struct shrinker *s, const struct group *groups, size_t n)
{
	struct goal more, less;
	size_t half = n / 2;

	if (n <= 1)
		return put_group(s, groups);
	more = put_search(s, groups + half, n - half);
	less = put_search(s, groups, half);
	return put_jump(s, BPF_JMP | BPF_JGE | BPF_K, groups[half].cells->first, more,
			less);
}

static struct goal put_cells(struct shrinker *s, const cells_t *cells)
{
	groups_t groups = find_groups(s, cells);

	if (groups.n == 0) { /* not without cells, and there are some */
		s->failed = true;
		return (struct goal){ .at = 0 };
	}
	return put_search(s, groups.items, groups.n);
}

static void put_load(struct shrinker *s, struct goal *goal, uint32_t offset)
{
	struct sock_filter load = { .code = PROGRAM_LOAD, .k = offset };

	if (goal->kind != GOAL_VERDICT)
		*goal = put_before(s, &load, *goal);
}

/* Write the new program, for each architecture a search for the number */
static void rewrite(struct shrinker *s)
{
	cells_t arches = { NULL, 0 };
	uint32_t arch = 0, last = 0;
	struct goal goal;

	for (; last != UINT32_MAX && !s->failed; arch = last + 1) {
		cells_t cells = find_cells(s, arch, &last);

		if (s->failed)
			return;
		goal = put_cells(s, &cells);
		if (cells.n > 1)
			put_load(s, &goal, offsetof(struct seccomp_data, nr));
		add_cell(s, &arches, arch, last, goal);
	}
	if (s->failed)
		return;
	goal = put_cells(s, &arches);
	if (arches.n > 1)
		put_load(s, &goal, offsetof(struct seccomp_data, arch));
	if (goal.kind == GOAL_VERDICT) /* for all calls */
		goal.at = (uint32_t)reach(s, goal);
	/* it starts with what was put last, except when that was there already */
	s->failed |= goal.at + 1 != s->new.n;
	for (size_t i = 0; i < s->new.n / 2; i++) {
		struct sock_filter swap = s->new.code[i];

		s->new.code[i] = s->new.code[s->new.n - 1 - i];
		s->new.code[s->new.n - 1 - i] = swap;
	}
}

bool filter_shrink(struct filter *f, struct arena *a)
{
	struct shrinker s = {
		.old = { f->code, f->n },
		.new = { arena_array(a, struct sock_filter, f->n), 0 },
		.copies = arena_array(a, struct goal, f->n),
		.steps = STEPS_MAX,
		.arena = a,
	};

	rewrite(&s);
	if (s.failed || s.new.n >= f->n || !program_same(&s.old, &s.new, STEPS_MAX, a))
		return false;
	f->code = s.new.code;
	f->n = (uint16_t)s.new.n;
	return true;
}
