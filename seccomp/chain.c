/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See chain.h. Runs in the program. */
#include "seccomp/chain.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

struct conds_set {
	struct conds conds;
	bool wide;
};

struct link {
	uint32_t conds, verdict;
	struct goal next, written;
	bool done;
};

void chains_open(struct chains *c, struct emitter *emit, bool big_endian, struct arena *a)
{
	*c = (struct chains){ .emit = emit, .big_endian = big_endian, .arena = a };
	list_add(a, &c->sets); /* no conditions */
}

/* Over whole things, so there must be nothing between their members */
static uint32_t hash_of(const void *data, size_t size)
{
	const unsigned char *at = data;
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < size; i++)
		h = (h ^ at[i]) * 16777619U;
	return h ^ h >> 15;
}

/* The part of a thing that tells it from others */
static uint32_t set_hash(const struct conds_set *s)
{
	return hash_of(s->conds.items, s->conds.n * sizeof(s->conds.items[0])) + s->wide;
}

static bool set_same(const struct conds_set *s, const struct conds_set *t)
{
	return s->conds.n == t->conds.n && s->wide == t->wide &&
	       memcmp(s->conds.items, t->conds.items,
		      s->conds.n * sizeof(s->conds.items[0])) == 0;
}

static uint32_t link_hash(const struct link *l)
{
	const uint32_t key[] = { l->conds, l->verdict, l->next.kind, l->next.at };

	return hash_of(key, sizeof(key));
}

static bool link_same(const struct link *l, const struct link *m)
{
	return l->conds == m->conds && l->verdict == m->verdict &&
	       goal_same(l->next, m->next);
}

/* Room for one more than n; the old ones must be put in again */
static bool index_grow(struct index *index, size_t n, struct arena *a)
{
	if (n * 2 < index->size)
		return false;
	index->size = index->size ? index->size * 2 : 64;
	index->slots = arena_array(a, uint32_t, index->size);
	return true;
}

/* The slot of the thing, or the free one that it gets */
#define INDEX_FIND(index, list, thing, hash, same)                                       \
	__extension__({                                                                  \
		size_t at_ = hash(thing);                                                \
		uint32_t *slot_;                                                         \
		while (slot_ = &(index)->slots[at_++ & ((index)->size - 1)],             \
		       *slot_ && !same(&(list)->items[*slot_ - 1], (thing)))             \
			;                                                                \
		slot_;                                                                   \
	})

static uint32_t *find_set(struct chains *c, const struct conds_set *set)
{
	if (index_grow(&c->set_index, c->sets.n, c->arena))
		for (size_t i = 0; i < c->sets.n; i++)
			*INDEX_FIND(&c->set_index, &c->sets, &c->sets.items[i], set_hash,
				    set_same) = (uint32_t)i + 1;
	return INDEX_FIND(&c->set_index, &c->sets, set, set_hash, set_same);
}

static uint32_t *find_link(struct chains *c, const struct link *link)
{
	if (index_grow(&c->link_index, c->links.n, c->arena))
		for (size_t i = 0; i < c->links.n; i++)
			*INDEX_FIND(&c->link_index, &c->links, &c->links.items[i],
				    link_hash, link_same) = (uint32_t)i + 1;
	return INDEX_FIND(&c->link_index, &c->links, link, link_hash, link_same);
}

uint32_t chain_conds(struct chains *c, const struct conds *conds, bool wide)
{
	struct conds_set set = { .wide = wide };
	uint32_t *slot;

	for (size_t i = 0; i < conds->n; i++) {
		struct cond *cond = &set.conds.items[set.conds.n];

		*cond = conds->items[i];
		if (!wide) {
			cond->mask = (uint32_t)cond->mask;
			cond->datum = (uint32_t)cond->datum;
		}
		if (cond->mask) /* else it always holds */
			set.conds.n++;
	}
	if (set.conds.n == 0)
		return 0;
	slot = find_set(c, &set);
	if (!*slot) {
		*list_add(c->arena, &c->sets) = set;
		*slot = (uint32_t)c->sets.n;
	}
	return *slot - 1;
}

size_t chains_count(const struct chains *c)
{
	return c->sets.n;
}

struct goal chain_link(struct chains *c, uint32_t conds, uint32_t verdict,
		       struct goal next)
{
	const struct goal then = { GOAL_VERDICT, verdict };
	struct link link = { .conds = conds, .verdict = verdict, .next = next };
	uint32_t *slot;

	if (conds == 0 || goal_same(next, then))
		return then;
	slot = find_link(c, &link);
	if (!*slot) {
		*list_add(c->arena, &c->links) = link;
		*slot = (uint32_t)c->links.n;
	}
	return (struct goal){ GOAL_CHAIN, *slot - 1 };
}

/* One comparison: where it is, and where to go on */
struct test {
	struct chains *chains;
	uint32_t low, high; /* the halves of the argument: their offsets */
	struct goal yes, no;
};

static struct test test_of(struct chains *c, uint32_t arg, struct goal yes,
			   struct goal no)
{
	uint32_t at = (uint32_t)(offsetof(struct seccomp_data, args) + arg * 8);
	uint32_t other = at + 4;

	return (struct test){ c, c->big_endian ? other : at, c->big_endian ? at : other,
			      yes, no };
}

/* Jump with what is known behind it: of the word at `offset`, that it is k or is not,
 * and that the half above is `high`, if that is not NULL */
