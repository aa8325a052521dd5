/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One hook from clone to waitid. Runs in init and in the program: raw system calls only.
 *
 * Theory. The child borrows our memory until it has executed the hook (CLONE_VM |
 * CLONE_VFORK): nothing is copied, and it leaves the errno of a failed execve where we
 * read it. What the hook prints goes to memory files and not to pipes, so a hook that
 * leaves a daemon behind does not hold us, and we need not read while we wait. It leads
 * a session of its own: a timeout kills its group. Its exit signal is 0: no SIGCHLD
 * reaches a program that counts its children, and an ignored SIGCHLD does not take its
 * status away.
 */
#include "libcontainer/init/hook.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/sys.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#define AT_CWD (-100) /* AT_FDCWD */
#define STACK  8192
#define SHOWN  180 /* bytes of each output in the error text */

struct child {
	const struct plan_hook *hook;
	int in, out, err;
	long error; /* -errno of what went wrong before the hook ran; else 0 */
};

static const char *const no_env[] = { NULL };

long signals_reset(void)
{
	uint64_t none = 0;
	uint64_t act[8] = { 0 }; /* SIG_DFL; larger than the kernel's struct sigaction */
	long r = 0;

	for (int sig = 1; sig <= 64 && r == 0; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			r = sys_rt_sigaction(sig, act, NULL);
	return r < 0 ? r : sys_rt_sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child, on its own stack, in our memory. It never returns, so AddressSanitizer
 * would leave the marks of its variables on a stack that we use again. */
__attribute__((no_sanitize("address"))) static int child_main(void *arg)
{
	struct child *c = arg;
	const struct plan_hook *h = c->hook;
	const char *argv[] = { h->path, NULL };

	/* handlers are gone (CLONE_CLEAR_SIGHAND); what was ignored is not */
	c->error = signals_reset();
	sys_setsid();
	if (c->error >= 0)
		c->error = sys_dup3(c->in, 0, 0);
	if (c->error >= 0)
		c->error = sys_dup3(c->out, 1, 0);
	if (c->error >= 0)
		c->error = sys_dup3(c->err, 2, 0);
	if (c->error >= 0)
		c->error = sys_close_range(3, ~0U, 0);
	if (c->error >= 0)
		c->error = sys_execveat(AT_CWD, h->path,
					h->argv && h->argv[0] ? h->argv : (char **)argv,
					h->envp ? h->envp : (char **)no_env, 0);
	return 127;
}

/* A memory file whose number is at least 3: 0 to 2 are overwritten in the child */
static int memory_file(const char *name, struct err *e)
{
	int low[3] = { -1, -1, -1 }, fd = -1;

	for (int i = 0; i < 4; i++) {
		fd = (int)sys_memfd_create(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
		if (fd == -EINVAL) /* before Linux 6.3 */
			fd = (int)sys_memfd_create(name, MFD_CLOEXEC);
		if (fd < 0 || fd > 2)
			break;
		low[i] = fd;
	}
	for (int i = 0; i < 3; i++)
		fd_close(&low[i]);
	return fd < 0 ? err_set(e, -fd, "make a memory file for %s", name) : fd;
}

/* The beginning of a memory file as text, without the line ends at its end */
static const char *shown(int fd, char text[SHOWN])
{
	long n;

	sys_lseek(fd, 0, 0);
	n = sys_read(fd, text, SHOWN - 1);
	if (n < 0)
		n = 0;
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\0'))
		n--;
	text[n] = '\0';
	return text;
}

/* 1: it has ended; 0: its time is over; or -errno */
static long wait_end(int pidfd, int64_t timeout_ms)
{
	struct pollfd fd = { .fd = pidfd, .events = POLLIN };
	/* Linux leaves in it the time that is left when a signal comes */
	struct sys_timespec t = { timeout_ms / 1000, timeout_ms % 1000 * 1000000 };
	long r;

	do
		r = sys_ppoll(&fd, 1, timeout_ms > 0 ? &t : NULL);
	while (r == -EINTR);
	return r;
}

static int hook_report(const struct plan_hook *h, const struct child *c,
		       const siginfo_t *info, struct err *e)
{
	char out[SHOWN], err[SHOWN];

	if (info->si_code == CLD_EXITED && info->si_status == 0)
		return 0;
	shown(c->out, out);
	shown(c->err, err);
	return err_plain(e, ECANCELED, "error running %s: %s %d, stdout: %s, stderr: %s",
			 h->where,
			 info->si_code == CLD_EXITED ? "exit status" : "killed by signal",
			 info->si_status, out, err);
}

static int hook_wait(const struct plan_hook *h, int pid, int pidfd, struct child *c,
		     struct err *e)
{
	siginfo_t info;
	bool late;
	long r;

	r = wait_end(pidfd, h->timeout_ms);
	late = r == 0;
	if (r <= 0) {
		sys_kill(-pid, SIGKILL);
		sys_pidfd_send_signal(pidfd, SIGKILL);
	}
	memset(&info, 0, sizeof(info));
	do /* __WALL: its exit signal is not SIGCHLD */
		r = sys_waitid(P_PIDFD, pidfd, &info, WEXITED | __WALL);
	while (r == -EINTR);
	if (r < 0)
		return err_set(e, (int)-r, "error running %s: wait for it", h->where);
	if (c->error < 0)
		return err_set(e, (int)-c->error, "error running %s: exec %s", h->where,
			       h->path);
	if (late)
		return err_plain(e, ETIMEDOUT,
				 "error running %s: hook ran past specified timeout of "
				 "%lld.%llds",
				 h->where, (long long)h->timeout_ms / 1000,
				 (long long)h->timeout_ms % 1000 / 100);
	return hook_report(h, c, &info, e);
}

/* What was not given is a memory file; *own is it then, to be closed */
static int use_or_make(int given, const char *name, int *own, struct err *e)
{
	if (given >= 0)
		return given;
	*own = memory_file(name, e);
	return *own;
}

int hook_run(const struct plan_hook *h, const struct hook_fds *fds, struct err *e)
{
	char stack[STACK] __attribute__((aligned(16)));
	autofd own_in = -1, own_out = -1, own_err = -1, pidfd = -1;
	struct child c = { .hook = h };
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
		.pidfd = (uintptr_t)&pidfd,
		.stack = (uintptr_t)stack,
		.stack_size = sizeof(stack),
	};
	long pid;

	if (fds->state >= 0)
		sys_lseek(fds->state, 0, 0); /* the hook before this one has read it */
	c.in = use_or_make(fds->state, "stdin", &own_in, e);
	c.out = c.in < 0 ? -1 : use_or_make(fds->out, "stdout", &own_out, e);
	c.err = c.out < 0 ? -1 : use_or_make(fds->err, "stderr", &own_err, e);
	if (c.err < 0)
		return -1;
	pid = sys_clone3_call(&args, sizeof(args), child_main, &c);
	if (pid < 0)
		return err_set(e, (int)-pid, "error running %s: clone", h->where);
	return hook_wait(h, (int)pid, pidfd, &c, e);
}

int hooks_run(const plan_hooks_t *hooks, const struct hook_fds *fds, struct err *e)
{
	LIST_EACH (h, hooks)
		if (hook_run(h, fds, e) < 0)
			return -1;
	return 0;
}
