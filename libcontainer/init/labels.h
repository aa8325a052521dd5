/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Labels of the security modules (AppArmor, SELinux). Runs in init; hosted for tests. */
#ifndef INIT_LABELS_H
#define INIT_LABELS_H

#include "libcontainer/init/init.h"

/* Write what the process is from its next execve(2) on: AppArmor's profile and SELinux'
 * label (proc_pid_attr(5)). proc: a /proc that was checked; self: our number in it. The
 * text of an error names the file in backticks, as podman looks for it. */
int labels_exec(int proc, const char *self, const struct plan_process *p, struct err *e);

/* Write the label of keyrings that are made until then. Nothing to do without SELinux. */
int labels_key(int proc, const char *self, const struct plan_process *p, struct err *e);

/* Both, with all checks, for an exec: the process in the middle has the runtime's /proc
 * for the last time. What it clones inherits them (security_task_alloc()). */
int labels_early(struct inside *in, struct err *e);

/* The keyring's, where that was not done early */
int labels_keyring(struct inside *in, struct err *e);

#endif
