/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directories of overlays */
#ifndef PLAN_MOUNT_OVERLAY_H
#define PLAN_MOUNT_OVERLAY_H

#include "libcontainer/plan/draft.h"

/* The longest value that fsconfig(2) takes (fs/fsopen.c) */
#define MOUNT_VALUE_MAX 255

/* For an overlay, nothing to do for others: all directories must be absolute; too many
 * lower ones become an option each. */
int mount_overlay(struct draft *d, struct plan_mount *m, struct err *e);

#endif
