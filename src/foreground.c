/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wait of a foreground run, and its end; runs in the program */
#include "src/foreground.h"

#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/confine.h"
#include "base/fd.h"
#include "base/sys.h"
#include "src/signals.h"

/* Most containers that end sooner are the ones whose run should take no time at all */
#define SETTLE_MS 100

/* What poll(2) and others are in the libc that we have; tick.h needs the timer */
static const uint16_t calls[] = {
#ifdef __NR_poll
	__NR_poll,
#endif
	__NR_ppoll,
	__NR_read,
	__NR_write,
	__NR_recvfrom,
	__NR_sendto,
	__NR_waitid,
	__NR_wait4,
	__NR_pidfd_send_signal,
	__NR_rt_sigaction,
	__NR_close,
	__NR_setitimer,
	__NR_rt_sigprocmask,
	__NR_rt_sigreturn,
	__NR_getpid,
	__NR_exit_group,
	__NR_clock_gettime,
	__NR_restart_syscall,
};

/* The settings and the size of a terminal. Not TIOCSTI, which types. A newer glibc uses
 * struct termios2, which <asm/termbits.h> has, but not for those who have <termios.h>. */
#define TERMIOS2 44
static const uint32_t requests[] = {
	TCGETS,
	TCSETS,
	TCSETSW,
	TCSETSF,
	TIOCGWINSZ,
	TIOCSWINSZ,
#ifdef TCGETS2
	_IOC(_IOC_READ, 'T', 0x2A, TERMIOS2),
	_IOC(_IOC_WRITE, 'T', 0x2B, TERMIOS2),
	_IOC(_IOC_WRITE, 'T', 0x2C, TERMIOS2),
	_IOC(_IOC_WRITE, 'T', 0x2D, TERMIOS2),
#endif
};

/* How it ended, for the keeper */
struct outcome {
	int status; /* -1: see e */
	struct err e;
};

/* --- in the keeper --------------------------------------------------------- */

/* Its sender has seen what the container wrote: it says how it ended, and nothing else.
 * `ends`: when the sender is killed, the container is to end, too. */
static int keep(int sock, bool ends, struct err *e)
{
	struct outcome o;
	ssize_t n;

	sys_prctl(PR_SET_NAME, (unsigned long)"aril-keeper", 0, 0, 0);
	n = TEMP_FAILURE_RETRY(recv(sock, &o, sizeof(o), 0));
	if (n != (ssize_t)sizeof(o) && ends)
		return err_plain(e, ECHILD, "the process that waited was killed");
	if (n != (ssize_t)sizeof(o))
		sys_exit(1);
	if (o.status >= 0)
		return o.status & 0xff;
	o.e.text[ERR_TEXT - 1] = '\0';
	return err_plain(e, o.e.num > 0 ? o.e.num : EIO, "%s", o.e.text);
}

/* --- in the one that waits ------------------------------------------------- */

/* Exits as the keeper does. Returns when that was killed. */
static int exit_as(pid_t keeper, struct err *e)
{
	siginfo_t end = { .si_code = 0 };

	if (TEMP_FAILURE_RETRY(waitid(P_PID, (id_t)keeper, &end, WEXITED)) == 0 &&
	    end.si_code == CLD_EXITED)
		sys_exit(end.si_status);
	return err_plain(e, ECHILD,
			 "process %d, which was to finish this, was killed: the "
			 "container may have to be deleted by hand",
			 keeper);
}

static int wait_apart(struct waiting *w, int sock, pid_t keeper, struct err *e)
{
	struct outcome o = { .status = -1, .e = ERR_NONE };

	if (signals_wait(w, -1, &o.e) >= 0)
		o.status = signals_end(w, &o.e);
	signals_done(w);
	send(sock, &o, sizeof(o), MSG_NOSIGNAL);
	return exit_as(keeper, e);
}

static void give_up(const struct waiting *w, int sock, const struct launch *how)
{
	const int files[] = { 0,
			      1,
			      2,
			      sock,
			      w->signal_fd,
			      w->l->pidfd,
			      w->l->tty,
			      w->n ? w->n->container : -1,
			      w->n ? w->n->manager : -1 };
	const struct confine c = { .calls = calls,
				   .n = ARRAY_LEN(calls),
				   .requests = requests,
				   .requests_n = ARRAY_LEN(requests),
				   .files = files,
				   .files_n = ARRAY_LEN(files),
				   /* for a container of other users than ours */
				   .caps = 1ULL << CAP_KILL };
	struct err why = ERR_NONE;

	if (confine_self(&c, &why) < 0 && how->warn)
		how->warn(how->warn_to, why.text);
}

/* --- both ------------------------------------------------------------------ */

/* The keeper returns, and the one that waits only if the keeper is killed. Without a
 * second process the first one stays as it is: the container must not suffer. */
static int part(struct waiting *w, const struct launch *how, struct err *e)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	autofd ours = -1, theirs = -1;
	int ends[2];
	long pid = -1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) {
		ours = ends[0];
		theirs = ends[1];
		pid = sys_clone3(&args);
	}
	if (pid == 0) {
		fd_close(&ours);
		w->tty = (struct tty)TTY_NONE; /* not ours to set back */
		return keep(theirs, w->l->life >= 0, e);
	}
	if (pid > 0) {
		give_up(w, ours, how);
		return wait_apart(w, ours, (pid_t)pid, e);
	}
	if (how->warn)
		how->warn(how->warn_to, "the foreground is not confined: no process can "
					"be made to finish for it");
	return signals_wait(w, -1, e) < 0 ? -1 : signals_end(w, e);
}

int foreground_wait(int signal_fd, struct launched *l, const struct notify *n,
		    const struct launch *how, struct err *e)
{
	struct waiting w = { .signal_fd = signal_fd, .l = l, .n = n, .tty = TTY_NONE };
	int ret = -1;

	if (signals_begin(&w, e) == 0)
		ret = signals_wait(&w, SETTLE_MS, e);
	if (ret == 0)
		ret = part(&w, how, e);
	else if (ret > 0)
		ret = signals_end(&w, e);
	signals_done(&w);
	return ret;
}

/* The box is opened anew: while the container ran it was not locked, so that others
 * could kill or delete it */
static int delete_once(const struct call *c, const char *id, struct err *e)
{
	struct err gone = ERR_NONE;
	struct launch how = { .root = NULL };
	autobox b = BOX_NONE;

	if (box_open(&b, c->root, id, true, false, c->arena, &gone) < 0) {
		if (gone.num == ENOENT)
			return 0;
		*e = gone;
		return -1;
	}
	call_environment(c, &how);
	return launch_delete(&how, &b, true, e);
}

/* Nobody else will do it: what hinders us may be for a moment only */
int foreground_delete(const struct call *c, const char *id, struct err *e)
{
	struct err first = ERR_NONE, ignored = ERR_NONE;

	if (delete_once(c, id, &first) == 0 || delete_once(c, id, &ignored) == 0)
		return 0;
	*e = first;
	return -1;
}
