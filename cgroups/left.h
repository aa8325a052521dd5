/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For errors: which processes of a cgroup did not do what was waited for, and what they
 * are doing instead. Runs in the program. */
#ifndef CGROUPS_LEFT_H
#define CGROUPS_LEFT_H

#include <stddef.h>

#include "cgroups/cgroup.h"

#define LEFT_TEXT 256

/* LEFT_AWAKE: only those with a thread that runs or is stuck in the kernel (states R and
 * D of proc(5)). Whatever else it does, a thread stops at once when it is frozen. */
enum left_which { LEFT_ALL, LEFT_AWAKE };

/*
 * " 12 (S, poll_schedule_timeout) 345 (D, request_wait_answer)": as many as fit, and
 * " ..." for the others. Of a process with many threads, the one that is stuck. Without
 * the state where /proc does not tell it, and without the kernel's function where it
 * doesn't (it takes the right to trace the process). Returns the number of all of them,
 * or of those that were seen in 2 s: then " ..." is behind the names, even if there are
 * none. Uses no arena: it may be called while the cgroup is frozen, and must come back.
 */
size_t left_names(const struct cgroup *c, enum left_which which, char text[LEFT_TEXT]);

#endif
