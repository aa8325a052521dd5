/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capability sets and groups of this process. Runs in init. */
#ifndef INIT_CAPS_H
#define INIT_CAPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "libcontainer/plan/plan.h"

/* capset(2), bits by capability number. 0 or -errno. */
long caps_set(uint64_t effective, uint64_t permitted, uint64_t inheritable);

/* Our permitted set */
int caps_permitted(uint64_t *caps, struct err *e);

/* setgroups(2), unless the plan knows that it is denied. No groups where a user namespace
 * that was joined denies it: fine. */
int groups_set(const struct plan *p, size_t n, const uint32_t *groups, struct err *e);

#endif
