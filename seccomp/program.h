/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a filter's program does, for all calls that there can be. Part of seccomp/; runs
 * in the program.
 *
 * Theory. Until a program loads an argument, it only compares the call's number and its
 * architecture with constants, and jumps forward. So a run for one number and one
 * architecture also tells up to which values all goes the same way, and a few hundred
 * runs are exact for all 2^64 pairs. What does anything else (computes with the number,
 * uses memory) is not understood, which is no error. Arguments are not run: from the
 * first load of one on, programs are compared by their instructions.
 */
#ifndef SECCOMP_PROGRAM_H
#define SECCOMP_PROGRAM_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define PROGRAM_LOAD (BPF_LD | BPF_W | BPF_ABS)

struct program {
	struct sock_filter *code;
	size_t n;
};

/* Where a run comes to */
struct goal {
	enum {
		GOAL_LOST,    /* not understood, or too many steps */
		GOAL_VERDICT, /* at: what it returns, SECCOMP_RET_* */
		GOAL_SOURCE,  /* at: the instruction that loads an argument */
		GOAL_PLACE,   /* shrink.c's, of a program that is being written */
	} kind;
	uint32_t at;
};

/* A number and an architecture; and up to where other values go the same way, which a
 * run brings down: UINT32_MAX before the first one */
enum { POINT_NR, POINT_ARCH };
struct point {
	uint32_t value[2], last[2];
};

/* Run until it ends or loads an argument. *steps counts down. */
struct goal program_walk(const struct program *p, struct point *at, unsigned *steps);

/* Whether two programs give the same verdict for every call, or come to the same
 * instructions; jumps without a condition do not count. The arena is for notes. */
bool program_same(const struct program *one, const struct program *two, unsigned steps,
		  struct arena *a);

/* Whether it is a jump that compares for order or equality with a constant */
bool program_compares(const struct sock_filter *i);

#endif
