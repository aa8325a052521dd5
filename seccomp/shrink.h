/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Smaller programs for the same decisions. Part of seccomp/; runs in the program, when a
 * profile is compiled and not in the cache.
 *
 * Theory. The kernel needs about 0.2 us for each instruction of a filter that it loads,
 * and `start` waits for that. libseccomp compares with the number of each system call,
 * but those that an engine lets through lie in few ranges. So the program is asked what
 * it does with all architectures and numbers (program.h), and written anew as a search
 * among ranges; from the first load of an argument on, its instructions are copied. At
 * the end both programs are compared for all calls, and the new one is used only when
 * they decide the same: no mistake here can change a decision.
 */
#ifndef SECCOMP_SHRINK_H
#define SECCOMP_SHRINK_H

#include "seccomp/filter.h"

/* Replace f->code by a smaller program, in the arena, that decides the same for every
 * possible call. false: left as it was, as there is none, or the program does something
 * unexpected (computes with the number, uses memory), or to look takes too long. */
bool filter_shrink(struct filter *f, struct arena *a);

#endif
