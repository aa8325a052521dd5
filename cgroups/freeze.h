/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stopping all processes of a cgroup, and letting them go on (cgroup.freeze, Linux 5.2).
 * Runs in the program, on the host's side. */
#ifndef CGROUPS_FREEZE_H
#define CGROUPS_FREEZE_H

#include "base/err.h"
#include "cgroups/cgroup.h"

/*
 * Freeze it and wait, by poll(POLLPRI) on cgroup.events, until it is, at most
 * timeout_ms: else ETIMEDOUT, the error names the processes that did not stop, and it is
 * thawed again, as after every other failure. Signals that would end us wait meanwhile,
 * so that nothing is left frozen in between: one that comes thaws it (EINTR), and ends us
 * after that.
 */
int cgroup_freeze(const struct cgroup *c, int timeout_ms, struct err *e);

/* Let all go on, and wait likewise; signals are not held back. ETIMEDOUT: a cgroup above
 * it is frozen, too. */
int cgroup_thaw(const struct cgroup *c, int timeout_ms, struct err *e);

/* Wait, for ever, until somebody else has thawed it, or the process of that pidfd has
 * ended. Freezes and thaws nothing; signals are not held back. */
int cgroup_wait_thawed(const struct cgroup *c, int pidfd, struct err *e);

/* Whether somebody has begun to freeze it, and has not thawed it again, however far that
 * got: a SIGKILL may have ended cgroup_freeze(). -1: cannot tell. */
int cgroup_freezing(const struct cgroup *c, struct err *e);

#endif
