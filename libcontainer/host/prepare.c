/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens what the plan names; runs in the program */
#include "libcontainer/host/prepare.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "libcontainer/init/mapped.h"
#include "libcontainer/init/mount.h"

static int *no_fds(struct arena *a, size_t n)
{
	int *fds = arena_array(a, int, n + 1);

	for (size_t i = 0; i <= n; i++)
		fds[i] = -1;
	return fds;
}

struct kit *kit_new(const struct plan *p, struct arena *a)
{
	struct kit *k = arena_new(a, struct kit);

	k->sync = k->start = k->life = k->proc = k->root = k->pidfd = -1;
	k->hook_out = k->hook_err = -1;
	k->mounts = no_fds(a, p->mounts.n);
	k->devices = no_fds(a, p->devices.n);
	k->joins = no_fds(a, p->joins.n);
	return k;
}

static void close_fds(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fds[i] >= 0)
			sys_close(fds[i]);
	}
}

void kit_done(const struct plan *p, const struct kit *k)
{
	const int single[] = { k->sync, k->start, k->life,     k->proc,
			       k->root, k->pidfd, k->hook_out, k->hook_err };

	close_fds(single, ARRAY_LEN(single));
	close_fds(k->mounts, p->mounts.n);
	close_fds(k->devices, p->devices.n);
	close_fds(k->joins, p->joins.n);
}

/* CVE-2025-52881: what is written below this fd must be procfs, whoever mounted what */
static int open_proc(struct kit *k, struct err *e)
{
	struct statfs fs;
	struct stat st;

	k->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (k->proc < 0)
		return err_sys(e, "open /proc");
	if (fstatfs(k->proc, &fs) < 0 || fstat(k->proc, &st) < 0)
		return err_sys(e, "look at /proc");
	if (fs.f_type != PROC_SUPER_MAGIC || st.st_ino != 1)
		return err_set(e, EPERM, "/proc is not the root of a proc file system");
	return 0;
}

/* The namespaces of a process in /proc/PID/ns */
static const struct {
	uint32_t flag;
	const char *file;
} ns_files[] = {
	{ CLONE_NEWNS, "mnt" },	 { CLONE_NEWCGROUP, "cgroup" }, { CLONE_NEWUTS, "uts" },
	{ CLONE_NEWIPC, "ipc" }, { CLONE_NEWNET, "net" },
};

/* Is fd the namespace that we are in, or the one of the host's init */
static bool is_hosts(int fd, uint32_t flag, int proc)
{
	static const char *const whose[] = { "self", "1" };
	struct stat st, hosts;
	char path[32];

	if (fstat(fd, &st) < 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(ns_files) * ARRAY_LEN(whose); i++) {
		size_t kind = i / ARRAY_LEN(whose);

		if (ns_files[kind].flag != flag)
			continue;
		fmt_text(path, sizeof(path), "%s/ns/%s", whose[i % ARRAY_LEN(whose)],
			 ns_files[kind].file);
		/* init's may be hidden from us: then it is not ours to change either */
		if (fstatat(proc, path, &hosts, 0) == 0 && st.st_ino == hosts.st_ino &&
		    st.st_dev == hosts.st_dev)
			return true;
	}
	return false;
}

static int open_join(const struct plan_join *j, int proc, int *fd, struct err *e)
{
	int type;

	*fd = open(j->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0)
		return err_sys(e, "%s namespace: open %s", j->name, j->path);
	type = (int)sys_ioctl(*fd, NS_GET_NSTYPE, NULL);
	if (type < 0)
		return err_set(e, -type, "%s namespace: %s is not a namespace", j->name,
			       j->path);
	if ((uint32_t)type != j->flag)
		return err_set(e, EINVAL,
			       "%s namespace: %s is a namespace of another type", j->name,
			       j->path);
	if (j->writes && is_hosts(*fd, j->flag, proc))
		return err_set(e, EPERM,
			       "%s: the %s namespace %s is the host's, which would be "
			       "changed",
			       j->writes, j->name, j->path);
	return 0;
}

/* A detached clone of a tree; init attaches it where the plan says */
static int open_clone(const char *path, bool recursive, bool nofollow, struct err *e)
{
	unsigned flags = OPEN_TREE_CLONE | O_CLOEXEC | (recursive ? AT_RECURSIVE : 0) |
			 (nofollow ? AT_SYMLINK_NOFOLLOW : 0);
	long fd = sys_open_tree(AT_FDCWD, path, flags);

	if (fd < 0)
		return err_set(e, (int)-fd, "open %s", path);
	return (int)fd;
}

static int open_root(const struct plan *p, struct kit *k, struct err *e)
{
	struct stat st;

	k->root = open_clone(p->rootfs, true, false, e);
	if (k->root < 0)
		return err_wrap(e, "root.path");
	if (fstat(k->root, &st) < 0)
		return err_sys(e, "root.path: look at %s", p->rootfs);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ENOTDIR, "root.path: %s is not a directory", p->rootfs);
	return 0;
}

static int open_devices(const struct plan *p, struct kit *k, struct err *e)
{
	for (size_t i = 0; i < p->devices.n; i++) {
		const struct plan_device *d = &p->devices.items[i];

		if (!d->source)
			continue;
		k->devices[i] = open_clone(d->source, false, false, e);
		if (k->devices[i] < 0)
			return err_wrap(e, "device %s", d->path);
	}
	return 0;
}

/* What a running container gets must be as it shall be before it can see it */
static int dress(const struct plan *p, const struct plan_mount *m, int fd, struct err *e)
{
	long r = p->enter ? mount_dress(p, m, fd, true) : 0;

	return r < 0 ? err_set(e, (int)-r, "set its attributes") : 0;
}

static int open_mount(const struct plan *p, const struct plan_mount *m, int proc, int *fd,
		      struct err *e)
{
	if (m->kind == MOUNT_NEW)
		*fd = mount_new(m, -1, e);
	else
		*fd = open_clone(m->source, m->recursive, m->keep_source, e);
	if (*fd < 0 || mapped_mount(m, *fd, proc, false, e) < 0)
		return -1;
	return dress(p, m, *fd, e);
}

int prepare(const struct plan *p, struct kit *k, struct err *e)
{
	if (open_proc(k, e) < 0)
		return -1;
	for (size_t i = 0; i < p->joins.n; i++) {
		if (open_join(&p->joins.items[i], k->proc, &k->joins[i], e) < 0)
			return -1;
	}
	if (!p->root_by_host && !p->only_mounts)
		return 0;
	if (p->root_by_host && !p->root_memory && open_root(p, k, e) < 0)
		return -1;
	for (size_t i = 0; i < p->mounts.n; i++) {
		const struct plan_mount *m = &p->mounts.items[i];

		if (!m->by_host)
			continue;
		if (open_mount(p, m, k->proc, &k->mounts[i], e) < 0)
			return err_wrap(e, "%s", m->where);
	}
	return open_devices(p, k, e);
}
