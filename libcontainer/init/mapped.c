/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Id maps of mounts. Runs in the program and in init: raw system calls only.
 *
 * Theory. A user namespace cannot be had without a process in it, so a child is made,
 * which hands its /proc/self over, by the only /proc that we trust: its pid may be
 * another one there. We write its maps, open the namespace, and end it. The child holds
 * nothing of ours but a socket; when we die, that is at its end, and so is the child.
 *
 * A process whose root is not that of its mount namespace may not make one (EPERM), and
 * init's is not while the container's root lies on top of it. "/.." is what is on top.
 *
 * The files in /proc of a process that is not dumpable, as init is, may belong to root of
 * the host: in a user namespace the child has to be dumpable. Then whoever is in its PID
 * namespace, which may be another container's, and has its user id may look into it, and
 * its root is the host's still. So before that it gives its fds away, and goes to a mount
 * namespace of its own with nothing in it; only its end of the socket is left.
 */
#include "libcontainer/init/mapped.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/fmt.h"
#include "base/sys.h"
#include "libcontainer/init/mount.h"
#include "libcontainer/plan/sync.h"

#define CHILD_MS 10000
#define DETACH	 2    /* MNT_DETACH, see pivot.c */
#define PAGE	 4096 /* a map is less than a page, and one write */

#ifndef MOUNT_ATTR_IDMAP
#define MOUNT_ATTR_IDMAP 0x00100000
#endif

