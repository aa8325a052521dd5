/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Other programs: found in a list of directories, and started with nothing of ours that
 * they are not given, neither environment nor signals nor files. Who starts one also
 * waits for it. Runs in the program.
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"

/* The path of the executable file `name` in the first of the directories, between colons
 * as in PATH, that has it. One whose path is relative counts for nothing: it would be
 * that of whoever made it; nor does one that everybody may write to, or a file that is
 * so. NULL: nowhere. In the arena. */
char *program_find(const char *dirs, const char *name, struct arena *a);

/* A file that it gets */
struct program_file {
	int from; /* lent; -1: /dev/null */
	int to;
};

/*
 * Start it with these files, given out in order, and with the standard ones of ours that
 * are not among them; no others, if all of ours are O_CLOEXEC. No signal is blocked or
 * ignored. new_session: what the user types at a terminal is not for it. Returns 0 with
 * *pid, or the errno value of what went wrong; *pid is untouched then.
 */
int program_start(const char *path, char *const *argv, const struct program_file *files,
		  size_t n, bool new_session, pid_t *pid);

#endif
