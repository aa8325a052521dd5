/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See table.h. Runs in the program. */
#include "seccomp/table.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>

#include "seccomp/calls.h"

#define X32_BIT 0x40000000U /* of the numbers of x32, on the same architecture */

/* A rule for a number */
struct entry {
	uint32_t nr,
		order; /* of two rules for a number, the one with the lower order wins */
	uint32_t conds, verdict;
};
typedef LIST(struct entry) entries_t;

struct maker {
	const struct rules *rules;
	struct chains *chains;
	entries_t entries; /* then by number */
	size_t at;	   /* those before it are in the cells */
	uint32_t *seen;	   /* for each set of conditions */
	int64_t newest;	   /* number that is named, of the ABI that is read */
	cells_t cells;
	struct arena *arena;
};

static void add_entries(struct maker *m, uint32_t nr, const struct rule *rule, bool wide,
			const uint32_t *selector)
{
	LIST_EACH (any, &rule->any) {
		struct conds conds = { .n = 0 };
		uint32_t set;

		if (selector)
			conds.items[conds.n++] =
				(struct cond){ 0, SCMP_CMP_EQ, UINT64_MAX, *selector };
		for (size_t i = 0; i < any->n; i++)
			if (!selector || any->items[i].arg != 0)
				conds.items[conds.n++] = any->items[i];
		set = chain_conds(m->chains, &conds, wide);
		*list_add(m->arena, &m->entries) =
			(struct entry){ nr, (uint32_t)m->entries.n, set, rule->action };
	}
}

static void read_name(struct maker *m, uint32_t abi, const struct rule *rule,
		      const char *name)
{
	const struct call_numbers numbers = call_find(abi, name);
	const bool wide = (abi & __AUDIT_ARCH_64BIT) && abi != SCMP_ARCH_MIPS64N32 &&
			  abi != SCMP_ARCH_MIPSEL64N32;

	if (numbers.direct > m->newest)
		m->newest = numbers.direct;
	if (numbers.through > m->newest)
		m->newest = numbers.through;
	if (rule->idle)
		return;
	if (numbers.through >= 0)
		add_entries(m, (uint32_t)numbers.through, rule, wide, &numbers.selector);
	if (numbers.direct >= 0)
		add_entries(m, (uint32_t)numbers.direct, rule, wide, NULL);
}

static void add_cell(struct maker *m, uint32_t first, uint32_t last, struct goal goal)
{
	struct cell *cell = m->cells.n ? &m->cells.items[m->cells.n - 1] : NULL;

	if (!cell || !goal_same(cell->goal, goal)) {
		cell = list_add(m->arena, &m->cells);
		cell->first = first;
		cell->goal = goal;
	}
	cell->last = last;
}

static int by_number(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* The rules for one number, which are n entries, the first wins: what comes behind one
 * with the same conditions, or without, never applies */
static struct goal goal_of(struct maker *m, struct entry *entries, size_t n,
			   struct goal rest)
{
	const uint32_t stamp = entries[0].order + 1; /* of no other number */
	struct goal goal = rest;
	size_t live = 0;

	for (size_t i = 0; i < n && (live == 0 || entries[live - 1].conds); i++) {
		uint32_t *seen = &m->seen[entries[i].conds];

		if (*seen == stamp)
			continue;
		*seen = stamp;
		entries[live++] = entries[i];
	}
	while (live-- > 0)
		goal = chain_link(m->chains, entries[live].conds, entries[live].verdict,
				  goal);
	return goal;
}

/* The numbers from first to last, of which those without a rule have one verdict */
static void fill(struct maker *m, uint32_t first, uint32_t last, uint32_t verdict)
{
	const struct goal rest = { GOAL_VERDICT, verdict };
	uint64_t next = first;

	while (m->at < m->entries.n && m->entries.items[m->at].nr <= last) {
		struct entry *entries = &m->entries.items[m->at];
		uint32_t nr = entries->nr;
		size_t n = 1;

		while (m->at + n < m->entries.n && entries[n].nr == nr)
			n++;
		if (nr > next)
			add_cell(m, (uint32_t)next, nr - 1, rest);
		m->at += n;
		add_cell(m, nr, nr, goal_of(m, entries, n, rest));
		next = (uint64_t)nr + 1;
	}
	if (next <= last)
		add_cell(m, (uint32_t)next, last, rest);
}

/* The numbers of an ABI; those above `newest`, unless that is -1, are newer calls */
static void fill_abi(struct maker *m, uint32_t first, uint32_t last, int64_t newest)
{
	const uint32_t action = m->rules->default_action;
	const bool ages = (action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO;
	const bool newer = ages && newest >= first && newest < last;

	fill(m, first, newer ? (uint32_t)newest : last, action);
	if (newer)
		fill(m, (uint32_t)newest + 1, last, SECCOMP_RET_ERRNO | ENOSYS);
}

static void fill_x86_64(struct maker *m, const int64_t newest[2], const bool has[2])
{
	if (has[0])
		fill_abi(m, 0, X32_BIT - 1, newest[0]);
	else
		fill(m, 0, X32_BIT - 1, VERDICT_FOREIGN);
	if (has[1])
		fill_abi(m, X32_BIT, INT32_MAX, newest[1]);
	else
		fill(m, X32_BIT, INT32_MAX, VERDICT_FOREIGN);
	fill(m, (uint32_t)INT32_MAX + 1, UINT32_MAX - 1,
	     has[1] ? m->rules->default_action : VERDICT_FOREIGN);
	/* -1 is what a tracer leaves of a call that it skips (seccomp(2)) */
	fill(m, UINT32_MAX, UINT32_MAX,
	     has[0] ? m->rules->default_action : VERDICT_FOREIGN);
}

static int64_t read_abi(struct maker *m, uint32_t abi)
{
	m->newest = -1;
	LIST_EACH (rule, &m->rules->list)
		for (size_t i = 0; i < rule->names->n; i++)
			read_name(m, abi, rule, rule->names->items[i]);
	return m->newest;
}

cells_t table_make(const struct rules *r, const struct machine *machine, struct chains *c,
		   struct arena *a)
{
	struct maker m = { .rules = r, .chains = c, .arena = a };
	int64_t newest[2] = { -1, -1 };
	bool has[2] = { false, false };

	for (size_t i = 0; i < machine->n; i++) {
		bool x32 = machine->abis[i] == SCMP_ARCH_X32;

		newest[x32] = read_abi(&m, machine->abis[i]);
		has[x32] = true;
	}
	if (m.entries.n)
		qsort(m.entries.items, m.entries.n, sizeof(struct entry), by_number);
	m.seen = arena_array(a, uint32_t, chains_count(c));
	if (machine->arch == AUDIT_ARCH_X86_64) {
		fill_x86_64(&m, newest, has);
	} else {
		fill_abi(&m, 0, INT32_MAX, newest[0]);
		fill(&m, (uint32_t)INT32_MAX + 1, UINT32_MAX, r->default_action);
	}
	return m.cells;
}
