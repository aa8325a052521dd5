/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The device filter of a cgroup: linux.resources.devices as a BPF program
 * (BPF_PROG_TYPE_CGROUP_DEVICE, Linux 4.15), which the kernel asks at each open and
 * mknod. Runs in the program on the host's side; needs no controller, so it works on
 * hybrid hosts, too.
 *
 * With the systemd driver it is the same: systemd is told nothing about devices. Then it
 * attaches no filter of its own, leaves ours alone when it reloads or executes itself
 * anew (it takes only its own programs away), and the rules can be replaced as they can
 * elsewhere. To hand a pinned program to systemd (BPFProgram=) gains nothing, and leaves
 * it to systemd when the program is attached.
 */
#ifndef CGROUPS_DEVICES_H
#define CGROUPS_DEVICES_H

#include "base/err.h"
#include "cgroups/cgroup.h"
#include "cgroups/resources.h"

/*
 * Make the program and attach it to the cgroup. c->filter holds it, so that cgroup_done()
 * can take it away again; else it stays as long as the cgroup lives, which may be longer
 * than the container: devices_drop().
 *
 * Of the rules that name a device, the last decides, for each of r, w and m alone; what
 * none allows is denied. Behind the document's rules come those of the specification's
 * default devices (config-linux.md) and mknod of anything, as in runc. r NULL or
 * without rules: only these are allowed.
 *
 * Fails with EPERM where the caller may not load programs (in a user namespace), EINVAL
 * for a rule that makes no sense, E2BIG for more than 990 of them.
 */
int devices_apply(struct cgroup *c, const struct resources *r, struct err *e);

/* Take away what devices_apply() attached (c->filter), if it did */
void devices_detach(struct cgroup *c);

/* Take the programs away that the process `creator` attached to the cgroup with
 * devices_apply() (their name holds its pid), as far as the caller may (CAP_SYS_ADMIN).
 * At most 64 can be attached to one cgroup, so none may be left to collect. */
void devices_drop(const struct cgroup *c, pid_t creator);

/*
 * Put new rules in the place of those that devices_apply() attached when the process
 * `creator` called it, at once (BPF_F_REPLACE, Linux 5.6): nobody meets a moment without
 * a filter. Attaches one when there is none. r without rules: the default devices only.
 */
int devices_replace(const struct cgroup *c, pid_t creator, const struct resources *r,
		    struct err *e);

/* Whether the rules allow everything anyway: then there is nothing to apply */
bool devices_allow_all(const struct resources *r);

#endif
