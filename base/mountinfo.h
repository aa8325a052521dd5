/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of mounts that /proc/PID/mountinfo shows (proc(5)). Runs in the program. */
#ifndef BASE_MOUNTINFO_H
#define BASE_MOUNTINFO_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

/* One of its lines. The strings are parts of the text. */
struct mount_row {
	const char *id;
	const char *root;  /* what of the file system is mounted; unescaped */
	const char *point; /* where; unescaped */
	const char *type;  /* of the file system */
};

/* The whole of such a file, for mountinfo_next(); at most 64 MiB, in the arena */
char *mountinfo_read(const char *path, struct arena *a, struct err *e);

/* The next line of *text, which is cut in place and goes behind it. False at the end, and
 * at a line that is none. */
bool mountinfo_next(char **text, struct mount_row *row);

#endif
