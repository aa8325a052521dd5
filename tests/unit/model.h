/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model behind oracle.h: a list of rules, each of which is looked at for each call */
#ifndef TESTS_UNIT_MODEL_H
#define TESTS_UNIT_MODEL_H

#include <linux/audit.h>

#include "seccomp/generate.h"
#include "tests/unit/bpf.h"
#include "tests/unit/oracle.h"

#define X32_BIT 0x40000000U

/* A rule for one number; args: the conditions that must hold, all of them or one */
struct told {
	uint32_t arch, nr, order, action;
	const struct profile_arg *args;
	size_t n;
	bool wide, lost, mux;
	uint32_t selector; /* mux: what the first argument must be, whatever args say */
	const struct profile_call *call;
	const char *name;
	struct filter *alone; /* libseccomp's, with no other rule; made when asked for */
};

struct model {
	LIST(struct told) rules;
	uint32_t default_action;
	struct oracle_arches arches;
	int64_t newest[32]; /* of each of them: the greatest number that is named */
	struct arena *arena;
};

/* 0, or -1 for too many architectures */
int model_make(struct model *m, const struct profile *p,
	       const struct oracle_arches *arches, const lost_t *lost,
	       const struct rules *rules);

/* By architecture, number and order */
int told_order(const void *a, const void *b);

/* Whether the condition, of this rule, holds */
bool told_arg_holds(const struct told *t, const struct profile_arg *arg,
		    const struct seccomp_data *d);

/* What the model says of a call, whose rules are those n */
enum told_what { SAYS, SAYS_NEWER, SAYS_CONTRADICTION };
enum told_what model_ask(const struct model *m, const struct told *rules, size_t n,
			 const struct seccomp_data *d, uint32_t *verdict);

#endif
