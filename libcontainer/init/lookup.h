/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the user's program is, and what to say when it cannot be executed. Runs in init;
 * hosted for tests. */
#ifndef INIT_LOOKUP_H
#define INIT_LOOKUP_H

#include <stddef.h>

#include "base/err.h"

/*
 * Find a program as execvp(3) would, with two differences that Go's exec.LookPath has,
 * on which engines rely: entries of PATH that are empty or relative are left out, and a
 * file that is not executable is passed over. A name with a slash is taken as it stands,
 * relative to the working directory.
 *
 * Returns `name` itself or the path in buf; NULL with a plain error (the phrases that
 * engines look for). The check is made with the ids that the caller has now.
 */
const char *lookup_program(const char *name, const char *path, char *buf, size_t size,
			   struct err *e);

/* The words of strerror(3) for an error about the program or its working directory, which
 * engines turn into the statuses 126 and 127; NULL: none that they know. */
const char *lookup_phrase(int num);

/* The plain error for an execve(2) of `path`, which the user calls `name`, that gave
 * `num`. Returns -1. */
int lookup_exec_error(const char *name, const char *path, int num, struct err *e);

#endif
