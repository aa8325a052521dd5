/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The root and the mounts of the container. Runs in init, in its new mount namespace,
 * before pivot_root: absolute paths are still those of the runtime, and all names of the
 * container go through root.h.
 *
 * Theory. Everything is made detached (open_tree, fsmount), changed while nobody can see
 * it, then attached from fd to fd. So no name is resolved twice, an image cannot
 * redirect a mount (CVE-2021-30465), and a read-only mount is never seen writable.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/added.h"
#include "libcontainer/init/copyup.h"
#include "libcontainer/init/held.h"
#include "libcontainer/init/mapped.h"
#include "libcontainer/init/mount.h"
#include "libcontainer/init/procfiles.h"
#include "libcontainer/init/root.h"

#define MODE_UNKNOWN (-1)

/*
 * Where the new root is attached. On top of "/" no path has to be reached. But hooks of
 * the create phase look for the container's mounts below the bundle's rootfs, so with
 * hooks it is attached there.
 */
static const char *root_place(const struct plan *p)
{
	return plan_wants(p, STEP_HOOKS) ? p->rootfs : "/";
}

/*
 * Of the tree that this namespace was made with, no mount may stay a peer of one of the
 * runtime's: the root would appear there, pivot_root(2) refuses it, and taking the old
 * tree away would unmount the host's own mounts. What the container is to share with the
 * host, the clones of bind mounts that the host made, is not in that tree yet.
 */
static int detach_propagation(const struct plan *p, struct err *e)
{
	struct mount_attr a = { .propagation = propagation_early(p->root_propagation) };
	long r = sys_mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &a);

	return r < 0 ? err_set(e, (int)-r, "set the propagation of /") : 0;
}

static int clone_root(const char *rootfs, struct err *e)
{
	autofd fd = (int)mount_clone(AT_FDCWD, rootfs, true);
	struct statx st;
	long r;

	if (fd < 0)
		return err_set(e, -fd, "root.path: open %s", rootfs);
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r < 0)
		return err_set(e, (int)-r, "root.path: look at %s", rootfs);
	if (!S_ISDIR(st.stx_mode))
		return err_set(e, ENOTDIR, "root.path: %s is not a directory", rootfs);
	return fd_take(&fd);
}

int step_ROOT(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;
	uint64_t early = propagation_early(p->root_propagation);
	bool all = p->root_propagation_recursive || early == MS_SLAVE;
	autofd made = -1;
	long r;

	if (detach_propagation(p, e) < 0)
		return -1;
	in->root = in->kit->root;
	if (p->root_memory) {
		made = mount_new(p->root_memory, MODE_UNKNOWN, e);
		if (made < 0)
			return -1;
		in->root = made;
	} else if (in->root < 0) {
		made = clone_root(p->rootfs, e);
		if (made < 0)
			return -1;
		in->root = made;
	}
	/* the clone of a shared mount is its peer: what is mounted in the container would
	 * appear in the runtime's tree */
	if (early == MS_PRIVATE && !all)
		mount_change(in->root, 0, 0, MS_SLAVE, true);
	r = mount_change(in->root, 0, 0, early, all);
	if (r < 0)
		return err_set(e, (int)-r, "set the propagation of %s", p->rootfs);
	r = sys_move_mount(in->root, "", AT_FDCWD, root_place(p),
			   MOVE_MOUNT_F_EMPTY_PATH);
	if (r < 0)
		return err_set(e, (int)-r, "attach %s on %s", p->rootfs, root_place(p));
	r = sys_fchdir(in->root);
	if (r < 0)
		return err_set(e, (int)-r, "change to %s", p->rootfs);
	umask_clear(in);
	fd_take(&made);
	return 0;
}

/* Attributes of a mount that is still detached, or of one that is there already */
static int set_attributes(const struct inside *in, int fd, const struct plan_mount *m,
			  bool by_host, struct err *e)
{
	long r = mount_dress(in->plan, m, fd, by_host);

	if (r == -EPERM)
		return err_set(e, EPERM,
			       "set its attributes (those of a mount that belongs "
			       "to an outer user namespace are locked)");
	return r < 0 ? err_set(e, (int)-r, "set its attributes") : 0;
}

