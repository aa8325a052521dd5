/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the filter does with a call whose number and architecture are known: conditions
 * on arguments, one rule after the other. Part of seccomp/; runs in the program.
 *
 * Theory. A rule with what follows when it does not hold is a link, and equal links are
 * one: so calls with the same rules share their code, and those with the same last rules
 * share these. Links are made from the last rule to the first, and written when somebody
 * jumps there for the first time.
 */
#ifndef SECCOMP_CHAIN_H
#define SECCOMP_CHAIN_H

#include "seccomp/emit.h"
#include "seccomp/rules.h"

struct link;
struct conds_set;

/* Equal things are one: an open hash of 1 + the position in a list */
struct index {
	uint32_t *slots;
	size_t size;
};

struct chains {
	struct emitter *emit;
	bool big_endian;
	LIST(struct conds_set) sets;
	LIST(struct link) links;
	struct index set_index, link_index;
	struct arena *arena;
};

void chains_open(struct chains *c, struct emitter *emit, bool big_endian,
		 struct arena *a);

/* The number of these conditions, equal for equal ones; 0: they always hold. Not wide: of
 * arguments and values the lower 32 bits count. */
uint32_t chain_conds(struct chains *c, const struct conds *conds, bool wide);

/* How many sets of conditions there are: all numbers are below it */
size_t chains_count(const struct chains *c);

/* If these conditions hold, the verdict; else on with next */
struct goal chain_link(struct chains *c, uint32_t conds, uint32_t verdict,
		       struct goal next);

/* The goal as a place or a verdict: what is not yet written, is */
struct goal chain_write(struct chains *c, struct goal goal);

#endif
