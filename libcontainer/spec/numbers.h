/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of CPUs and of memory nodes: "0-3,7". Pure. */
#ifndef SPEC_NUMBERS_H
#define SPEC_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than any kernel is built for (NR_CPUS, MAX_NUMNODES) */
#define NUMBERS_CPUS  8192
#define NUMBERS_NODES 1024

#define NUMBERS_WORDS(max) ((max) / 64)

/* Set in bits (bit N of an array of words, zeroed by the caller) each number of the list,
 * all of which must be below max. Blanks around an item and empty items are fine, as runc
 * has it. False when it is no such list, a range goes down or it has no number at all. */
bool numbers_read(const char *text, size_t max, uint64_t *bits) __attribute__((nonnull));

#endif
