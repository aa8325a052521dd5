/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of a foreground run; runs in the program */
#include "src/signals.h"

#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "src/tty.h"

/* Not ours to pass on: those that cannot be caught, that tell of a mistake of our own,
 * or that stop and continue us; SIGCHLD, SIGWINCH and SIGPIPE are held, but not passed
 * on; SIGURG is no request to end anything */
static const int untouched[] = { SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE,
				 SIGILL,  SIGTRAP, SIGABRT, SIGSYS, SIGTSTP,
				 SIGTTIN, SIGTTOU, SIGCONT, SIGURG };

int signals_hold(struct err *e)
{
	sigset_t set;
	int fd;

	sigfillset(&set);
	for (size_t i = 0; i < ARRAY_LEN(untouched); i++)
		sigdelset(&set, untouched[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_sys(e, "block signals");
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? err_sys(e, "make a signalfd") : fd;
}

/* Children of the container whose parents have ended come to us
 * (PR_SET_CHILD_SUBREAPER) */
static void reap_others(pid_t ours)
{
	siginfo_t info;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    info.si_pid <= 0 || info.si_pid == ours)
			return;
		waitid(P_PID, (id_t)info.si_pid, &info, WEXITED | WNOHANG);
	}
}

static void pass_on(int signal_fd, const struct launched *l, const struct tty *t)
{
	struct signalfd_siginfo got;

	while (read(signal_fd, &got, sizeof(got)) == (ssize_t)sizeof(got)) {
		int sig = (int)got.ssi_signo;

		if (sig == SIGCHLD)
			reap_others(l->pid);
		else if (sig == SIGWINCH)
			tty_resize(t);
		else if (sig != SIGPIPE)
			sys_pidfd_send_signal(l->pidfd, sig);
	}
}

enum { POLL_SIGNALS, POLL_PROCESS, POLL_NOTIFY, POLL_TTY, POLL_FDS = POLL_TTY + TTY_FDS };

/* We are the process to watch: we end when the container does. False: no more is wanted.
 * What cannot be told is no reason to leave a container that runs. */
static bool pass_ready(const struct notify *n)
{
	struct err ignored = ERR_NONE;

	if (!notify_heard(n))
		return true;
	notify_ready(n, getpid(), &ignored);
	return false;
}

int signals_wait(int signal_fd, struct launched *l, const struct notify *n,
		 struct err *e)
{
	struct pollfd fds[POLL_FDS];
	autotty t = TTY_NONE;
	const struct notify *waits = n && n->container >= 0 ? n : NULL;
	int timeout;

	if (tty_open(&t, l->tty, e) < 0)
		return -1;
	do {
		timeout = tty_poll(&t, fds + POLL_TTY);
		fds[POLL_SIGNALS] = (struct pollfd){ signal_fd, POLLIN, 0 };
		fds[POLL_PROCESS] = (struct pollfd){ l->pidfd, POLLIN, 0 };
		fds[POLL_NOTIFY] =
			(struct pollfd){ waits ? waits->container : -1, POLLIN, 0 };
		if (poll(fds, POLL_FDS, timeout) < 0 && errno != EINTR)
			return err_sys(e, "poll");
		if (fds[POLL_SIGNALS].revents)
			pass_on(signal_fd, l, &t);
		if (waits && fds[POLL_NOTIFY].revents && !pass_ready(waits))
			waits = NULL;
		tty_copy(&t, fds + POLL_TTY);
	} while (!fds[POLL_PROCESS].revents);
	tty_drain(&t);
	return launched_wait(l, e);
}