static struct goal put_jump(const struct test *t, uint16_t op, uint32_t offset,
			    uint32_t k, struct goal yes, struct goal no,
			    const uint32_t *high)
{
	const struct fact above = { high ? t->high : WORD_NONE, high ? *high : 0, true };
	const struct fact here = { op == BPF_JEQ ? offset : WORD_NONE, k, true };
	struct known known = { offset, { here, above } };
	struct emitter *e = t->chains->emit;
	struct goal jt = emit_thread(e, yes, &known), jf;

	known.facts[0].equal = false;
	jf = emit_thread(e, no, &known);
	/* without a jump there is no load, and nothing is known */
	if (goal_same(jt, jf))
		return emit_jump(e, op, k, yes, no);
	return emit_jump(e, op, k, jt, jf);
}

/* The load in front of what was just put, if that is a jump at all */
static struct goal put_load(const struct test *t, uint32_t offset, size_t before,
			    struct goal jump)
{
	if (t->chains->emit->n == before)
		return jump;
	return emit_load(t->chains->emit, offset, jump);
}

/* Equality of one half under a mask */
static struct goal put_equal(const struct test *t, uint32_t offset, uint32_t mask,
			     uint32_t k, struct goal yes, const uint32_t *high)
{
	struct emitter *e = t->chains->emit;
	size_t before = e->n;
	struct goal jump;

	if (mask == 0)
		return yes;
	if (mask == UINT32_MAX)
		return put_load(t, offset, before,
				put_jump(t, BPF_JEQ, offset, k, yes, t->no, high));
	if (k == 0)
		return put_load(t, offset, before,
				put_jump(t, BPF_JSET, offset, mask, t->no, yes, high));
	jump = emit_jump(e, BPF_JEQ, k, yes, t->no);
	if (e->n == before)
		return jump;
	return emit_load(e, offset, emit_before(e, BPF_ALU | BPF_AND | BPF_K, mask));
}

static struct goal write_equal(const struct test *t, const struct cond *cond, bool wide)
{
	const uint32_t mask = (uint32_t)(cond->mask >> 32);
	const uint32_t high = (uint32_t)(cond->datum >> 32);
	const bool whole = wide && mask == UINT32_MAX;
	struct goal low = put_equal(t, t->low, (uint32_t)cond->mask,
				    (uint32_t)cond->datum, t->yes, whole ? &high : NULL);

	return wide ? put_equal(t, t->high, mask, high, low, NULL) : low;
}

/* op: BPF_JGT or BPF_JGE */
static struct goal write_order(const struct test *t, const struct cond *cond, uint16_t op,
			       bool wide)
{
	const uint32_t high = (uint32_t)(cond->datum >> 32);
	struct emitter *e = t->chains->emit;
	size_t before = e->n;
	struct goal jump = put_jump(t, op, t->low, (uint32_t)cond->datum, t->yes, t->no,
				    wide ? &high : NULL);
	struct goal low = put_load(t, t->low, before, jump);

	if (!wide)
		return low;
	before = e->n;
	jump = put_jump(t, BPF_JEQ, t->high, high, low, t->no, NULL);
	/* the word stays loaded for the second jump */
	jump = put_jump(t, BPF_JGT, t->high, high, t->yes, jump, NULL);
	return put_load(t, t->high, before, jump);
}

/* A condition; wide: 64 bits of it */
static struct goal write_cond(struct chains *c, const struct cond *cond, bool wide,
			      struct goal yes, struct goal no)
{
	struct test holds = test_of(c, cond->arg, yes, no);
	struct test fails = test_of(c, cond->arg, no, yes);

	switch (cond->op) {
	case SCMP_CMP_GT:
		return write_order(&holds, cond, BPF_JGT, wide);
	case SCMP_CMP_GE:
		return write_order(&holds, cond, BPF_JGE, wide);
	case SCMP_CMP_LE:
		return write_order(&fails, cond, BPF_JGT, wide);
	case SCMP_CMP_LT:
		return write_order(&fails, cond, BPF_JGE, wide);
	case SCMP_CMP_NE:
		return write_equal(&fails, cond, wide);
	default:
		return write_equal(&holds, cond, wide);
	}
}

static struct goal written(struct chains *c, struct goal goal)
{
	return goal.kind == GOAL_CHAIN ? c->links.items[goal.at].written : goal;
}

static void write_link(struct chains *c, struct link *link)
{
	const struct conds_set *set = &c->sets.items[link->conds];
	const struct goal no = written(c, link->next);
	struct goal yes = { GOAL_VERDICT, link->verdict };

	for (size_t i = set->conds.n; i-- > 0;)
		yes = write_cond(c, &set->conds.items[i], set->wide, yes, no);
	link->written = yes;
	link->done = true;
}

/* A chain may be long: no recursion */
struct goal chain_write(struct chains *c, struct goal goal)
{
	LIST(uint32_t) todo = { NULL, 0 };

	for (struct goal at = goal; at.kind == GOAL_CHAIN;) {
		const struct link *link = &c->links.items[at.at];

		if (link->done)
			break;
		*list_add(c->arena, &todo) = at.at;
		at = link->next;
	}
	while (todo.n > 0 && !c->emit->full)
		write_link(c, &c->links.items[todo.items[--todo.n]]);
	return written(c, goal);
}
