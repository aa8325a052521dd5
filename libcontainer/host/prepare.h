/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Plan -> kit: opens all that the plan names and that the host's side has to open, before
 * anything is cloned. Decides nothing, and changes nothing but the clones that it makes:
 * their ids are mapped (init/mapped.h).
 */
#ifndef HOST_PREPARE_H
#define HOST_PREPARE_H

#include "base/arena.h"
#include "base/err.h"
#include "libcontainer/plan/kit.h"

/* A kit with every fd -1, its arrays as long as the plan's, in the arena */
struct kit *kit_new(const struct plan *p, struct arena *a);

/* Open the runtime's /proc, the namespaces that are joined by path (ENOTTY and EINVAL:
 * not a namespace, or not of the type that is wanted; EPERM: it is the host's and the
 * container would change it), the rootfs and the sources of
 * bind mounts and of device nodes as detached clones (open_tree(2)) where the plan
 * wants the host to do it. All fds are O_CLOEXEC; the kit owns them. The filter and the
 * sockets are the caller's to add. */
int prepare(const struct plan *p, struct kit *k, struct err *e);

/* Close what the kit owns in this process: once, after the clone, when init has its
 * own, or when there will be none. It leaves the numbers alone: init reads them in
 * the same memory. */
void kit_done(const struct plan *p, const struct kit *k);

#endif
