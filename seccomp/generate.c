/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See generate.h. Runs in the program. */
#include "seccomp/generate.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

#include "seccomp/table.h"

#define CHAIN_MAX 4 /* comparisons in a row, where a search ends */

struct generator {
	struct emitter emit;
	struct chains chains;
	struct arena *arena;
};

/* Neighbours that are told apart by comparing with each single value: cheaper than two
 * comparisons for order */
struct group {
	const struct cell *cells;
	size_t n;
};
typedef LIST(struct group) groups_t;

/* A few single values among others that all have one goal: is it so, and which? */
static bool find_background(const struct cell *cells, size_t n, struct goal *goal)
{
	size_t others = 0;

	*goal = cells[n - 1].goal;
	for (size_t i = 0; i < n; i++)
		if (cells[i].first != cells[i].last)
			*goal = cells[i].goal;
	for (size_t i = 0; i < n; i++) {
		if (goal_same(cells[i].goal, *goal))
			continue;
		if (cells[i].first != cells[i].last || ++others > CHAIN_MAX)
			return false;
	}
	return true;
}

static groups_t find_groups(const cells_t *cells, struct arena *a)
{
	groups_t groups = { NULL, 0 };
	struct goal ignored;

	for (size_t i = 0; i < cells->n; i++) {
		struct group *last = groups.n ? &groups.items[groups.n - 1] : NULL;

		if (!last || !find_background(last->cells, last->n + 1, &ignored)) {
			last = list_add(a, &groups);
			last->cells = &cells->items[i];
		}
		last->n++;
	}
	return groups;
}

/* Compare with the single values, one by one */
static struct goal put_group(struct generator *g, const struct group *group)
{
	struct goal goal, next;

	find_background(group->cells, group->n, &goal);
	next = chain_write(&g->chains, goal);
	for (size_t i = 0; i < group->n; i++)
		if (!goal_same(group->cells[i].goal, goal))
			next = emit_jump(&g->emit, BPF_JEQ, group->cells[i].first,
					 chain_write(&g->chains, group->cells[i].goal),
					 next);
	return next;
}

/* Search for the group by halves */
static struct goal put_search(struct generator *g, const struct group *groups, size_t n)
{
	struct goal more, less;
	size_t half = n / 2;

	if (n <= 1)
		return put_group(g, groups);
	more = put_search(g, groups + half, n - half);
	less = put_search(g, groups, half);
	return emit_jump(&g->emit, BPF_JGE, groups[half].cells->first, more, less);
}

static struct goal put_machine(struct generator *g, const struct rules *r,
			       const struct machine *machine)
{
	cells_t cells = table_make(r, machine, &g->chains, g->arena);
	groups_t groups = find_groups(&cells, g->arena);
	struct goal search;

	if (groups.n == 0) /* no number at all: that cannot be */
		return (struct goal){ GOAL_VERDICT, VERDICT_FOREIGN };
	search = put_search(g, groups.items, groups.n);
	return cells.n == 1
		       ? search
		       : emit_load(&g->emit, offsetof(struct seccomp_data, nr), search);
}

typedef LIST(struct machine) machines_t;

static machines_t find_machines(const struct rules *r, struct arena *a)
{
	machines_t list = { NULL, 0 };

	LIST_EACH (abi, &r->arches) {
		uint32_t arch = *abi == SCMP_ARCH_X32 ? AUDIT_ARCH_X86_64 : *abi;
		size_t i = 0;

		while (i < list.n && list.items[i].arch != arch)
			i++;
		if (i == list.n)
			list_add(a, &list)->arch = arch;
		list.items[i].abis[list.items[i].n++] = *abi;
	}
	return list;
}

static size_t count_verdicts(const struct rules *r)
{
	return r->list.n + 4; /* the default, foreign, newer */
}

size_t generate(const struct rules *r, struct arena *a, struct sock_filter **code)
{
	struct generator g = { .arena = a };
	machines_t machines = find_machines(r, a);
	struct goal start = { GOAL_VERDICT, VERDICT_FOREIGN };
	struct goal *goals = arena_array(a, struct goal, machines.n);
	size_t n;

	emit_open(&g.emit, count_verdicts(r), a);
	chains_open(&g.chains, &g.emit, !(r->arches.items[0] & __AUDIT_ARCH_LE), a);
	/* the first is what most calls ask for: it is nearest to the start */
	for (size_t i = machines.n; i-- > 0;)
		goals[i] = put_machine(&g, r, &machines.items[i]);
	for (size_t i = machines.n; i-- > 0;)
		start = emit_jump(&g.emit, BPF_JEQ, machines.items[i].arch, goals[i],
				  start);
	start = emit_load(&g.emit, offsetof(struct seccomp_data, arch), start);
	n = emit_close(&g.emit, start, code);
	return n > BPF_MAXINSNS ? 0 : n;
}
