/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Read-only and masked paths: the last mounts, so that nothing is mounted over them.
 * Runs in init, before pivot_root.
 *
 * What hides a file is the runtime's /dev/null, never the container's, which an image
 * could have made a link to /proc/sys/kernel/core_pattern (CVE-2025-31133). The
 * runtime's tree can be cloned from only before pivot_root: this is why masks come
 * before it. A clone that is not attached costs an RCU grace period when it is closed,
 * so each is made when it is needed.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/held.h"
#include "libcontainer/init/mount.h"

/* *fd: an O_PATH fd of the path, or -1 when it is not there, which is fine */
static int find(const struct inside *in, const char *path, int *fd, struct err *e)
{
	long r = held_open(in, path);

	*fd = r < 0 ? -1 : (int)r;
	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		return err_set(e, (int)-r, "open %s", path);
	return 0;
}

static int make_readonly(const char *path, int at, struct err *e)
{
	autofd fd = (int)mount_clone(at, "", true);
	long r;

	if (fd < 0)
		return err_set(e, -fd, "clone %s", path);
	r = mount_change(fd, MOUNT_ATTR_RDONLY, 0, 0, true);
	if (r < 0)
		return err_set(e, (int)-r, "make %s read-only", path);
	r = mount_attach(fd, at);
	return r < 0 ? err_set(e, (int)-r, "attach %s on itself", path) : 0;
}

/* The mounts that had to be filled first: tmpfs, /dev */
static int late_readonly(const struct inside *in, struct err *e)
{
	LIST_EACH (m, &in->plan->mounts) {
		long r;

		if (!m->late_readonly)
			continue;
		r = mount_change(held_fd(in, m), MOUNT_ATTR_RDONLY, 0, 0, false);
		if (r < 0)
			return err_set(e, (int)-r, "%s: make it read-only", m->where);
	}
	return 0;
}

int step_READONLY(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;
	long r;

	LIST_EACH (path, &p->readonly) {
		autofd at = -1;

		if (find(in, *path, &at, e) < 0)
			return -1;
		if (at >= 0 && make_readonly(*path, at, e) < 0)
			return -1;
	}
	if (late_readonly(in, e) < 0)
		return -1;
	if (!p->root_readonly)
		return 0;
	r = mount_change(in->root, MOUNT_ATTR_RDONLY, 0, 0, false);
	return r < 0 ? err_set(e, (int)-r, "make the root read-only") : 0;
}

/* A detached clone of the runtime's /dev/null, and of nothing else */
static int null_clone(struct err *e)
{
	autofd fd = (int)mount_clone(AT_FDCWD, "/dev/null", false);
	struct statx st;

	if (fd < 0)
		return err_set(e, -fd, "clone /dev/null");
	if (sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &st) < 0 ||
	    !S_ISCHR(st.stx_mode) || st.stx_rdev_major != 1 || st.stx_rdev_minor != 3)
		return err_set(e, ENODEV,
			       "the runtime's /dev/null is not the device 1:3");
	return fd_take(&fd);
}

/* Attach on `at` the mount that *first is. The first time it is made and attached itself,
 * from then on it is cloned. */
static int mask(int at, int *first, int (*make)(struct err *e), struct err *e)
{
	autofd fd = -1;
	long r;

	fd = *first < 0 ? make(e) : (int)mount_clone(*first, "", false);
	if (fd < 0)
		return *first < 0 ? -1 : err_set(e, -fd, "clone a mask");
	r = mount_attach(fd, at);
	if (r < 0)
		return err_set(e, (int)-r, "attach a mask");
	if (*first < 0)
		*first = fd_take(&fd);
	return 0;
}

int step_MASKS(struct inside *in, struct err *e)
{
	autofd null = -1, empty = -1;
	struct statx st;

	LIST_EACH (path, &in->plan->masked) {
		autofd at = -1;
		int r;

		if (find(in, *path, &at, e) < 0)
			return -1;
		if (at < 0)
			continue;
		r = (int)sys_statx(at, "", AT_EMPTY_PATH, STATX_TYPE, &st);
		if (r < 0)
			return err_set(e, -r, "look at %s", *path);
		r = S_ISDIR(st.stx_mode) ? mask(at, &empty, mount_empty, e)
					 : mask(at, &null, null_clone, e);
		if (r < 0)
			return err_wrap(e, "%s", *path);
	}
	return 0;
}
