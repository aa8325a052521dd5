/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs in the program; in_child() and what it calls, in the child until it executes
 * init */
#include "libcontainer/host/spawn.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "libcontainer/host/initfile.h"
#include "libcontainer/plan/sync.h"

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

#define MEET_MS	   10000
#define LOST_MS	   100
#define STACK_SIZE 16384

/* All that the child needs; it must not touch anything else of ours */
struct birth {
	const struct plan *plan;
	const struct kit *kit;
	int sync;    /* init's end */
	int init_fd; /* executable */
	int arena_fd;
	char arena_text[16];
};

static long let_pass(int fd)
{
	return fd < 0 ? 0 : sys_fcntl(fd, F_SETFD, 0);
}

static long let_pass_all(const int *fds, size_t n)
{
	long ret = 0;

	for (size_t i = 0; i < n && ret == 0; i++)
		ret = let_pass(fds[i]);
	return ret;
}

static long pass_fds(const struct birth *b)
{
	const struct kit *k = b->kit;
	const int single[] = { b->arena_fd, b->sync, k->start,	  k->life,    k->proc,
			       k->root,	    k->pidfd, k->hook_out, k->hook_err };
	long ret = let_pass_all(single, ARRAY_LEN(single));

	if (ret == 0)
		ret = let_pass_all(k->mounts, b->plan->mounts.n);
	if (ret == 0)
		ret = let_pass_all(k->devices, b->plan->devices.n);
	if (ret == 0)
		ret = let_pass_all(k->joins, b->plan->joins.n);
	for (uint32_t i = 0; i < b->plan->process.preserve_fds && ret == 0; i++)
		ret = let_pass(3 + (int)i);
	return ret;
}

/* Full capabilities in the new user namespace, kept over execve */
static long keep_caps(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	long ret = sys_capget(&head, data);

	if (ret < 0)
		return ret;
	data[0].inheritable = data[0].permitted;
	data[1].inheritable = data[1].permitted;
	ret = sys_capset(&head, data);
	for (unsigned cap = 0; cap < 64 && ret == 0; cap++) {
		if (!(data[cap / 32].permitted & (1U << (cap % 32))))
			continue;
		ret = sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
	}
	return ret;
}

/* In the child. Returns only when it fails: its exit status. AddressSanitizer would leave
 * its marks on a stack that we use again. */
__attribute__((no_sanitize("address"))) static int in_child(void *arg)
{
	struct birth *b = arg;
	bool new_userns = b->plan->shape == SHAPE_DIRECT && b->plan->new_userns;
	char *argv[] = { "aril-init", b->arena_text, NULL };
	char *envp[] = { NULL };
	struct err e = ERR_NONE;
	long ret = pass_fds(b);

	if (ret < 0)
		err_set(&e, (int)-ret, "pass fds to init");
	else if (new_userns && (ret = keep_caps()) < 0)
		err_set(&e, (int)-ret, "keep capabilities of a new user namespace");
	if (ret == 0) {
		ret = sys_execveat(b->init_fd, "", argv, envp, AT_EMPTY_PATH);
		err_set(&e, (int)-ret, "execute init");
	}
	sync_fail(b->sync, &e);
	return 1;
}

static long clone_into(struct birth *b, int cgroup_fd, struct child *c)
{
	const struct plan *p = b->plan;
	uint64_t flags = p->shape == SHAPE_DIRECT ? p->clone_flags : 0;
	/* an exec may be born into a cgroup that the container has frozen: it does not
	 * execute anything then, and we must not wait for that in the kernel */
	bool copy = (flags & CLONE_NEWTIME) || p->enter;
	__attribute__((aligned(16))) char stack[STACK_SIZE];
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD | CLONE_CLEAR_SIGHAND |
			 (copy ? 0 : CLONE_VM | CLONE_VFORK) |
			 (cgroup_fd >= 0 ? CLONE_INTO_CGROUP : 0),
		.pidfd = (uintptr_t)&c->pidfd,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)stack,
		.stack_size = sizeof(stack),
		.cgroup = cgroup_fd >= 0 ? (uint64_t)cgroup_fd : 0,
	};

	return sys_clone3_call(&args, sizeof(args), in_child, b);
}

/* The kernel says EBUSY for a cgroup that has given controllers to its children, EACCES
 * for one that is too far from ours, EOPNOTSUPP for one in a threaded subtree */
static bool is_about_place(long ret)
{
	return ret == -EBUSY || ret == -EACCES || ret == -EOPNOTSUPP || ret == -ENODEV;
}

static int clone_child(struct birth *b, struct birthplace *place, struct child *c,
		       struct err *e)
{
	long pid = clone_into(b, place->cgroup, c);

	while (is_about_place(pid) && place->cgroup >= 0 && place->move &&
	       place->move(place, (int)-pid))
		pid = clone_into(b, place->cgroup, c);
	if (pid < 0)
		return err_set(e, (int)-pid, "clone into new namespaces");
	c->pid = (pid_t)pid;
	return 0;
}

int spawn(const struct plan *p, struct kit *k, struct arena *a, struct birthplace *place,
	  struct child *c, struct err *e)
{
	struct handoff *h = (struct handoff *)(void *)a->base;
	struct birth b = { .plan = p, .kit = k, .arena_fd = a->fd };
	autofd init_fd = initfile_open(p->by_host_root, e);
	int pair[2];

