/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps about plan/attributes.h. Runs in init, as root of the container and before
 * the filter: who asks for more than the host gave needs CAP_SYS_NICE. They hold over
 * execve(2).
 */
#include "base/sys.h"
#include "libcontainer/init/init.h"
#include "libcontainer/init/sched.h"

int step_CPUS(struct inside *in, struct err *e)
{
	return cpus_set(in->plan->process.attributes.cpus,
			"process.execCPUAffinity.final", e);
}

int step_SCHEDULER(struct inside *in, struct err *e)
{
	return scheduler_set(in->plan->process.attributes.scheduler, 0, e);
}

int step_IO_PRIORITY(struct inside *in, struct err *e)
{
	return io_priority_set(in->plan->process.attributes.io_priority, 0, e);
}

int step_PERSONALITY(struct inside *in, struct err *e)
{
	const struct plan_attributes *a = &in->plan->process.attributes;
	long r = sys_personality(a->personality);

	return r < 0 ? err_set(e, (int)-r, "linux.personality: set %s",
			       a->personality_name)
		     : 0;
}

/* ENOSYS: the kernel has no NUMA. EINVAL: a node is not there, or the mode does not take
 * these flags. */
int step_MEMORY_POLICY(struct inside *in, struct err *e)
{
	const struct plan_memory_policy *m = in->plan->process.attributes.memory;
	/* the kernel takes one bit less than it is told */
	size_t bits = m->nodes.n ? m->nodes.n * 64 + 1 : 0;
	long r = sys_set_mempolicy((int)m->mode, m->nodes.n ? m->nodes.bits : NULL, bits);

	return r < 0 ? err_set(e, (int)-r, "linux.memoryPolicy: set %s (0x%x)%s%s",
			       m->name, m->mode, m->nodes.n ? " of nodes " : "",
			       m->nodes.n ? m->nodes.text : "")
		     : 0;
}
