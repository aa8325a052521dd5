/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The terminal. Runs in init, before pivot_root or in a container that is entered; the
 * ptmx of the container's own devpts is opened, so the terminal has a name inside.
 *
 * Theory. The image and other processes of the container may have put anything in the
 * place of /dev/pts (CVE-2025-52565): no link is followed, the directory must be a
 * devpts, and ptmx must be in that very mount. The other end is got by ioctl, never by
 * its name. A controlling terminal needs a session of our own (STEP_SESSION); what
 * /dev/console shows is a clone of the other end's mount, so it is this terminal even if
 * the name in /dev/pts is taken by another one later.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/dev.h"
#include "libcontainer/init/held.h"
#include "libcontainer/init/mount.h"
#include "libcontainer/init/root.h"
#include "libcontainer/plan/sync.h"

#define DEVPTS_MAGIC 0x1cd1 /* DEVPTS_SUPER_MAGIC */
#define PTMX_INO     2
#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

static int open_master(const struct inside *in, struct err *e)
{
	autofd dir = root_open(in->root, "/dev/pts", O_PATH | O_DIRECTORY,
			       RESOLVE_NO_SYMLINKS, e);
	autofd master = -1;
	struct statfs fs;
	struct statx st;
	long r;

	if (dir < 0)
		return -1;
	r = sys_fstatfs(dir, &fs);
	if (r < 0 || fs.f_type != DEVPTS_MAGIC)
		return err_set(e, r < 0 ? (int)-r : ENODEV, "/dev/pts is not a devpts");
	master = (int)root_try(dir, "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW,
			       RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
	if (master < 0)
		return err_set(e, -master, "open /dev/pts/ptmx");
	r = sys_statx(master, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &st);
	if (r < 0 || !S_ISCHR(st.stx_mode) || st.stx_ino != PTMX_INO ||
	    st.stx_rdev_major != 5 || st.stx_rdev_minor != 2)
		return err_set(e, r < 0 ? (int)-r : ENODEV,
			       "/dev/pts/ptmx is not a ptmx");
	return fd_take(&master);
}

static int open_slave(const struct inside *in, int master, struct err *e)
{
	const struct plan_process *process = &in->plan->process;
	struct winsize size = { .ws_row = process->rows, .ws_col = process->columns };
	autofd slave = -1;
	int unlocked = 0;
	long r;

	r = sys_ioctl(master, TIOCSPTLCK, &unlocked);
	if (r < 0)
		return err_set(e, (int)-r, "unlock the terminal");
	slave = (int)sys_ioctl(master, TIOCGPTPEER,
			       (void *)(uintptr_t)(O_RDWR | O_NOCTTY | O_CLOEXEC));
	if (slave < 0)
		return err_set(e, -slave, "open the terminal");
	if (process->rows || process->columns) {
		r = sys_ioctl(slave, TIOCSWINSZ, &size);
		if (r < 0)
			return err_set(e, (int)-r, "set the size of the terminal");
	}
	/* may fail where the uid is not mapped: then he cannot open it by its name */
	if (process->uid)
		sys_fchownat(slave, "", process->uid, ~0U, AT_EMPTY_PATH);
	return fd_take(&slave);
}

/* The controlling terminal; init has begun a session */
static int take_terminal(int slave, struct err *e)
{
	long r = sys_ioctl(slave, TIOCSCTTY, NULL);

	if (r < 0)
		return err_set(e, (int)-r, "take the controlling terminal");
	for (int fd = 0; fd < 3; fd++) {
		r = sys_dup3(slave, fd, 0);
		if (r < 0)
			return err_set(e, (int)-r, "make the terminal fd %d", fd);
	}
	return 0;
}

static int bind_console(const struct inside *in, int slave, struct err *e)
{
	const char *name, *rest;
	int dir = held_dir(in, "/dev/console", &rest);
	autofd parent = root_parent(dir, rest, RESOLVE_NO_SYMLINKS, &name, e);
	autofd target = -1, clone = -1;
	long r;

	if (parent < 0)
		return -1;
	target = dev_target(parent, name, "/dev/console", e);
	if (target < 0)
		return -1;
	clone = (int)mount_clone(slave, "", false);
	if (clone < 0)
		return err_set(e, -clone, "clone the terminal");
	r = mount_attach(clone, target);
	return r < 0 ? err_set(e, (int)-r, "bind the terminal on /dev/console") : 0;
}

int step_CONSOLE(struct inside *in, struct err *e)
{
	autofd master = open_master(in, e);
	autofd slave = -1;

	if (master < 0)
		return -1;
	slave = open_slave(in, master, e);
	if (slave < 0)
		return -1;
	if (!in->plan->enter && bind_console(in, slave, e) < 0)
		return -1;
	if (take_terminal(slave, e) < 0)
		return -1;
	return sync_send(in->sync, SYNC_TTY, master, 0, e);
}
