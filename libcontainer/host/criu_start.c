/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The birth of criu, and a process that brings up a loopback device. Runs in the program,
 * and in the child until it executes criu.
 */
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "libcontainer/host/criu.h"
#include "libcontainer/plan/sync.h"

#ifndef MS_SLAVE
#define MS_SLAVE (1UL << 19)
#endif

#define OUT_OF_WAY 64 /* above all numbers that the child gives out */
#define START_MS   20000

/* --- in the child ------------------------------------------------------------------ */

/* Ctrl-C is for us: see criu.h. What criu restores has the signals of its images. Not
 * SIGTERM: with that criu ends its own helpers, and waits for them. */
static void arrange_signals(void)
{
	static const int ignored[] = { SIGINT, SIGHUP, SIGQUIT };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
		sigaction(ignored[i], &ignore, NULL);
	sigaction(SIGPIPE, &usual, NULL);
	sigaction(SIGCHLD, &usual, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int mount_root(const struct criu_birth *how, struct err *e)
{
	struct mount_attr slave = { .propagation = MS_SLAVE };
	autofd fd = -1;
	long r;

	if (!how->rootfs)
		return 0;
	r = sys_unshare(CLONE_NEWNS);
	if (r < 0)
		return err_set(e, (int)-r, "make a mount namespace for criu");
	r = sys_mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &slave);
	if (r < 0)
		return err_set(e, (int)-r, "set the propagation of /");
	fd = (int)sys_open_tree(AT_FDCWD, how->rootfs, OPEN_TREE_CLONE | AT_RECURSIVE);
	if (fd < 0)
		return err_set(e, -fd, "root.path: open %s", how->rootfs);
	r = sys_move_mount(fd, "", AT_FDCWD, how->root_at, MOVE_MOUNT_F_EMPTY_PATH);
	return r < 0 ? err_set(e, (int)-r, "mount the root for criu") : 0;
}

/* The same directory, by a mount of criu's namespace: it mounts there, which the kernel
 * refuses on mounts of another one. It must be the one whose owner was looked at. */
static int reopen(const struct criu_birth *how, int fd, struct err *e)
{
	char link[40], path[4096];
	struct stat before, now;
	autofd again = -1;
	ssize_t n;

	if (!how->rootfs)
		return fcntl(fd, F_DUPFD_CLOEXEC, OUT_OF_WAY);
	fmt_text(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return err_sys(e, "read %s", link);
	path[n] = '\0';
	again = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (again < 0 || fstat(again, &now) < 0 || fstat(fd, &before) < 0)
		return err_sys(e, "open %s", path);
	if (now.st_dev != before.st_dev || now.st_ino != before.st_ino)
		return err_set(e, EPERM, "%s has become another directory", path);
	return fd_take(&again);
}

/* Give each of the fds its number, which another of them may have now */
static int place(const int *fds, size_t n, struct err *e)
{
	int away[CRIU_FIRST_FILE + CRIU_FILES_MAX];

	for (size_t i = 0; i < n; i++) {
		away[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, OUT_OF_WAY);
		if (away[i] < 0)
			return err_sys(e, "copy an fd for criu");
	}
	for (size_t i = 0; i < n; i++)
		if (dup2(away[i], CRIU_SOCKET_FD + (int)i) < 0)
			return err_sys(e, "pass an fd to criu");
	return 0;
}

/* The socket, whose other end goes to the program, and all others. *sync is moved out of
 * the way. */
static int arrange_files(const struct criu_birth *how, int *sync, struct err *e)
{
	int fds[CRIU_FIRST_FILE + CRIU_FILES_MAX], pair[2];
	size_t n = 0;

	*sync = fcntl(*sync, F_DUPFD_CLOEXEC, OUT_OF_WAY);
	if (*sync < 0)
		return err_sys(e, "copy an fd for criu");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "make a socket for criu");
	if (sync_send(*sync, SYNC_READY, pair[0], 0, e) < 0)
		return -1;
	sys_close(pair[0]);
	fds[n++] = pair[1];
	fds[n] = reopen(how, how->images, e);
	if (fds[n++] < 0)
		return -1;
	fds[n] = how->work < 0 ? fds[n - 1] : reopen(how, how->work, e);
	if (fds[n++] < 0)
		return -1;
	for (size_t i = 0; i < how->n && i < CRIU_FILES_MAX; i++)
		fds[n++] = how->files[i];
	return place(fds, n, e);
}

/* Returns only when it fails */
static void become_criu(const struct criu *c, const struct criu_birth *how, int sync)
{
	char *const argv[] = { "criu", "swrk", "3", NULL };
	char *const envp[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL
	};
	struct err e = ERR_NONE;

	arrange_signals();
	if ((how->cgroup < 0 || file_put(how->cgroup, "cgroup.procs", "0", &e) == 0) &&
	    mount_root(how, &e) == 0 && arrange_files(how, &sync, &e) == 0 &&
	    sync_send(sync, SYNC_BEGIN, -1, 0, &e) == 0) {
		execve(c->path, argv, envp);
		err_sys(&e, "execute %s", c->path);
	}
	sync_fail(sync, &e);
}

/* --- in the program ---------------------------------------------------------------- */

/* A copy of this process. In the child it returns 0. */
static int copy_process(struct child *c, struct err *e)
{
	struct clone_args args = { .flags = CLONE_PIDFD,
				   .pidfd = (uintptr_t)&c->pidfd,
				   .exit_signal = SIGCHLD };
	long pid = sys_clone3(&args);

	if (pid < 0)
		return err_set(e, (int)-pid, "clone a process for criu");
	c->pid = (pid_t)pid;
	return pid > 0;
}

int criu_start(struct criu *c, const char *path, const struct criu_birth *how,
	       struct arena *a, struct err *e)
{
	autofd ours = -1;
	int pair[2], ret;

	c->path = path;
	c->arena = a;
	if (how->n > CRIU_FILES_MAX)
		return err_set(e, E2BIG, "pass fds to criu");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "make a socket for criu");
	ours = pair[0];
	ret = copy_process(&c->child, e);
	if (ret == 0) {
		become_criu(c, how, pair[1]);
		_exit(1);
	}
	sys_close(pair[1]);
	if (ret < 0 ||
	    sync_expect(ours, SYNC_READY, START_MS, &c->child.sync, NULL, e) < 0)
		return -1;
	return sync_begun(ours, START_MS, e);
}

/* In a child: the exit status is the errno value */
static int bring_up(int netns)
{
	struct ifreq lo = { .ifr_flags = IFF_UP };
	long r = sys_setns(netns, CLONE_NEWNET);
	int sock;

	if (r < 0)
		return (int)-r;
	memcpy(lo.ifr_name, "lo", sizeof("lo"));
	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return errno;
	return ioctl(sock, SIOCSIFFLAGS, &lo) < 0 ? errno : 0;
}

int criu_loopback(int pid, struct err *e)
{
	autochild c = CHILD_NONE;
	autofd netns = -1;
	char path[40];
	int status, ret;

	fmt_text(path, sizeof(path), "/proc/%d/ns/net", pid);
	netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0)
		return err_sys(e, "open %s", path);
	ret = copy_process(&c, e);
	if (ret < 0)
		return -1;
	if (ret == 0)
		_exit(bring_up(netns));
	status = child_wait(c.pidfd, e);
	c.keep = true;
	if (status > 0)
		return err_set(e, status, "bring up loopback");
	return status;
}
