/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts that are not like others: kernel file systems that a container may not get, and
 * targets that nothing may be mounted on.
 */
#ifndef PLAN_PLAN_SPECIAL_H
#define PLAN_PLAN_SPECIAL_H

#include "libcontainer/plan/draft.h"

/* Change m, which is decided otherwise, as its type needs it: proc, sysfs, mqueue,
 * cgroup */
int special_mount(struct draft *d, struct plan_mount *m, struct err *e);

/* What m's target, a name only, asks of it. Fails when nothing may be mounted there. */
int special_target(struct plan_mount *m, struct err *e);

#endif
