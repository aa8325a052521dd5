/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device nodes and links in /dev. Runs in init, before pivot_root. The image's /dev may
 * be anything: the parent of each node is opened first, and for the default nodes no
 * component of it may be a link (CVE-2026-41579).
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/dev.h"
#include "libcontainer/init/held.h"
#include "libcontainer/init/mount.h"
#include "libcontainer/init/root.h"

uint32_t dev_number(uint32_t major, uint32_t minor)
{
	return (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12;
}

static bool is_device(const struct statx *st, const struct plan_device *d)
{
	if ((st->stx_mode & S_IFMT) != (d->mode & S_IFMT))
		return false;
	return S_ISFIFO(d->mode) ||
	       (st->stx_rdev_major == d->major && st->stx_rdev_minor == d->minor);
}

/* The owner of what was made. Its name may be another file's by now: that is not given
 * away. */
static int give_node(int parent, const char *name, const struct plan_device *d,
		     struct err *e)
{
	autofd fd = (int)sys_openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	struct statx st;
	long r;

	if (fd < 0)
		return err_set(e, -fd, "open %s", d->path);
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r == 0 && !is_device(&st, d))
		r = -ESTALE;
	if (r == 0)
		r = sys_fchownat(fd, "", d->uid, d->gid, AT_EMPTY_PATH);
	return r < 0 ? err_set(e, (int)-r, "give %s its owner", d->path) : 0;
}

static int make_node(int parent, const char *name, const struct plan_device *d,
		     struct err *e)
{
	struct statx st;
	long r;

	r = sys_mknodat(parent, name, d->mode, dev_number(d->major, d->minor));
	if (r == -EEXIST) {
		r = sys_statx(parent, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st);
		if (r == 0 && !is_device(&st, d))
			return err_set(e, EEXIST, "%s exists and is not the device",
				       d->path);
		return r < 0 ? err_set(e, (int)-r, "look at %s", d->path) : 0;
	}
	/* the mode is exact because umask is 0 */
	if (r < 0)
		return err_set(e, (int)-r, "make %s", d->path);
	return d->uid || d->gid ? give_node(parent, name, d, e) : 0;
}

int dev_target(int parent, const char *name, const char *path, struct err *e)
{
	struct statx st;
	autofd fd = -1;
	long r;

	fd = (int)sys_openat(parent, name,
			     O_CREAT | O_EXCL | O_NOFOLLOW | O_RDONLY | O_CLOEXEC, 0666);
	if (fd == -EEXIST)
		fd = (int)sys_openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0)
		return err_set(e, -fd, "make %s", path);
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r < 0)
		return err_set(e, (int)-r, "look at %s", path);
	if (!S_ISREG(st.stx_mode) && !S_ISCHR(st.stx_mode) && !S_ISBLK(st.stx_mode))
		return err_set(e, EEXIST, "%s exists and is neither file nor device",
			       path);
	return fd_take(&fd);
}

static int bind_node(int parent, const char *name, const struct plan_device *d, int given,
		     struct err *e)
{
	autofd made = -1, target = -1;
	struct statx st;
	int fd = given;
	long r;

	if (fd < 0) {
		made = (int)mount_clone(AT_FDCWD, d->source, false);
		if (made < 0)
			return err_set(e, -made, "open %s", d->source);
		fd = made;
	}
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r < 0)
		return err_set(e, (int)-r, "look at %s", d->source);
	if (!is_device(&st, d))
		return err_set(e, ENODEV, "%s is not the device %u:%u", d->source,
			       d->major, d->minor);
	target = dev_target(parent, name, d->path, e);
	if (target < 0)
		return -1;
	r = mount_attach(fd, target);
	return r < 0 ? err_set(e, (int)-r, "bind %s on %s", d->source, d->path) : 0;
}

/* Whether both are in the same mount */
static bool same_mount(int a, int b)
{
	struct statx x, y;

	return sys_statx(a, "", AT_EMPTY_PATH, STATX_MNT_ID, &x) == 0 &&
	       sys_statx(b, "", AT_EMPTY_PATH, STATX_MNT_ID, &y) == 0 &&
	       x.stx_mnt_id == y.stx_mnt_id;
}

/*
 * The directory that a node is made in. Of links, those of the image may be in the path
 * of a device of the document, but only as long as they stay in the image: in a volume,
 * which belongs to somebody else, no node appears that the document does not put there.
 */
static int open_parent(const struct inside *in, const struct plan_device *d,
		       const char **name, struct err *e)
{
	const char *rest;
	int dir = held_dir(in, d->path, &rest);
	autofd fd = root_parent(dir, rest, RESOLVE_NO_SYMLINKS, name, e);

	if (fd < 0 && dir != in->root)
		err_wrap(e, "%s", d->path);
	if (fd >= 0 || e->num != ELOOP || d->is_default)
		return fd_take(&fd);
	fd = root_parent(in->root, d->path, 0, name, e);
	if (fd >= 0 && !same_mount(fd, in->root))
		return err_set(e, ELOOP, "a link of the image leads %s to a mount",
			       d->path);
	return fd_take(&fd);
}

int step_DEVICES(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;

	for (size_t i = 0; i < p->devices.n; i++) {
		const struct plan_device *d = &p->devices.items[i];
		const char *name;
		autofd parent = open_parent(in, d, &name, e);
		int r;

		if (parent < 0)
			return -1;
		r = d->source ? bind_node(parent, name, d, in->kit->devices[i], e)
			      : make_node(parent, name, d, e);
		if (r < 0)
			return -1;
	}
	return 0;
}

/* Whether what is at `name` does the same as the link: the same link, or, for /dev/ptmx,
 * the device itself as a bind mount of the runtime's /dev has it */
static bool link_is_there(int parent, const char *name, const char *text)
{
	char now[256];
	struct statx st;
	long n;

	n = sys_readlinkat(parent, name, now, sizeof(now) - 1);
	if (n >= 0) {
		now[n] = '\0';
		return !strcmp(now, text);
	}
	if (strcmp(name, "ptmx") ||
	    sys_statx(parent, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) < 0)
		return false;
	return S_ISCHR(st.stx_mode) && st.stx_rdev_major == 5 && st.stx_rdev_minor == 2;
}

int step_LINKS(struct inside *in, struct err *e)
{
	LIST_EACH (l, &in->plan->links) {
		const char *name;
		const char *rest;
		int dir = held_dir(in, l->path, &rest);
		autofd parent = root_parent(dir, rest, RESOLVE_NO_SYMLINKS, &name, e);
		long r;

		if (parent < 0)
			return err_wrap(e, "%s", l->path);
		r = sys_symlinkat(l->text, parent, name);
		if (r == -EEXIST && !link_is_there(parent, name, l->text))
			return err_set(e, EEXIST, "%s exists and is not a link to %s",
				       l->path, l->text);
		if (r < 0 && r != -EEXIST)
			return err_set(e, (int)-r, "make the link %s", l->path);
	}
	return 0;
}
