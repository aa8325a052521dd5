/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A second wall around the program: Landlock. Runs in init, as the container's user.
 *
 * Theory. Mounts say what there is, and hold as long as no mistake in the kernel lets a
 * process change them. Landlock judges each access once more, by rules that belong to the
 * process and that it can only make stricter. What the kernel does not have yet is left
 * out (landlock(7), "ABI"): the first wall stands without it.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/sys.h"

/* <linux/landlock.h> of older systems lacks most of it */
#define CREATE_RULESET 444
#define ADD_RULE       445
#define RESTRICT_SELF  446
#define ONLY_VERSION   1U
#define PATH_BENEATH   1

#define FS_EXECUTE    (1ULL << 0)
#define FS_WRITE_FILE (1ULL << 1)
#define FS_READ_FILE  (1ULL << 2)
#define FS_READ_DIR   (1ULL << 3)
#define FS_FIRST      ((1ULL << 13) - 1) /* all of ABI 1 */
#define FS_REFER      (1ULL << 13)	 /* 2 */
#define FS_TRUNCATE   (1ULL << 14)	 /* 3 */
#define FS_IOCTL_DEV  (1ULL << 15)	 /* 5 */
#define SCOPES	      3ULL		 /* 6: abstract sockets and signals */

#define READ  (FS_EXECUTE | FS_READ_FILE | FS_READ_DIR)
#define FILES (READ | FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

struct ruleset {
	uint64_t fs, net, scoped; /* of the network nothing: that is its namespace's */
};

struct rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

static struct ruleset all_of(long abi)
{
	struct ruleset r = { .fs = FS_FIRST };

	if (abi >= 2)
		r.fs |= FS_REFER;
	if (abi >= 3)
		r.fs |= FS_TRUNCATE;
	if (abi >= 5)
		r.fs |= FS_IOCTL_DEV;
	if (abi >= 6)
		r.scoped = SCOPES;
	return r;
}

/* What is behind fs an older kernel does not know */
static size_t size_of(long abi)
{
	return abi >= 6 ? sizeof(struct ruleset) : sizeof(uint64_t);
}

/* What is not there needs no rule. Rights of directories are none of a file's. */
static int allow(int set, const char *path, uint64_t rights, struct err *e)
{
	autofd parent = (int)sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	struct rule rule = { .allowed = rights, .parent = parent };
	long r;

	if (parent < 0)
		return 0;
	r = SYS_(ADD_RULE, set, PATH_BENEATH, &rule, 0, 0, 0);
	if (r == -EINVAL) {
		rule.allowed = rights & (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE |
					 FS_TRUNCATE | FS_IOCTL_DEV);
		r = SYS_(ADD_RULE, set, PATH_BENEATH, &rule, 0, 0, 0);
	}
	return r < 0 ? err_set(e, (int)-r, "let it use %s", path) : 0;
}

static int allow_all(const struct plan *p, int set, uint64_t all, struct err *e)
{
	/* devices and files of processes: which there are is decided by mounts */
	if (allow(set, "/", READ, e) < 0 || allow(set, "/dev", all, e) < 0 ||
	    allow(set, "/proc", FILES & all, e) < 0)
		return -1;
	LIST_EACH (path, &p->landlock->write)
		if (allow(set, *path, all, e) < 0)
			return -1;
	return 0;
}

int step_LANDLOCK(struct inside *in, struct err *e)
{
	long abi = SYS_(CREATE_RULESET, NULL, 0, ONLY_VERSION, 0, 0, 0);
	struct ruleset all = all_of(abi);
	autofd set = -1;
	long r;

	if (abi < 1) /* not built in, or not switched on */
		return 0;
	set = (int)SYS_(CREATE_RULESET, &all, size_of(abi), 0, 0, 0, 0);
	if (set < 0)
		return err_set(e, -set, "make a ruleset");
	if (allow_all(in->plan, set, all.fs, e) < 0)
		return -1;
	r = SYS_(RESTRICT_SELF, set, 0, 0, 0, 0, 0);
	return r < 0 ? err_set(e, (int)-r, "keep to the ruleset") : 0;
}
