/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a process is for the kernel's schedulers. Runs in init and in the program.
 *
 * All of it is inherited by fork(2) and stays over execve(2).
 */
#include "libcontainer/init/sched.h"

#include "base/sys.h"

int scheduler_set(const struct plan_scheduler *s, int pid, struct err *e)
{
	struct sys_sched_attr attr;
	long r;

	if (!s)
		return 0;
	attr = (struct sys_sched_attr){ .size = sizeof(attr),
					.policy = s->policy,
					.flags = s->flags,
					.nice = s->nice,
					.priority = s->priority,
					.runtime = s->runtime,
					.deadline = s->deadline,
					.period = s->period };
	r = sys_sched_setattr(pid, &attr);
	return r < 0 ? err_set(e, (int)-r,
			       "process.scheduler: set %s, nice %d, priority %u", s->name,
			       s->nice, s->priority)
		     : 0;
}

#define IOPRIO_WHO_PROCESS_ 1 /* <linux/ioprio.h> has it since 5.15 only */

int io_priority_set(const struct plan_io_priority *io, int pid, struct err *e)
{
	long r = io ? sys_ioprio_set(IOPRIO_WHO_PROCESS_, pid, io->value) : 0;

	return r < 0 ? err_set(e, (int)-r, "process.ioPriority: set %s, priority %d",
			       io->name, io->priority)
		     : 0;
}

int cpus_set(const struct plan_numbers *cpus, const char *where, struct err *e)
{
	long r =
		cpus ? sys_sched_setaffinity(0, cpus->n * sizeof(*cpus->bits), cpus->bits)
		     : 0;

	return r < 0 ? err_set(e, (int)-r, "%s: run on CPUs %s", where,
			       cpus->text ? cpus->text : "of any number")
		     : 0;
}
