/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mount calls that several steps make, all on fds. Runs in init. */
#ifndef INIT_MOUNT_H
#define INIT_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "libcontainer/plan/plan.h"

/* Change the attributes (MOUNT_ATTR_*) and the propagation (MS_*, 0: as it is) of
 * the mount that fd is, or of all below it too. Nothing to change is no call. 0 or
 * -errno. */
long mount_change(int fd, uint64_t set, uint64_t clear, uint64_t propagation,
		  bool recursive);

/* Attach the detached mount fd on what the O_PATH fd target is. 0 or -errno. */
long mount_attach(int fd, int target);

/* Give a mount that is still detached, or one that is there already, the attributes and
 * the propagation that m wants. by_host: it is a clone made in the runtime's mount
 * namespace. 0 or -errno. */
long mount_dress(const struct plan *p, const struct plan_mount *m, int fd, bool by_host);

/* What tells a mount from all others: an id that is never used again where the kernel
 * has it (Linux 6.8, above 2^31), else the one of mountinfo. -errno; ESTALE: the fd is
 * not the root of a mount. *dir: that root is a directory. */
int64_t mount_id(int fd, bool *dir);

/* A detached copy of the mount at (dir, path), of a subtree of it. An fd or -errno. */
long mount_clone(int dir, const char *path, bool recursive);

/* The same of what m binds */
long mount_clone_source(const struct plan_mount *m);

/* A new detached file system as m says, or an fd of m->fallback cloned. `mode` (-1:
 * none): the mode of its root, unless m->data has one. */
int mount_new(const struct plan_mount *m, int mode, struct err *e);

/* A small read-only tmpfs without anything in it, detached */
int mount_empty(struct err *e);

/* What a propagation has to be while the tree is built: pivot_root(2) refuses a shared
 * new root, and an unbindable one could not be cloned for masks. PIVOT sets the true
 * one. */
uint64_t propagation_early(uint64_t wanted);

#endif
