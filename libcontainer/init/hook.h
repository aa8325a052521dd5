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

/* What hooks get as 0, 1 and 2; lent; -1: an empty file, or a memory file */
struct hook_fds {
	int state, out, err;
};
#define HOOK_FDS_NONE                                                                    \
	{                                                                                \
		-1, -1, -1                                                               \
	}

/*
 * Run a hook and wait for it. It gets its own arguments and environment (nothing of
 * ours), the working directory of the caller, and three fds: the state document (read
 * from its start) and two files for what it prints. Memory files are shown in the error;
 * others are the reader's.
 *
 * Fails when it cannot be executed (the errno of execve), ends with another status than
 * 0, or is still running after h->timeout_ms, counted from its execve: then its process
 * group is killed. The text begins "error running <h->where>: ".
 */
int hook_run(const struct plan_hook *h, const struct hook_fds *fds, struct err *e);

/* Empty signal mask, all signals at their defaults, which ignored ones are not after an
 * execve. For hooks, and for init itself. 0, or the negative errno. */
long signals_reset(void);

/* All of a list, in order; the first failure ends it */
int hooks_run(const plan_hooks_t *hooks, const struct hook_fds *fds, struct err *e);

#endif
