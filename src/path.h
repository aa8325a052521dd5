/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths as the command line gives them. Runs in the program. */
#ifndef SRC_PATH_H
#define SRC_PATH_H

#include "base/arena.h"
#include "base/err.h"

/* path_absolute() of plan/path.h from the working directory. Fails where that has no
 * path. */
char *path_from_cwd(struct arena *a, const char *path, struct err *e);

#endif
