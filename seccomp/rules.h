/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A profile's rules with numbers instead of words, for all architectures. Part of
 * seccomp/; runs in the program.
 */
#ifndef SECCOMP_RULES_H
#define SECCOMP_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "seccomp/profile.h"

#define ARGS_MAX 6 /* of a system call */

/* (argument & mask) compared with datum */
struct cond {
	uint32_t arg;
	int op; /* enum scmp_compare */
	uint64_t mask, datum;
};

/* Conditions on different arguments, which must all hold; by rising argument */
struct conds {
	struct cond items[ARGS_MAX];
	uint32_t n;
};
typedef LIST(struct conds) conds_list_t;

/* One of the profile's syscalls[]: any of `any` must hold, the first first */
struct rule {
	const strings_t *names;
	uint32_t action;
	bool idle; /* the action is the default: its names are known, no more */
	conds_list_t any;
};

struct rules {
	uint32_t default_action;
	LIST(struct rule) list;
	LIST(uint32_t) arches; /* SCMP_ARCH_*, each once, the native one first */
};

/* Read the profile. Conditions on different arguments must all hold; as soon as one
 * argument has two of them, each condition is an alternative of its own, as in runc.
 * Errors have the JSON path. */
int rules_read(const struct profile *p, struct arena *a, struct rules *out,
	       struct err *e);

#endif
