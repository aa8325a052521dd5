/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The document that `aril spec` writes: a safe start for a shell. Runs in the program;
 * pure. */
#ifndef SRC_SPEC_SAMPLE_H
#define SRC_SPEC_SAMPLE_H

#include <stdint.h>

#include "base/arena.h"
#include "libcontainer/spec/spec.h"

/* Who will run it without root: the container's root is that user */
struct spec_sample_user {
	uint32_t uid, gid;
};

/* The sample, in the arena; `user` NULL: for root. Valid by spec_check(). */
struct spec *spec_sample(const struct spec_sample_user *user, struct arena *a);

#endif
