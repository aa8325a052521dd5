/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts that are added to a running container, or taken away. Runs in init. */
#ifndef INIT_ADDED_H
#define INIT_ADDED_H

#include "libcontainer/init/init.h"

/* Open, in the container's user namespace but with the runtime's tree, what the host's
 * side could not: for ordinary users. Joins that user namespace. */
int added_open(struct inside *in, struct err *e);

/* Mount i of the plan is attached, and fd is it; the fd stays open. Nothing to do for a
 * new container. */
void added_keep(struct inside *in, size_t i, int fd);

/* Undo what is attached so far. Returns -1; e, which says why, also tells what could not
 * be undone. */
int added_undo(struct inside *in, struct err *e);

/* MOUNT_DETACH: is it what is on top of its target? Nothing is changed yet; one that the
 * container has unmounted itself is fine. ESTALE: something else is there. */
int added_check(struct inside *in, size_t i, const struct plan_mount *m, struct err *e);

#endif
