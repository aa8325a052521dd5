/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kernel settings: sysctls, oom_score_adj, clocks. Runs in init, before anything of the
 * image is attached.
 *
 * Theory. A write to a path in /proc is worth an attack: a mount over it turns it into
 * another file, real or false (CVE-2025-52881, CVE-2019-16884). So: the runtime's own
 * /proc, by the fd that the host opened; checked to be a procfs and its root; no link
 * and no mount on the way; or a procfs that we have made. What sysctls either shows are
 * those of the process that looks, i.e. of our namespaces.
 */
#include "libcontainer/init/procfiles.h"

#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/sys.h"
#include "libcontainer/init/mount.h"

#define PROC_MAGIC    0x9fa0 /* PROC_SUPER_MAGIC */
#define PROC_ROOT_INO 1

int proc_check(const struct inside *in, struct err *e)
{
	struct statfs fs;
	struct statx st;
	long r;

	r = sys_fstatfs(in->proc, &fs);
	if (r == 0)
		r = sys_statx(in->proc, "", AT_EMPTY_PATH, STATX_INO, &st);
	if (r < 0)
		return err_set(e, (int)-r, "look at the runtime's /proc");
	if (fs.f_type != PROC_MAGIC || st.stx_ino != PROC_ROOT_INO)
		return err_set(e, ENODEV, "the runtime's /proc is not a procfs");
	return 0;
}

int proc_self(const struct inside *in, char *buf, size_t size, struct err *e)
{
	long r = sys_readlinkat(in->proc, "self", buf, size - 1);

	if (r < 0)
		return err_set(e, (int)-r, "read the link self in the runtime's /proc");
	buf[r] = '\0';
	return 0;
}

long proc_open(int proc, const char *path)
{
	struct open_how how = {
		.flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS |
			   RESOLVE_NO_SYMLINKS,
	};

	return sys_openat2(proc, path, &how);
}

long proc_put(int fd, const char *value)
{
	long n = sys_write(fd, value, strlen(value));

	if (n < 0)
		return n;
	return (size_t)n == strlen(value) ? 0 : -EIO;
}

static long proc_write(int proc, const char *path, const char *value)
{
	autofd fd = (int)proc_open(proc, path);

	return fd < 0 ? fd : proc_put(fd, value);
}

int oom_write(struct inside *in, struct err *e)
{
	const struct plan_process *process = &in->plan->process;
	char pid[16], path[48];
	long r;

	if (!process->oom_score_adj)
		return 0;
	if (proc_check(in, e) < 0)
		return -1;
	if (proc_self(in, pid, sizeof(pid), e) < 0)
		return -1;
	fmt_text(path, sizeof(path), "%s/oom_score_adj", pid);
	r = proc_write(in->proc, path, process->oom_score_adj);
	if ((r == -EACCES || r == -EPERM) && process->oom_may_fail)
		return 0;
	if (r < 0)
		return err_set(e, (int)-r, "set oom_score_adj to %s",
			       process->oom_score_adj);
	return 0;
}

static int clocks_try(struct inside *in, int *fd, struct err *e)
{
	char pid[16], path[48];

	if (proc_check(in, e) < 0 || proc_self(in, pid, sizeof(pid), e) < 0)
		return -1;
	fmt_text(path, sizeof(path), "%s/timens_offsets", pid);
	*fd = (int)proc_open(in->proc, path);
	return *fd < 0 ? err_set(e, -*fd, "linux.timeOffsets: open timens_offsets") : 0;
}

int clocks_open(struct inside *in, int *fd, struct err *e)
{
	bool own = !in->plan->by_host_root;

	if (!in->plan->time_offsets)
		return 0;
	if (own && dumpable_set(true, e) < 0)
		return -1;
	if (clocks_try(in, fd, e) < 0)
		return -1;
	return own ? dumpable_set(false, e) : 0;
}

int clocks_write(struct inside *in, int fd, struct err *e)
{
	long r = proc_put(fd, in->plan->time_offsets);

	return r < 0 ? err_set(e, (int)-r, "linux.timeOffsets: write to timens_offsets")
		     : 0;
}

/* The mount that is a whole procfs of the container's own; mounts.n: there is none */
static size_t own_procfs(const struct inside *in)
{
	const struct plan *p = in->plan;
	size_t i;

	for (i = 0; i < p->mounts.n; i++) {
		const struct plan_mount *m = &p->mounts.items[i];

		if (m->kind == MOUNT_NEW && !strcmp(m->type, "proc") &&
		    !m->data.n && !m->fallback && in->kit->mounts[i] < 0)
			break;
	}
	return i;
}

/*
 * The container's procfs is made before its turn where there are sysctls to write. The
 * host's would do, but it has a name of each sysctl for each network namespace, in one
 * list, which the kernel walks: beside 1000 containers that takes longer than all the
 * rest. Nobody has been in this one, and the files are the same.
 */
static int sysctl_root(struct inside *in)
{
	size_t i = own_procfs(in);
	struct err why;

	in->early_at = i;
	if (i < in->plan->mounts.n)
		in->early = mount_new(&in->plan->mounts.items[i], -1, &why);
	return in->early >= 0 ? in->early : in->proc;
}

int procfs_early(struct inside *in, size_t i)
{
	return i == in->early_at ? fd_take(&in->early) : -1;
}

int step_PROC_FILES(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;
	int proc;
	long r;

	/* with JOIN it is done, see there; where root gives us ids, it did this as well:
	 * to open the file, its user namespace would have to be ours */
	if (!plan_wants(p, STEP_JOIN) && !(p->root_by_host && p->ids.way != MAP_NONE) &&
	    oom_write(in, e) < 0)
		return -1;
	if (p->sysctls.n && proc_check(in, e) < 0)
		return -1;
	proc = p->sysctls.n ? sysctl_root(in) : -1;
	LIST_EACH (s, &p->sysctls) {
		r = proc_write(proc, s->path, s->value);
		if (r < 0)
			return err_set(e, (int)-r,
				       "linux.sysctl.%s: write \"%s\" to /proc/%s",
				       s->name, s->value, s->path);
	}
	return 0;
}
