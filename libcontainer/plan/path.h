/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths as text: nothing here asks a file system, so a link is not seen. What lies inside
 * an image is only ever opened through the root's fd (openat2(2)), which makes this safe.
 */
#ifndef PLAN_PATH_H
#define PLAN_PATH_H

#include <stdbool.h>

#include "base/arena.h"

/* An absolute path without "", "." and ".." as components, no '/' at the end but for
 * "/" itself. A relative one is taken from `base`, which is absolute; ".." stops at
 * "/". A copy. */
char *path_clean(struct arena *a, const char *base, const char *path)
	__attribute__((returns_nonnull, nonnull));

/* As path_clean(), but ".." stays where it is: of a path of the host, only the kernel
 * knows what is above a symbolic link */
char *path_absolute(struct arena *a, const char *base, const char *path)
	__attribute__((returns_nonnull, nonnull));

/* Is there a component ".." */
bool path_climbs(const char *path) __attribute__((nonnull));

/* Does a clean path lie below the clean `dir`, and is not `dir` itself */
bool path_below(const char *path, const char *dir) __attribute__((nonnull));

/* The clean path without its last component: "/a" of "/a/b", "/" of "/a" and "/". A
 * copy. */
char *path_parent(struct arena *a, const char *path)
	__attribute__((returns_nonnull, nonnull));

#endif
