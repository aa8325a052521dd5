/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The code generator: from rules to the instructions of a filter. Part of seccomp/; runs
 * in the program.
 *
 * Theory. The program asks for the architecture, then searches for the number among
 * ranges (table.h) by halves, then asks for arguments (chain.h); emit.h writes it. The
 * first rule that holds wins.
 *
 * libseccomp's own compiler is not used: it needs a hundred times as long, its programs
 * are five times as long, and the kernel needs that much longer to load them, while
 * `start` waits. The tests compare the decisions of both, for all that can be asked. They
 * differ in one thing: where several rules with different actions hold for a call,
 * libseccomp's answer comes from the order in its tree, a rule without conditions
 * replaces those before it that have some, and one that it finds contradictory is lost,
 * on all architectures.
 */
#ifndef SECCOMP_GENERATE_H
#define SECCOMP_GENERATE_H

#include <linux/filter.h>

#include "base/arena.h"
#include "seccomp/rules.h"

/* The program, in the arena a. Returns how many instructions it has; 0: more than
 * BPF_MAXINSNS. All architectures have one byte order, which the program is for. */
size_t generate(const struct rules *r, struct arena *a, struct sock_filter **code);

#endif
