/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts that are added to a running container, or taken away. Runs in init.
 *
 * Theory. umount2(2) takes a path, and paths of a container are not to be trusted: it
 * might make us unmount a mask. So a mount is known by its id, and what is to go is
 * looked at first, by an fd. A directory is then entered, so that "." is its path. A file
 * has none but its name in a directory that we hold: an entry on which something is
 * mounted can neither be renamed nor replaced in that mount namespace, and one that was
 * exchanged from another namespace is not followed.
 *
 * An ordinary user has no right to clone mounts of the host, but has it in a user
 * namespace, for a copy of the host's mount namespace. So init joins the container's user
 * namespace alone, makes such a copy, clones the sources there, and then enters the
 * container's mount namespace, with detached mounts that belong to the right user
 * namespace.
 */
#include "libcontainer/init/added.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/mount.h"
#include "libcontainer/init/root.h"
#include "libcontainer/plan/sync.h"

#define DETACH	  2  /* MNT_DETACH; <sys/mount.h> clashes with <linux/mount.h> */
#define NO_FOLLOW 8  /* UMOUNT_NOFOLLOW */
#define MAX_LINKS 40 /* the kernel's own limit */

static bool any_left_to_us(const struct inside *in)
{
	LIST_EACH (m, &in->plan->mounts)
		if (m->kind == MOUNT_BIND && !m->by_host)
			return true;
	return false;
}

int added_open(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;
	long r;

	for (size_t i = 0; i < p->mounts.n; i++)
		in->mounts[i] = -1;
	if (!any_left_to_us(in))
		return 0;
	if (p->join_flags & CLONE_NEWUSER) {
		r = sys_setns(in->kit->pidfd, CLONE_NEWUSER);
		if (r < 0)
			return err_set(e, (int)-r, "join the container's user namespace");
		in->joined_user = true;
	}
	r = sys_unshare(CLONE_NEWNS);
	if (r < 0)
		return err_set(e, (int)-r, "copy the mount namespace");
	for (size_t i = 0; i < p->mounts.n; i++) {
		const struct plan_mount *m = &p->mounts.items[i];

		if (m->kind != MOUNT_BIND || m->by_host)
			continue;
		in->mounts[i] = (int)mount_clone_source(m);
		if (in->mounts[i] == -EINVAL && !m->recursive)
			return err_set(e, EINVAL,
				       "%s: open %s (an ordinary user cannot bind "
				       "without the mounts below: see rbind)",
				       m->where, m->source);
		if (in->mounts[i] < 0)
			return err_set(e, -in->mounts[i], "%s: open %s", m->where,
				       m->source);
	}
	return 0;
}

void added_keep(struct inside *in, size_t i, int fd)
{
	if (!in->plan->enter)
		return;
	in->mounts[i] = fd;
	in->mounted = i + 1;
}

/* The directory that holds what a path leads to at last, and its name there, in `path`,
 * which is changed (PATH_MAX bytes) */
static long open_holder(const struct inside *in, char *path, const char **name)
{
	char text[PATH_MAX];

	for (int i = 0; i < MAX_LINKS; i++) {
		char *slash = strrchr(path, '/');
		autofd dir = -1;
		size_t head;
		long n;

		if (!slash || !slash[1])
			return -EINVAL;
		head = (size_t)(slash + 1 - path);
		memcpy(text, path, head);
		text[head] = '\0';
		dir = (int)root_try(in->root, text, O_PATH | O_DIRECTORY, 0);
		if (dir < 0)
			return dir;
		n = sys_readlinkat(dir, slash + 1, text, sizeof(text) - 1);
		if (n < 0) { /* not a link */
			*name = slash + 1;
			return fd_take(&dir);
		}
		if (text[0] == '/')
			head = 0;
		if (head + (size_t)n >= PATH_MAX)
			return -ENAMETOOLONG;
		memcpy(path + head, text, (size_t)n);
		path[head + (size_t)n] = '\0';
	}
	return -ELOOP;
}

