/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whole files: read, written, replaced, always relative to a directory fd (AT_FDCWD for
 * the current one), always O_CLOEXEC. Errors name the path as it was given.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

/* Read all of a regular file (else EINVAL) of at most `max` bytes into the arena, NUL
 * behind it; *len may be NULL. Fails with EFBIG when it is longer. */
char *file_read(struct arena *a, int dir, const char *path, size_t max, size_t *len,
		struct err *e);

/* Read all that an fd gives (a pipe too) from where it stands; as file_read() */
char *file_read_fd(struct arena *a, int fd, const char *what, size_t max, size_t *len,
		   struct err *e);

/* Read at most size - 1 bytes of a small file (of /proc, of cgroups) into buf, NUL behind
 * them, a trailing newline removed. Returns the length. */
int file_get(int dir, const char *path, char *buf, size_t size, struct err *e);

/* Write text to an existing file with one write(2): the kernel parses such files whole */
int file_put(int dir, const char *path, const char *text, struct err *e);

/* Make or replace a file: written to a new name (O_EXCL), then renamed over `path`.
 * Nothing stays behind on failure. */
int file_replace(int dir, const char *path, unsigned mode, const void *text, size_t len,
		 struct err *e);

/* Whether our effective ids have the permissions `mode` of access(2). Where a container's
 * filter around us does not know faccessat2(2), the real ones are asked about. */
bool file_may(const char *path, int mode);

/* mkdir -p: each missing directory is made with `mode`. `path` must not end in '/'. */
int dir_make_all(int dir, const char *path, unsigned mode, struct err *e);

/* Remove a directory and all below it, without following links or crossing into
 * mounts. ENOENT is success. */
int dir_remove_all(int dir, const char *path, struct err *e);

#endif
