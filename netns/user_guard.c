/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guard of a program that connects a container (user.h says why); runs in it, but for
 * the functions at the end, which run in the program */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/fd.h"
#include "netns/user_parts.h"

#define GO_MS	30000 /* the program has USER_MS of it */
#define DONE_MS 5000

/* What the guard says when the network is there, or why it is not */
struct report {
	struct err err;
	int32_t pid;
};

/* --- in the guard ---------------------------------------------------------- */

static int settle_down(struct guard *g, struct err *e)
{
	const int fds[] = { g->sock, g->box->pidfd, g->box->dir };
	uint64_t all = ~0ULL;
	long null = sys_openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0), ret = null;

	for (int fd = 0; fd < 3 && ret >= 0; fd++)
		ret = fd == null ? 0 : sys_dup3((int)null, fd, 0);
	if (ret >= 0)
		/* pipes that it held would never end */
		ret = fd_close_others(3, fds, ARRAY_LEN(fds));
	/* nobody but the kernel ends it: it would leave the program alone */
	if (ret >= 0)
		ret = sys_rt_sigprocmask(SIG_SETMASK, &all, NULL);
	if (ret >= 0)
		ret = sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (ret >= 0)
		ret = sys_chdir("/");
	if (ret < 0)
		return err_set(e, (int)-ret, "prepare the guard of the network");
	sys_setsid();
	sys_prctl(PR_SET_NAME, (unsigned long)"aril-net-guard", 0, 0, 0);
	return 0;
}

/* All that is below it, whatever it forked meanwhile */
static void end_children(struct guard *g)
{
	siginfo_t info;
	int32_t pid;

	do {
		while ((pid = guard_child(g)) > 0) {
			sys_kill(pid, SIGKILL);
			waitid(P_PID, (id_t)pid, &info, WEXITED);
		}
		info.si_pid = 0;
	} while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 && info.si_pid > 0);
}

static void wait_for_end(struct guard *g)
{
	struct pollfd p[] = { { .fd = g->box->pidfd, .events = POLLIN },
			      { .fd = g->pidfd, .events = POLLIN } };

	while (poll(p, ARRAY_LEN(p), -1) < 0 && errno == EINTR)
		;
}

static int connect_it(struct guard *g, struct err *e)
{
	return g->net->program == USER_PASTA ? guard_pasta(g, e) : guard_slirp(g, e);
}

static void guard_main(struct guard *g)
{
	struct report r = { .err = ERR_NONE };
	char go = 0;

	if (settle_down(g, &r.err) == 0) {
		/* end of file: the one who made us has gone */
		if (TEMP_FAILURE_RETRY(recv(g->sock, &go, 1, 0)) != 1)
			return;
		if (connect_it(g, &r.err) == 0)
			r.pid = g->pid;
	}
	send(g->sock, &r, sizeof(r), MSG_NOSIGNAL);
	fd_close(&g->sock);
	if (r.pid > 0)
		wait_for_end(g);
	end_children(g);
}

/* --- in the program -------------------------------------------------------- */

int user_net_guard(const struct user_net *n, const struct user_box *b,
		   struct user_guard *g, struct err *e)
{
	/* that of the plan is shared memory, which init reads */
	autoarena own = ARENA_NONE;
	struct clone_args args = { .flags = CLONE_PIDFD,
				   .pidfd = (uintptr_t)&g->pidfd,
				   .exit_signal = SIGCHLD };
	struct guard guard = { .net = n, .box = b, .a = &own, .pidfd = -1, .hold = -1 };
	int pair[2];
	long pid;

	if (arena_open(&own, false, e) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, "%s: make a socket", n->where);
	g->sock = pair[0];
	guard.sock = pair[1];
	pid = sys_clone3(&args);
	if (pid == 0) {
		guard_main(&guard);
		sys_exit(0);
	}
	fd_close(&pair[1]);
	if (pid < 0)
		return err_set(e, (int)-pid, "%s: make the guard of the network",
			       n->where);
	g->pid = (pid_t)pid;
	return 0;
}

int user_net_go(struct user_guard *g, pid_t *pid, int *pidfd, struct err *e)
{
	struct pollfd p = { .fd = g->sock, .events = POLLIN };
	struct report r;
	int ready;

	if (send(g->sock, "", 1, MSG_NOSIGNAL) != 1)
		return err_sys(e, "speak with the guard of the network");
	ready = TEMP_FAILURE_RETRY(poll(&p, 1, GO_MS));
	if (ready == 0)
		return err_set(e, ETIMEDOUT, "wait for the guard of the network");
	if (recv(g->sock, &r, sizeof(r), 0) != sizeof(r))
		return err_set(e, EPIPE, "hear from the guard of the network");
	fd_close(&g->sock);
	if (r.pid <= 0) {
		*e = r.err;
		return -1;
	}
	/* the guard has not reaped it: it cannot be another one */
	*pidfd = (int)sys_pidfd_open(r.pid, 0);
	if (*pidfd < 0)
		return err_set(e, -*pidfd, "open a pidfd of process %d", r.pid);
	*pid = r.pid;
	return 0;
}

void user_guard_done(struct user_guard *g)
{
	struct pollfd p = { .fd = g->pidfd, .events = POLLIN };
	siginfo_t info;

	fd_close(&g->sock);
	if (g->pidfd >= 0) {
		if (TEMP_FAILURE_RETRY(poll(&p, 1, DONE_MS)) <= 0)
			sys_pidfd_send_signal(g->pidfd, SIGKILL);
		waitid(P_PIDFD, (id_t)g->pidfd, &info, WEXITED);
	}
	fd_close(&g->pidfd);
}
