/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* linux.mountLabel */
#ifndef PLAN_MOUNT_LABEL_H
#define PLAN_MOUNT_LABEL_H

#include "libcontainer/plan/draft.h"

/* Can it be applied on this host: SELinux is on, and the annotation
 * run.oci.mount_context_type, if it is there, is a word for it */
int mount_label_check(const struct draft *d, struct err *e);

/* Add it to the options of m, if that is a new file system that takes one and has none */
void mount_label(struct draft *d, struct plan_mount *m);

#endif