static long detach_file(struct inside *in, const struct plan_mount *m, int64_t id)
{
	size_t n = strlen(m->target);
	char path[PATH_MAX];
	const char *name;
	autofd dir = -1, fd = -1;
	bool is_dir = false;
	long r;

	if (n >= sizeof(path))
		return -ENAMETOOLONG;
	memcpy(path, m->target, n + 1);
	dir = (int)open_holder(in, path, &name);
	if (dir < 0)
		return dir;
	fd = (int)root_try(dir, name, O_PATH | O_NOFOLLOW, 0);
	if (fd < 0)
		return fd;
	if (mount_id(fd, &is_dir) != id || is_dir)
		return -ESTALE;
	r = sys_fchdir(dir);
	return r < 0 ? r : sys_umount2(name, DETACH | NO_FOLLOW);
}

/* fd: the root of the mount */
static long detach(struct inside *in, const struct plan_mount *m, int fd)
{
	bool dir;
	int64_t id = mount_id(fd, &dir);
	long r;

	if (id < 0)
		return (long)id;
	if (!dir)
		return detach_file(in, m, id);
	r = sys_fchdir(fd);
	return r < 0 ? r : sys_umount2(".", DETACH);
}

int added_undo(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;

	while (in->mounted > 0) {
		size_t i = --in->mounted;
		const struct plan_mount *m = &p->mounts.items[i];

		if (m->kind != MOUNT_DETACH && in->mounts[i] >= 0 &&
		    detach(in, m, in->mounts[i]) < 0)
			err_wrap(e, "%s is left, for it cannot be unmounted", m->where);
	}
	return -1;
}

/* Not in this mount namespace any more; only what the kernel tells for sure */
static bool is_gone(uint64_t id)
{
	struct sys_mount_req req = { sizeof(req), 0, id, 2 /* STATMOUNT_MNT_BASIC */ };
	uint64_t answer[64]; /* struct statmount */

	return sys_statmount(&req, answer, sizeof(answer)) == -ENOENT;
}

int added_check(struct inside *in, size_t i, const struct plan_mount *m, struct err *e)
{
	autofd fd = (int)root_try(in->root, m->target, O_PATH, 0);
	bool dir;

	in->mounts[i] = -1;
	if (fd >= 0 && mount_id(fd, &dir) == (int64_t)m->id) {
		in->mounts[i] = fd_take(&fd);
		return 0;
	}
	if (is_gone(m->id)) /* the host sees that there is no fd */
		return 0;
	return err_plain(e, ESTALE,
			 "what was added is not what is mounted there: the container has "
			 "mounted over it, or moved it");
}

/* What is to go goes when all of it was found */
static int detach_all(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;

	for (size_t i = 0; i < p->mounts.n; i++) {
		const struct plan_mount *m = &p->mounts.items[i];
		long r;

		if (m->kind != MOUNT_DETACH || in->mounts[i] < 0)
			continue;
		r = detach(in, m, in->mounts[i]);
		if (r < 0)
			return err_set(e, (int)-r, "%s: unmount", m->where);
	}
	return 0;
}

/* The host remembers mounts by their ids, which it asks for itself; no fd: there is
 * none */
static int tell_mounts(struct inside *in, struct err *e)
{
	for (size_t i = 0; i < in->plan->mounts.n; i++)
		if (sync_send(in->sync, SYNC_MOUNTED, in->mounts[i], 0, e) < 0)
			return -1;
	return sync_send(in->sync, SYNC_READY, -1, 0, e);
}

int step_LEAVE(struct inside *in, struct err *e)
{
	if (tell_mounts(in, e) < 0 ||
	    sync_expect(in->sync, SYNC_GO, -1, NULL, NULL, e) < 0)
		return added_undo(in, e);
	if (detach_all(in, e) < 0)
		return -1;
	sys_exit(0);
}
