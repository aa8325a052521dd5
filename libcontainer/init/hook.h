/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running one hook. Used by init (createContainer, startContainer) and by the host
 * (prestart, createRuntime, poststart, poststop): raw system calls only, and no fd of
 * the caller reaches the hook.
 */
#ifndef INIT_HOOK_H
#define INIT_HOOK_H

#include "base/err.h"
#include "libcontainer/plan/plan.h"

/*
 * Run a hook and wait for it. It gets its own arguments and environment (nothing of
 * ours), the working directory of the caller, and three fds: the state document
 * (state_fd, read from its start; lent; -1: empty) and two memory files that catch what
 * it prints.
 *
 * Fails when it cannot be executed (the errno of execve), ends with another status than
 * 0, or is still running after h->timeout_ms, counted from its execve: then its process
 * group is killed. The text begins "error running <h->where>: ".
 */
int hook_run(const struct plan_hook *h, int state_fd, struct err *e);

/* Empty signal mask, all signals at their defaults, which ignored ones are not after an
 * execve. For hooks, and for init itself. */
void signals_reset(void);

/* All of a list, in order; the first failure ends it */
int hooks_run(const plan_hooks_t *hooks, int state_fd, struct err *e);

#endif