/* As pivot.c does it */
static int leave_tree(struct err *e)
{
	autofd empty = mount_empty(e);
	long r;

	if (empty < 0)
		return -1;
	r = sys_move_mount(empty, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
	if (r == 0)
		r = sys_fchdir(empty);
	if (r == 0)
		r = sys_pivot_root(".", ".");
	if (r == 0)
		r = sys_umount2(".", DETACH);
	if (r == 0)
		r = sys_chdir("/");
	return r < 0 ? err_set(e, (int)-r, "leave the runtime's tree") : 0;
}

/* Nobody can look into us yet */
static int give_self(int sock, int proc, bool guest, struct err *e)
{
	const int keep[] = { sock, proc };
	autofd self = -1;
	long r = fd_close_others(0, keep, 2);

	if (r < 0)
		return err_set(e, (int)-r, "close the files of init");
	sys_chroot("/..");
	r = sys_unshare(CLONE_NEWUSER | (guest ? CLONE_NEWNS : 0));
	if (r < 0)
		return err_set(e, (int)-r, "unshare");
	/* it makes us dumpable where fs.suid_dumpable says so */
	if (guest)
		sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	self = (int)sys_openat(proc, "self", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (self < 0)
		return err_set(e, -self, "open /proc/self");
	sys_close(proc);
	if (guest && leave_tree(e) < 0)
		return -1;
	return sync_send(sock, SYNC_PID, self, 0, e);
}

static __attribute__((noreturn)) void be_child(int sock, int proc, bool guest)
{
	struct err e = ERR_NONE;

	if (give_self(sock, proc, guest, &e) < 0) {
		sync_fail(sock, &e);
		sys_exit(1);
	}
	/* the plan is not needed any more, and nobody else's business */
	if (guest)
		sys_munmap((void *)ARENA_ADDR, ARENA_RESERVE);
	if (guest)
		sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (sync_send(sock, SYNC_READY, -1, 0, &e) < 0)
		sys_exit(1);
	/* end of file: we are not needed any more */
	sync_expect(sock, SYNC_GO, -1, NULL, NULL, &e);
	sys_exit(0);
}

static int write_map(int dir, const char *file, const plan_maps_t *maps, struct err *e)
{
	autofd fd = (int)sys_openat(dir, file, O_WRONLY | O_CLOEXEC, 0);
	char text[PAGE];
	size_t n = 0;
	long r;

	if (fd < 0)
		return err_set(e, -fd, "open its %s", file);
	text[0] = '\0';
	LIST_EACH (line, maps) {
		n += fmt_text(text + n, sizeof(text) - n, "%u %u %u\n", line->inside,
			      line->outside, line->size);
		if (n >= sizeof(text))
			return err_set(e, E2BIG, "%s is longer than the kernel takes",
				       file);
	}
	r = sys_write(fd, text, n);
	return r == (long)n ? 0 : err_set(e, r < 0 ? (int)-r : EIO, "write %s", file);
}

/* With the child's directory in /proc: its namespace */
static int take_userns(const struct plan_mount *m, int sock, struct err *e)
{
	autofd dir = -1;
	long ns;

	if (sync_expect(sock, SYNC_PID, CHILD_MS, &dir, NULL, e) < 0 ||
	    sync_expect(sock, SYNC_READY, CHILD_MS, NULL, NULL, e) < 0)
		return -1;
	if (dir < 0)
		return err_set(e, EPROTO, "its directory in /proc did not come");
	if (write_map(dir, "gid_map", &m->gids, e) < 0 ||
	    write_map(dir, "uid_map", &m->uids, e) < 0)
		return -1;
	ns = sys_openat(dir, "ns/user", O_RDONLY | O_CLOEXEC, 0);
	return ns < 0 ? err_set(e, (int)-ns, "open it") : (int)ns;
}

/* exit_signal 0: no SIGCHLD disturbs who waits for other children */
static int make_userns(const struct plan_mount *m, int proc, bool guest, struct err *e)
{
	int pair[2], pidfd = -1, ns;
	struct clone_args args = { .flags = CLONE_PIDFD, .pidfd = (uintptr_t)&pidfd };
	siginfo_t info;
	long pid;

	pid = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, pair);
	if (pid < 0)
		return err_set(e, (int)-pid, "make a socket");
	pid = sys_clone3(&args);
	if (pid == 0)
		be_child(pair[1], proc, guest);
	sys_close(pair[1]);
	ns = pid < 0 ? err_set(e, (int)-pid, "clone") : take_userns(m, pair[0], e);
	sys_close(pair[0]);
	if (pid < 0)
		return -1;
	sys_pidfd_send_signal(pidfd, SIGKILL);
	while (sys_waitid(P_PIDFD, pidfd, &info, WEXITED | __WALL) == -EINTR)
		;
	sys_close(pidfd);
	return ns;
}

static int open_userns(const struct plan_mount *m, int proc, bool guest, struct err *e)
{
	long fd;

	if (m->idmap == IDMAP_MAPS) {
		fd = make_userns(m, proc, guest, e);
		return fd < 0 ? err_wrap(e, "make a user namespace for its id map")
			      : (int)fd;
	}
	fd = sys_openat(AT_FDCWD, m->userns, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
			0);
	return fd < 0 ? err_set(e, (int)-fd, "open %s", m->userns) : (int)fd;
}

int mapped_mount(const struct plan_mount *m, int fd, int proc, bool guest, struct err *e)
{
	struct mount_attr a = { .attr_set = MOUNT_ATTR_IDMAP };
	autofd userns = -1;
	long r;

	if (m->idmap == IDMAP_NONE)
		return 0;
	userns = open_userns(m, proc, guest, e);
	if (userns < 0)
		return -1;
	a.userns_fd = (uint64_t)userns;
	r = sys_mount_setattr(
		fd, "", AT_EMPTY_PATH | (m->idmap_recursive ? AT_RECURSIVE : 0), &a);
	if (r == -EPERM)
		return err_set(e, EPERM,
			       "map its ids (only who is privileged where the file "
			       "system was mounted may do that, not an ordinary user, "
			       "and only once)");
	if (r == -EINVAL)
		return err_set(e, EINVAL,
			       "map its ids (does its type of file system support it?)");
	return r < 0 ? err_set(e, (int)-r, "map its ids") : 0;
}
