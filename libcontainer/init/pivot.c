/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the runtime's tree to the container's. Runs in init, whose working directory is
 * the new root. After this no path leads outside.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>

#include "base/sys.h"
#include "libcontainer/init/mount.h"

#define DETACH	    2  /* MNT_DETACH; <sys/mount.h> clashes with <linux/mount.h> */
#define NO_FOLLOW   8  /* UMOUNT_NOFOLLOW */
#define MANY_MOUNTS 64 /* on top of each other */

/*
 * Without pivot_root the runtime's tree stays below the new root, and a container with
 * CAP_SYS_CHROOT can climb back into it: --no-pivot is for initramfs, where there is no
 * other way. At least the runtime's proc and sys, which would also be without masks and
 * would let a user namespace mount new ones, are taken away.
 */
static int hide(const char *path, struct err *e)
{
	int empty;
	long r = 0;

	for (int i = 0; r == 0 && i < MANY_MOUNTS; i++)
		r = sys_umount2(path, DETACH | NO_FOLLOW);
	if (r == -EINVAL || r == -ENOENT) /* not a mount (any more) */
		return 0;
	empty = mount_empty(e); /* locked, in a user namespace */
	if (empty < 0)
		return -1;
	r = sys_move_mount(empty, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
	sys_close(empty);
	return r < 0 ? err_set(e, (int)-r, "hide the runtime's %s", path) : 0;
}

static int enter_by_chroot(const struct inside *in, struct err *e)
{
	long r;

	if (hide("/proc", e) < 0 || hide("/sys", e) < 0)
		return -1;
	/* with hooks it was attached elsewhere, see attach.c */
	if (plan_wants(in->plan, STEP_HOOKS)) {
		r = sys_move_mount(in->root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
		if (r < 0)
			return err_set(e, (int)-r, "move the root to /");
	}
	r = sys_chroot(".");
	return r < 0 ? err_set(e, (int)-r, "chroot") : 0;
}

/* The old root lands on top of the new one, where the same "." finds it: no directory of
 * the image is needed for it, see pivot_root(2), NOTES */
static int enter_by_pivot(struct err *e)
{
	long r = sys_pivot_root(".", ".");

	if (r == -EINVAL)
		return err_set(e, EINVAL,
			       "pivot_root (is / an initramfs? then see --no-pivot)");
	if (r < 0)
		return err_set(e, (int)-r, "pivot_root");
	r = sys_umount2(".", DETACH);
	return r < 0 ? err_set(e, (int)-r, "detach the runtime's tree") : 0;
}

int step_PIVOT(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;
	long r;

	r = sys_fchdir(in->root);
	if (r < 0)
		return err_set(e, (int)-r, "change to the root");
	r = p->no_pivot ? enter_by_chroot(in, e) : enter_by_pivot(e);
	if (r < 0)
		return -1;
	r = sys_chdir("/");
	if (r < 0)
		return err_set(e, (int)-r, "change to /");
	umask_restore(in);
	if (propagation_early(p->root_propagation) == p->root_propagation)
		return 0;
	r = mount_change(in->root, 0, 0, p->root_propagation,
			 p->root_propagation_recursive);
	return r < 0 ? err_set(e, (int)-r, "set the propagation of the root") : 0;
}
