/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts that later steps look into: masks, read-only paths, devices. Runs in init.
 *
 * Theory. A directory on which something is mounted here can still be renamed from
 * another mount namespace, and takes the mount along: who can write to the directory that
 * holds it (a root that two containers share) moves our /proc elsewhere behind our back
 * and puts a link or another directory in its place. Masks that are looked up by name
 * then lie there, and /proc has none (the race of CVE-2023-27561, CVE-2025-31133). So a
 * path that the document has below one of its mounts is looked up from the mount itself,
 * wherever that is by now.
 */
#ifndef INIT_HELD_H
#define INIT_HELD_H

#include "libcontainer/init/init.h"

/* Whether a later step of the plan looks into m */
bool held_wanted(const struct plan *p, const struct plan_mount *m);

/* Remember the fd of a mount that is attached; it stays open until READY. E2BIG: there
 * are more than HELD_MAX. */
int held_keep(struct inside *in, const struct plan_mount *m, int fd, struct err *e);

/* The fd of m, -1: it is not held. Lent. */
int held_fd(const struct inside *in, const struct plan_mount *m);

/* Where to look for a clean path from: the last of the mounts that it lies in, or else
 * the container's root. *rest: the path from there. Lent. */
int held_dir(const struct inside *in, const char *path, const char **rest);

/* An O_PATH fd of the path, owned by the caller, or -errno. Links in a mount that lead
 * out of it are followed from the container's root. */
long held_open(const struct inside *in, const char *path);

#endif
