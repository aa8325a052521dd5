/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Detached mounts get the id map that the plan has for them: mount_setattr(2),
 * MOUNT_ATTR_IDMAP. Runs in the program for what the host makes, in init for the rest.
 */
#ifndef INIT_MAPPED_H
#define INIT_MAPPED_H

#include <stdbool.h>

#include "base/err.h"
#include "libcontainer/plan/plan.h"

/*
 * Map the ids of the detached mount fd as m says; nothing to do for IDMAP_NONE. The user
 * namespace for it is made by a child process that has ended when this returns, whatever
 * happens. proc: the runtime's /proc. `guest`: we are in the user namespace of a
 * container (see the Theory of mapped.c). Fails with EPERM (we are not privileged where
 * the file system was mounted, or its ids are mapped already), EINVAL (its type has no id
 * maps).
 */
int mapped_mount(const struct plan_mount *m, int fd, int proc, bool guest, struct err *e);

#endif
