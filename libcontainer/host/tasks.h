/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host's side does for a process that init sets up: hooks of the runtime's
 * namespaces, rlimits, the terminal's master to its socket, the pid file.
 */
#ifndef HOST_TASKS_H
#define HOST_TASKS_H

#include <sys/types.h>

#include "base/err.h"
#include "base/json_read.h"
#include "libcontainer/plan/plan.h"

/* Open the files that annotations name for what hooks print (run.oci.hooks.stdout and
 * stderr), to append to them; -1 where they don't. The caller owns both, also when it
 * fails. */
int hook_files_open(const pairs_t *annotations, int *out, int *err, struct err *e);

/* Run all hooks of a kind in order; `state` is the JSON that each gets on stdin; what
 * they print goes where annotations say. Stops at the first that fails: "error running
 * createRuntime hook #0: ...". */
int host_hooks(const plan_hooks_t *hooks, const char *state, const pairs_t *annotations,
	       struct err *e);

/* Run all, whatever happens; each failure goes to warn(to, text) (which may be NULL):
 * poststop */
void host_hooks_all(const plan_hooks_t *hooks, const char *state,
		    const pairs_t *annotations,
		    void (*warn)(void *to, const char *text), void *to);

/* Set the rlimits of init, where the plan says that it is ours to do: with
 * CAP_SYS_RESOURCE we may raise them where it may not */
int rlimits_set(const struct plan_process *p, pid_t pid, struct err *e);

/* Set scheduler and io priority of init, where the plan says that it is ours to do: in a
 * user namespace no capability is one over the host's CPUs */
int sched_set(const struct plan_process *p, pid_t pid, struct err *e);

/*
 * Run on the CPUs that the plan names for us; else on all that our cgroup lets us. The
 * child inherits that: since Linux 6.2 the kernel remembers what a process asked for, and
 * the CPUs of a service manager or an engine would bound the container as well.
 */
int cpus_take(const struct plan_process *p, struct err *e);

/* Set the oom_score_adj of init when it is in a new user namespace: there it may not
 * lower it, and only finds it as it shall be. Nothing to do when the plan has none. */
int oom_score_set(const struct plan_process *p, pid_t pid, struct err *e);

/* Connect to the socket at path and send the fd, with the name of the terminal as the
 * payload */
int console_send(const char *path, int master, struct err *e);

/* Connect to the socket at path and send the pidfd, with a payload that tells what it is
 * of: "standard", a container's first process, or "setns", an exec's */
int pidfd_send(const char *path, const char *payload, int pidfd, struct err *e);

/* Write the pid as decimal without a newline: whole, or not at all */
int pid_file_write(const char *path, pid_t pid, struct err *e);

#endif