/* Both directories, or neither: what move_mount(2) wants, and says as EINVAL */
static bool same_kind(const struct statx *source, int target)
{
	struct statx st;

	if (sys_statx(target, "", AT_EMPTY_PATH, STATX_TYPE, &st) < 0)
		return true;
	return S_ISDIR(source->stx_mode) == S_ISDIR(st.stx_mode);
}

/* Which file an fd is: the inode alone is the same in all mounts of a file system */
static long place_of(int fd, struct statx *st)
{
	return sys_statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, st);
}

static bool same_place(const struct statx *a, const struct statx *b)
{
	return a->stx_mnt_id == b->stx_mnt_id && a->stx_ino == b->stx_ino;
}

/* In the mount that is /dev; where none is, /dev itself */
static bool is_in_dev(const struct inside *in, const struct statx *root,
		      const struct statx *target)
{
	autofd fd = (int)root_try(in->root, "/dev", O_PATH, RESOLVE_NO_SYMLINKS);
	struct statx dev;

	if (fd < 0 || place_of(fd, &dev) < 0)
		return false;
	if (dev.stx_mnt_id == root->stx_mnt_id)
		return same_place(&dev, target);
	return dev.stx_mnt_id == target->stx_mnt_id;
}

/*
 * Where links of the image led a mount to. The planner decides by names where nothing
 * may be mounted: over the root, over and inside /proc and /sys, whose masks would lie
 * on this mount (CVE-2019-19921), over /dev, whose nodes would be made in it. A link must
 * not get around that.
 */
static int check_linked(const struct inside *in, const char *path, int target,
			struct err *e)
{
	const char *found = NULL;
	struct statx root, at;
	struct statfs fs;
	long r = sys_fstatfs(target, &fs);

	if (r == 0)
		r = place_of(in->root, &root);
	if (r == 0)
		r = place_of(target, &at);
	if (r < 0)
		return err_set(e, (int)-r, "look at %s", path);
	if (fs.f_type == PROC_SUPER_MAGIC)
		found = "a proc file system";
	else if (fs.f_type == SYSFS_MAGIC)
		found = "a sysfs";
	else if (same_place(&at, &root))
		found = "the root";
	else if (is_in_dev(in, &root, &at))
		found = "/dev";
	if (!found)
		return 0;
	return err_set(e, ELOOP, "a link of the image leads %s to %s", path, found);
}

/* With dest-nofollow: the last component is what it is, also a link; made when it is
 * missing */
static int open_kept(int parent, const char *name, enum root_kind kind, struct err *e)
{
	autofd made = -1;
	long fd = root_try(parent, name, O_PATH | O_NOFOLLOW, 0);
	long r;

	if (fd != -ENOENT)
		return fd < 0 ? err_set(e, (int)-fd, "open %s in the container", name)
			      : (int)fd;
	if (kind == ROOT_DIR) {
		r = sys_mkdirat(parent, name, 0755);
	} else {
		made = (int)sys_openat(
			parent, name,
			O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, 0644);
		r = made < 0 ? made : 0;
	}
	if (r < 0)
		return err_set(e, (int)-r, "make %s in the container", name);
	fd = root_try(parent, name, O_PATH | O_NOFOLLOW, 0);
	return fd < 0 ? err_set(e, (int)-fd, "open %s in the container", name) : (int)fd;
}

static int open_link_target(const struct inside *in, const struct plan_mount *m,
			    enum root_kind kind, struct err *e)
{
	const char *name;
	autofd parent = root_parent(in->root, m->target, 0, &name, e);
	autofd fd = -1;

	if (parent < 0)
		return -1;
	fd = open_kept(parent, name, kind, e);
	if (fd < 0 || check_linked(in, m->target, fd, e) < 0)
		return -1;
	return fd_take(&fd);
}

/* An O_PATH fd of what m shall be attached on, made when it is missing */
static int open_target(const struct inside *in, const struct plan_mount *m,
		       enum root_kind kind, struct err *e)
{
	autofd fd = -1;

