/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names inside the container's root. Everything in it belongs to somebody who may be
 * hostile, and who may change it while we look (a volume that is shared with another
 * container): so a name is resolved by the kernel, against the fd of the root, and what
 * is used later is the fd that comes out, never the name again.
 *
 * Runs in init; hosted for tests.
 */
#ifndef INIT_ROOT_H
#define INIT_ROOT_H

#include <stdint.h>

#include "base/err.h"

enum root_kind { ROOT_DIR, ROOT_FILE };

/* openat2(2) with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve and O_CLOEXEC |
 * flags: ".." and absolute links stay inside. Returns an fd, owned by the caller, or
 * -errno. EAGAIN (a rename or a mount came in between) is tried again, a bounded number
 * of times. */
long root_try(int root, const char *path, uint64_t flags, uint64_t resolve);

/* As root_try(), with an error that names the path */
int root_open(int root, const char *path, uint64_t flags, uint64_t resolve,
	      struct err *e);

/* An O_PATH fd of `path`, which is made when it is missing: directories with 0755 (umask
 * applies), a file with 0644. Links are followed as the container would, a dangling
 * one to what it names, unless resolve has RESOLVE_NO_SYMLINKS. What exists is
 * not changed, and its type is not checked. CVE-2024-45310, CVE-2019-18837. */
int root_make(int root, const char *path, enum root_kind kind, uint64_t resolve,
	      struct err *e);

/* An O_PATH fd of the directory that holds `path`, made when missing; *name is the last
 * component, inside `path`. Fails with EINVAL when that is empty, "." or "..". */
int root_parent(int root, const char *path, uint64_t resolve, const char **name,
		struct err *e);

#endif
