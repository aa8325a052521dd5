/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths as the command line gives them. Runs in the program. */
#ifndef SRC_PATH_H
#define SRC_PATH_H

#include "base/arena.h"
#include "base/err.h"

/* path, absolute, without "." and doubled slashes (".." stays: only the kernel knows
 * what is above a symbolic link), in the arena. Fails where the working directory has
 * no path. */
char *path_absolute(struct arena *a, const char *path, struct err *e);

#endif