	if (m->keep_target)
		return open_link_target(in, m, kind, e);
	fd = root_make(in->root, m->target, kind, RESOLVE_NO_SYMLINKS, e);
	/* a link at /proc or /sys would put the mount, and later its masks, where the
	 * image wants them (CVE-2019-19921, CVE-2023-27561) */
	if (fd >= 0 || e->num != ELOOP || m->no_symlinks)
		return fd_take(&fd);
	fd = root_make(in->root, m->target, kind, 0, e);
	if (fd < 0 || check_linked(in, m->target, fd, e) < 0)
		return -1;
	return fd_take(&fd);
}

/* copy-symlink: the same text as the target; one that is there already is fine */
static int copy_link(const struct inside *in, const struct plan_mount *m, int source,
		     struct err *e)
{
	char text[PATH_MAX], there[PATH_MAX];
	long n = sys_readlinkat(source, "", text, sizeof(text) - 1), r;
	autofd parent = -1;
	const char *name;

	if (n < 0)
		return err_set(e, (int)-n, "read the link %s", m->source);
	text[n] = '\0';
	parent = root_parent(in->root, m->target, 0, &name, e);
	if (parent < 0)
		return -1;
	r = sys_symlinkat(text, parent, name);
	if (r == -EEXIST && sys_readlinkat(parent, name, there, sizeof(there)) == n &&
	    memcmp(text, there, (size_t)n) == 0)
		return 0;
	return r < 0 ? err_set(e, (int)-r, "copy the link %s", m->source) : 0;
}

/* The clone that the host made, or one of our own */
static int open_source(struct inside *in, size_t i, const struct plan_mount *m, int *made,
		       struct err *e)
{
	int fd = in->kit->mounts[i];

	if (fd >= 0)
		return fd;
	if (in->plan->enter)
		*made = fd_take(&in->mounts[i]);
	else
		*made = (int)mount_clone_source(m);
	if (*made < 0)
		return err_set(e, -*made, "open %s", m->source);
	if (mapped_mount(m, *made, in->proc, in->plan->ids_zero, e) < 0)
		return -1;
	return *made;
}

static int attach_on(int fd, int target, const struct plan_mount *m,
		     const struct statx *st, struct err *e)
{
	long r = mount_attach(fd, target);

	if (r == -ENOTDIR || (r == -EINVAL && !same_kind(st, target)))
		return err_set(e, ENOTDIR,
			       "attach %s (one is a directory, the other is not)",
			       m->source);
	return r < 0 ? err_set(e, (int)-r, "attach %s", m->source ? m->source : m->type)
		     : 0;
}

/* Mounts that are looked into later, or taken away again. *fd is taken then. */
static int keep(struct inside *in, size_t i, int *fd, struct err *e)
{
	const struct plan_mount *m = &in->plan->mounts.items[i];

	if (in->plan->enter)
		added_keep(in, i, fd_take(fd));
	else if (held_wanted(in->plan, m))
		return held_keep(in, m, fd_take(fd), e);
	return 0;
}

static int attach_bind(struct inside *in, size_t i, const struct plan_mount *m,
		       struct err *e)
{
	autofd made = -1, target = -1;
	int fd = open_source(in, i, m, &made, e);
	struct statx st;
	long r;

	if (fd < 0)
		return -1;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r < 0)
		return err_set(e, (int)-r, "look at %s", m->source);
	if (m->copy_link && S_ISLNK(st.stx_mode))
		return copy_link(in, m, fd, e);
	/* what the host makes for a running container it dresses, too */
	if ((made >= 0 || !in->plan->enter) && set_attributes(in, fd, m, made < 0, e) < 0)
		return -1;
	target = open_target(in, m, S_ISDIR(st.stx_mode) ? ROOT_DIR : ROOT_FILE, e);
	if (target < 0)
		return -1;
	if (attach_on(fd, target, m, &st, e) < 0)
		return -1;
	return keep(in, i, made >= 0 ? &made : &fd, e);
}

static bool has_mode(const struct plan_mount *m)
{
	LIST_EACH (option, &m->data) {
		if (strlen(*option) >= 5 && !memcmp(*option, "mode=", 5))
			return true;
	}
	return false;
}

