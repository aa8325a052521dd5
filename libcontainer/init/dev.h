/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device nodes. Runs in init. */
#ifndef INIT_DEV_H
#define INIT_DEV_H

#include "base/err.h"

/* An fd of a file below `parent` to mount a device on, made when it is missing; owned by
 * the caller. What is there already will do if it is a file or a device, but no link: it
 * could lead to a file that must not be covered. `path` is for the error. */
int dev_target(int parent, const char *name, const char *path, struct err *e);

#endif
