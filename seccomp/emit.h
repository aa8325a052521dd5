/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The instructions of a filter, written from the end. Part of seccomp/; runs in the
 * program.
 *
 * Theory. In classic BPF all jumps lead forward. So a program is written backwards: the
 * targets of a jump are there before it, and what several jumps lead to is written once.
 * A jump with a condition reaches 255 instructions: what is farther away gets a jump
 * without one (BPF_JA) that is near, or, if it only returns, is written again.
 *
 * Whoever jumps knows something: which word is loaded, and what a comparison said of it.
 * A jump to a comparison that this decides goes on to where that leads, and one to a load
 * of what is loaded behind it. What nobody jumps to any more is left out at the end.
 */
#ifndef SECCOMP_EMIT_H
#define SECCOMP_EMIT_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define EMIT_MAX 65535 /* instructions, before unused ones are left out */

/* Where to go on */
struct goal {
	enum {
		GOAL_VERDICT, /* at: what the filter returns, SECCOMP_RET_* */
		GOAL_PLACE,   /* at: an instruction, counted from the program's end */
		GOAL_CHAIN,   /* chain.h's: conditions that are not yet written */
	} kind;
	uint32_t at;
};
bool goal_same(struct goal a, struct goal b);

struct seat;
struct emitter {
	struct sock_filter *code; /* backwards: [0] is the last one */
	uint32_t *bridges;	  /* for each: 1 + the last BPF_JA that leads there */
	size_t n;
	bool full; /* there were more than EMIT_MAX: the code is of no use */
	struct seat *seats;
	size_t seats_size;
	struct arena *arena;
};

/* Start a program that has at most so many different verdicts */
void emit_open(struct emitter *e, size_t verdicts, struct arena *a);

/* What the jumping one knows of the words of struct seccomp_data, by their offset */
#define WORD_NONE UINT32_MAX
struct fact {
	uint32_t offset, k; /* WORD_NONE: no fact */
	bool equal;	    /* the word is k, or is not k */
};
struct known {
	uint32_t loaded; /* WORD_NONE: nothing that is known */
	struct fact facts[2];
};

/* Where a jump to `goal`, a load or a verdict, may lead at once */
struct goal emit_thread(const struct emitter *e, struct goal goal,
			const struct known *known);

/* A comparison of what is loaded (BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET) with k; when both
 * ways lead to one goal, that goal */
struct goal emit_jump(struct emitter *e, uint16_t op, uint32_t k, struct goal when_true,
		      struct goal when_false);

/* An instruction in front of the last one written */
struct goal emit_before(struct emitter *e, uint16_t code, uint32_t k);

/* Load the word at this offset, then go to `next`, which a load or a jump of emit_...()
 * is; before a verdict nothing is loaded */
struct goal emit_load(struct emitter *e, uint32_t offset, struct goal next);

/* The program that starts with `goal`, in the right order, without what is not used.
 * Returns how many instructions, 0 when there were too many. */
size_t emit_close(struct emitter *e, struct goal goal, struct sock_filter **code);

#endif
