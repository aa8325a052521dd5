/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must be true of every plan, whatever document and host it comes from: it is the
 * message from the host to init, which believes it.
 */
#ifndef TESTS_FUZZ_PLAN_CLAIM_H
#define TESTS_FUZZ_PLAN_CLAIM_H

#include "libcontainer/plan/plan.h"

/* All of it lies in the arena, which is the only memory that init has in common with the
 * host; paths inside are absolute and do not climb; numbers are those that the kernel
 * takes; what excludes each other is not there together. Ends the process if not. */
void plan_claim(const struct plan *p, const struct arena *a);

#endif
