/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The device filter of a cgroup: linux.resources.devices as a BPF program
 * (BPF_PROG_TYPE_CGROUP_DEVICE, Linux 4.15), which the kernel asks at each open and
 * mknod. Runs in the program on the host's side; needs no controller, so it works on
 * hybrid hosts, too.
 */
#ifndef CGROUPS_DEVICES_H
#define CGROUPS_DEVICES_H

#include "base/err.h"
#include "cgroups/cgroup.h"
#include "cgroups/resources.h"

/*
 * Make the program and attach it to the cgroup, where it stays as long as the cgroup
 * lives.
 *
 * Of the rules that name a device, the last decides, for each of r, w and m alone; what
 * none allows is denied. Behind the document's rules come those of the specification's
 * default devices (config-linux.md) and mknod of anything, as in runc. r NULL or
 * without rules: only these are allowed.
 *
 * Fails with EPERM where the caller may not load programs (in a user namespace), EINVAL
 * for a rule that makes no sense, E2BIG for more than 1000 of them.
 */
int devices_apply(const struct cgroup *c, const struct resources *r, struct err *e);

/* Whether the rules allow everything anyway: then there is nothing to apply */
bool devices_allow_all(const struct resources *r);

#endif
