/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cgroup2 tree of the machine that the tests run on */
#ifndef TESTS_UNIT_CGROUP_TREE_H
#define TESTS_UNIT_CGROUP_TREE_H

#include <linux/magic.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/sys.h"
#include "cgroups/cgroup.h"

/* Where it is mounted; NULL: nowhere */
static const char *cgroup_tree(void)
{
	static const char *const mounts[] = { "/sys/fs/cgroup",
					      "/sys/fs/cgroup/unified" };
	struct statfs fs;

	for (size_t i = 0; i < ARRAY_LEN(mounts); i++)
		if (statfs(mounts[i], &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC)
			return mounts[i];
	return NULL;
}

/* A process born in the cgroup, which waits to be killed */
static inline pid_t born_in(const struct cgroup *c)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)c->fd };
	pid_t pid = (pid_t)sys_clone3(&args);

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

#endif
