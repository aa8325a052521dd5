/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The document's words and libseccomp's numbers for them. Part of seccomp/; runs in the
 * program.
 */
#ifndef SECCOMP_WORDS_H
#define SECCOMP_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* The action with its number, which is EPERM unless given. Fails for an unknown word
 * and for a number that the action does not take. `path` names the object in the document
 * that holds them. */
int word_action(const char *word, struct opt_u64 errno_ret, uint32_t *action,
		const char *path, struct err *e);

/* The operator, enum scmp_compare; false when unknown */
bool word_operator(const char *word, int *op);

/* The architecture, SCMP_ARCH_*; false when this libseccomp does not know it */
bool word_arch(const char *word, uint32_t *token);

/* SECCOMP_FILTER_FLAG_* for seccomp(2); false when unknown */
bool word_flag(const char *word, uint32_t *flag);

/* Whether the kernel takes the flag */
bool flag_supported(uint32_t flag);

#endif