/* The mode of the directory that a tmpfs hides is that of the tmpfs, unless it was given
 * one: /tmp stays 01777. *mode: MODE_UNKNOWN when there is none yet, or when it is
 * something else, which is told when the mount is attached. */
static int hidden_mode(const struct inside *in, const struct plan_mount *m, int *mode,
		       struct err *e)
{
	autofd fd = -1;
	struct statx st;
	long r;

	*mode = MODE_UNKNOWN;
	if (strcmp(m->type, "tmpfs") || has_mode(m))
		return 0;
	fd = (int)root_try(in->root, m->target, O_PATH | O_DIRECTORY, 0);
	if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)
		return 0;
	r = fd < 0 ? fd : sys_statx(fd, "", AT_EMPTY_PATH, STATX_MODE, &st);
	if (r < 0)
		return err_set(e, (int)-r, "find the mode of %s", m->target);
	*mode = st.stx_mode & 07777;
	return 0;
}

static int attach_new(struct inside *in, size_t i, const struct plan_mount *m,
		      struct err *e)
{
	uint64_t held = m->late_readonly ? MOUNT_ATTR_RDONLY : 0;
	uint64_t late = (m->attr_set | m->rec_set) & MOUNT_ATTR_RDONLY & ~held;
	autofd target = -1, fd = -1;
	int mode;
	long r;

	if (hidden_mode(in, m, &mode, e) < 0)
		return -1;
	target = open_target(in, m, ROOT_DIR, e);
	if (target < 0)
		return -1;
	fd = procfs_early(in, i);
	if (fd < 0)
		fd = mount_new(m, mode, e);
	if (fd < 0)
		return -1;
	if (m->copy_up && copyup_tree(target, fd, e) < 0)
		return -1;
	if (mapped_mount(m, fd, in->proc, in->plan->ids_zero, e) < 0)
		return -1;
	r = mount_change(fd, late, 0, m->propagation, m->propagation_recursive);
	if (r < 0)
		return err_set(e, (int)-r, "set its attributes");
	r = mount_attach(fd, target);
	if (r < 0)
		return err_set(e, (int)-r, "attach %s", m->type);
	return keep(in, i, &fd, e);
}

static int change_mounted(struct inside *in, const struct plan_mount *m, struct err *e)
{
	autofd fd = (int)root_try(in->root, m->target, O_PATH, RESOLVE_NO_SYMLINKS);

	if (fd == -ELOOP) {
		fd = root_open(in->root, m->target, O_PATH, 0, e);
		if (fd < 0 || check_linked(in, m->target, fd, e) < 0)
			return -1;
	}
	if (fd < 0)
		return err_set(e, -fd, "open %s in the container", m->target);
	if (set_attributes(in, fd, m, false, e) == 0)
		return 0;
	if (e->num == EINVAL)
		return err_set(e, EINVAL,
			       "nothing is mounted at %s that could be changed",
			       m->target);
	return -1;
}

static int mount_one(struct inside *in, size_t i, const struct plan_mount *m,
		     struct err *e)
{
	if (m->kind == MOUNT_DETACH)
		return added_check(in, i, m, e);
	if (m->kind == MOUNT_BIND || in->kit->mounts[i] >= 0)
		return attach_bind(in, i, m, e);
	if (m->kind == MOUNT_NEW)
		return attach_new(in, i, m, e);
	return change_mounted(in, m, e);
}

int step_MOUNTS(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;

	if (p->only_mounts)
		umask_clear(in);
	for (size_t i = 0; i < p->mounts.n; i++) {
		const struct plan_mount *m = &p->mounts.items[i];

		if (mount_one(in, i, m, e) == 0)
			continue;
		err_wrap(e, "%s", m->where);
		return p->only_mounts ? added_undo(in, e) : -1;
	}
	return 0;
}

int step_CWD(struct inside *in, struct err *e)
{
	autofd fd = root_make(in->root, in->plan->process.cwd, ROOT_DIR, 0, e);

	return fd < 0 ? -1 : 0;
}
