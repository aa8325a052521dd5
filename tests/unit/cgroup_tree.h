/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cgroup2 tree of the machine that the tests run on */
#ifndef TESTS_UNIT_CGROUP_TREE_H
#define TESTS_UNIT_CGROUP_TREE_H

#include <linux/magic.h>
#include <sys/vfs.h>

#include "base/arena.h"

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

#endif
