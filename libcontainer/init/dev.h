/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device nodes and their numbers. Runs in init. */
#ifndef INIT_DEV_H
#define INIT_DEV_H

#include <stdint.h>

#include "base/err.h"

/* The kernel's encoding of a device number for mknodat(2) (new_decode_dev()), which is
 * not libc's */
uint32_t dev_number(uint32_t major, uint32_t minor);

/* An fd of a file below `parent` to mount a device on, made when it is missing; owned by
 * the caller. What is there already will do if it is a file or a device, but no link: it
 * could lead to a file that must not be covered. `path` is for the error. */
int dev_target(int parent, const char *name, const char *path, struct err *e);

#endif
