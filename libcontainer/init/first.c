/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The first process of the container, where it is not the program. Runs in init, which
 * makes the program its child and stays.
 *
 * Theory. The first process of a PID namespace is not like others: signals that it does
 * not handle do not reach it, not even those it sends to itself; it inherits orphans; and
 * when it ends, so does all of the namespace. Programs are not written for that. This one
 * is: it reaps, passes on what signals the runtime sends, and ends with the program, as
 * which the runtime then sees it. It also ends when the runtime is gone, by the end of a
 * pipe that only the runtime has the other end of: unlike PR_SET_PDEATHSIG that is
 * without a race, and about the process, not one of its threads.
 *
 * The program is in a process group of its own: kill(2) of its group must not come here,
 * from where it would come back.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/sys.h"

#define LOST (128 + SIGKILL) /* the runtime is gone */

static const uint64_t all_signals = ~0ULL;

/* In the child: what the program expects */
static int be_program(struct inside *in, struct err *e)
{
	uint64_t none = 0;
	int group;
	long r = SYS_(__NR_setpgid, 0, 0, 0, 0, 0, 0);

	if (r == 0 && in->plan->process.terminal) {
		/* signals are held: SIGTTOU does not stop us */
		group = (int)sys_getpid();
		r = sys_ioctl(0, TIOCSPGRP, &group);
	}
	if (r == 0)
		r = sys_rt_sigprocmask(SIG_SETMASK, &none, NULL);
	return r < 0 ? err_set(e, (int)-r, "give the program its process group") : 0;
}

static __attribute__((noreturn)) void end_as(const siginfo_t *end)
{
	sys_exit(end->si_code == CLD_EXITED ? end->si_status : 128 + end->si_status);
}

/* Reap all that have ended; ends with the program */
static void reap(int program)
{
	siginfo_t end;

	for (;;) {
		end.si_pid = 0;
		if (sys_waitid(P_ALL, 0, &end, WEXITED | WNOHANG) < 0 || end.si_pid == 0)
			return;
		if (end.si_pid == program)
			end_as(&end);
	}
}

static void take_signal(int signals, int program)
{
	struct signalfd_siginfo info;

	if (sys_read(signals, &info, sizeof(info)) != (long)sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD)
		reap(program);
	else
		sys_kill(program, (int)info.ssi_signo);
}

static __attribute__((noreturn)) void watch(int life, int program)
{
	int signals = (int)SYS_(__NR_signalfd4, -1, &all_signals, sizeof(all_signals),
				SFD_CLOEXEC, 0, 0);
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = life, .events = POLLIN },
	};

	/* not even the program's output: who waits for its end waits for the program */
	if (signals < 0 || fd_close_others(0, (int[]){ signals, life }, 2) < 0)
		sys_exit(125);
	for (;;) {
		if (sys_ppoll(fds, ARRAY_LEN(fds), NULL) < 0)
			continue;
		if (fds[0].revents)
			take_signal(signals, program);
		if (fds[1].revents)
			sys_exit(LOST);
	}
}

int step_FIRST(struct inside *in, struct err *e)
{
	struct clone_args args;
	long r = sys_rt_sigprocmask(SIG_SETMASK, &all_signals, NULL);

	memset(&args, 0, sizeof(args));
	args.exit_signal = SIGCHLD;
	if (r == 0)
		r = sys_clone3(&args);
	if (r < 0)
		return err_set(e, (int)-r, "make the program's process");
	if (r == 0)
		return be_program(in, e);
	watch(in->kit->life, (int)r);
}