	if (init_fd < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "make the sync socket");
	c->sync = pair[0];
	k->sync = pair[1];
	*h = (struct handoff){ HANDOFF_MAGIC, a->used, p, k };
	if (arena_seal(a, e) < 0)
		return -1;
	b.sync = k->sync;
	b.init_fd = init_fd;
	fmt_text(b.arena_text, sizeof(b.arena_text), "%d", a->fd);
	return clone_child(&b, place, c, e);
}

int child_wait(int pidfd, struct err *e)
{
	siginfo_t info = { .si_pid = 0 };

	if (TEMP_FAILURE_RETRY(waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED)) < 0)
		return err_sys(e, "wait for the process");
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

/* "Pid:\t4711" in its fdinfo: as our PID namespace has it; -1: it is not there */
static pid_t pidfd_pid(int pidfd, struct err *e)
{
	char path[40], text[1024];
	const char *at;
	uint64_t pid;

	fmt_text(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	if (file_get(AT_FDCWD, path, text, sizeof(text), e) < 0)
		return -1;
	at = strstr(text, "Pid:\t");
	at = at ? at + strlen("Pid:\t") : "";
	if (!str_u64n(at, strcspn(at, "\n"), INT32_MAX, &pid) || pid == 0)
		return err_set(e, EPROTO, "init sent what is no pidfd of a process");
	return (pid_t)pid;
}

/* Somebody in the container may have spoken in init's place: what counts is that it is
 * our child, and what the kernel says of it */
static int take_init(struct child *c, int *pidfd, struct err *e)
{
	pid_t pid = pidfd_pid(*pidfd, e);
	siginfo_t info = { .si_pid = 0 };

	if (pid < 0)
		return -1;
	if (TEMP_FAILURE_RETRY(waitid(P_PIDFD, (id_t)*pidfd, &info,
				      WEXITED | WNOHANG | WNOWAIT)) < 0)
		return err_set(e, EPROTO, "init sent a pidfd of another process");
	c->pidfd = fd_take(pidfd);
	c->pid = pid;
	return 0;
}

/* The middle process is gone, or will be: also when its cgroup is frozen */
static int end_middle(struct child *c, struct err *e)
{
	struct pollfd end = { .fd = c->pidfd, .events = POLLIN };
	struct err ignored = ERR_NONE;

	if (TEMP_FAILURE_RETRY(poll(&end, 1, MEET_MS)) != 1)
		return err_set(e, ETIMEDOUT, "wait for the process in the middle");
	child_wait(c->pidfd, &ignored);
	fd_close(&c->pidfd);
	c->pid = 0;
	return 0;
}

int child_meet(struct child *c, struct err *e)
{
	autofd line = -1, pidfd = -1;

	if (sync_expect(c->sync, SYNC_LINE, MEET_MS, &line, NULL, e) < 0)
		return -1;
	if (line < 0)
		return err_set(e, EPROTO, "init's socket did not come");
	fd_close(&c->sync);
	c->sync = fd_take(&line);
	if (sync_expect(c->sync, SYNC_PID, MEET_MS, &pidfd, NULL, e) < 0)
		return -1;
	if (pidfd < 0)
		return err_set(e, EPROTO, "init's pidfd did not come");
	if (end_middle(c, e) < 0)
		return -1;
	return take_init(c, &pidfd, e);
}

int child_said(const struct child *c, struct err *e)
{
	struct err said = ERR_NONE;

	if (sync_expect(c->sync, SYNC_READY, 0, NULL, NULL, &said) == 0 ||
	    said.num == ETIMEDOUT)
		return -1;
	if (said.num == ECONNRESET)
		e->num = ECONNRESET;
	else
		*e = said;
	return -1;
}

int child_lost(struct child *c, struct err *e)
{
	struct pollfd end = { .fd = c->pidfd, .events = POLLIN };
	struct err ignored = ERR_NONE;
	int status;

	/* it may also be a hook or a console that went: then init still lives */
	if (e->num != ECONNRESET && e->num != EPIPE)
		return -1;
	if (c->pidfd < 0 || poll(&end, 1, LOST_MS) != 1)
		return -1;
	status = child_wait(c->pidfd, &ignored);
	c->keep = true; /* it is reaped */
	if (status > 128)
		return err_wrap(e, "init was ended by signal %d", status - 128);
	return err_wrap(e, "init ended with status %d", status);
}

/* One that a file system of the container holds in the kernel (FUSE, NFS) does not end by
 * a signal: whoever adopts it when we end reaps it. Whether it is gone. */
static bool kill_it(struct child *c, int ms)
{
	struct pollfd end = { .fd = c->pidfd, .events = POLLIN };
	struct err ignored = ERR_NONE;

	if (c->pid <= 0 || c->pidfd < 0 || c->keep)
		return true;
	c->keep = true;
	sys_pidfd_send_signal(c->pidfd, SIGKILL);
	if (TEMP_FAILURE_RETRY(poll(&end, 1, ms)) != 1)
		return false;
	child_wait(c->pidfd, &ignored);
	return true;
}

int child_fail(struct child *c, int ms, struct err *e)
{
	if (!kill_it(c, ms))
		err_wrap(e, "process %d was killed, but does not end, and is left",
			 c->pid);
	return -1;
}

void child_done(struct child *c)
{
	kill_it(c, CHILD_END_MS);
	fd_close(&c->pidfd);
	fd_close(&c->sync);
}
