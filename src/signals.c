/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of a foreground run; runs in the program */
#include "src/signals.h"

#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

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

int signals_begin(struct waiting *w, struct err *e)
{
	if (w->n && w->n->container < 0)
		w->n = NULL;
	return tty_open(&w->tty, w->l->tty, e);
}

/* One round: what is ready, or comes within ms (-1: any time), is done. True: the process
 * has ended. */
static int round_of(struct waiting *w, int ms, struct err *e)
{
	struct pollfd fds[POLL_FDS];
	int again = tty_poll(&w->tty, fds + POLL_TTY);

	fds[POLL_SIGNALS] = (struct pollfd){ w->signal_fd, POLLIN, 0 };
	fds[POLL_PROCESS] = (struct pollfd){ w->l->pidfd, POLLIN, 0 };
	fds[POLL_NOTIFY] = (struct pollfd){ w->n ? w->n->container : -1, POLLIN, 0 };
	if (again >= 0 && (ms < 0 || again < ms))
		ms = again;
	if (poll(fds, POLL_FDS, ms) < 0 && errno != EINTR)
		return err_sys(e, "poll");
	if (fds[POLL_SIGNALS].revents)
		pass_on(w->signal_fd, w->l, &w->tty);
	if (w->n && fds[POLL_NOTIFY].revents && !pass_ready(w->n))
		w->n = NULL;
	tty_copy(&w->tty, fds + POLL_TTY);
	return fds[POLL_PROCESS].revents != 0;
}

int signals_wait(struct waiting *w, int ms, struct err *e)
{
	int64_t end = ms < 0 ? -1 : clock_ms() + ms, left = ms;
	int ended;

	do {
		ended = round_of(w, (int)left, e);
		if (end >= 0)
			left = end - clock_ms();
	} while (ended == 0 && (end < 0 || left > 0));
	return ended;
}

int signals_end(struct waiting *w, struct err *e)
{
	tty_drain(&w->tty);
	return launched_wait(w->l, e);
}

void signals_done(struct waiting *w)
{
	tty_done(&w->tty);
}
