/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * See freeze.h. Runs in the program.
 *
 * A frozen cgroup that nobody knows of is worse than one that could not be frozen (runc's
 * issue 4481): so signals are blocked from before the first write on, and looked for in
 * the same poll(2) that waits. They are not taken: when the mask is put back they do what
 * they would have done.
 */
#include "cgroups/freeze.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "cgroups/events.h"
#include "cgroups/left.h"

#define UNSURE_MS 100

struct wait {
	const struct cgroup *c;
	bool frozen;  /* what is waited for */
	int events;   /* owned; cgroup.events */
	int signals;  /* owned; readable when a signal is there that would end us; -1 */
	sigset_t old; /* the mask to put back */
};

/* Would it end us, or run a handler that we know nothing of? Those that stop us, and
 * those that do nothing unless they are asked for, do neither. */
static bool is_ending(int sig)
{
	static const int harmless[] = { SIGCHLD, SIGCONT, SIGURG, SIGWINCH,
					SIGTSTP, SIGTTIN, SIGTTOU };
	struct sigaction now;

	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		if (sig == harmless[i])
			return false;
	/* a blocked signal becomes pending even when it is ignored */
	return sigaction(sig, NULL, &now) == 0 && now.sa_handler != SIG_IGN;
}

/* Those that were blocked before are the caller's business */
static int signals_block(struct wait *w, struct err *e)
{
	sigset_t all, ending;

	sigfillset(&all);
	sigemptyset(&ending);
	if (sigprocmask(SIG_BLOCK, &all, &w->old) < 0)
		return err_sys(e, "block signals");
	for (int sig = 1; sig < NSIG; sig++)
		if (sigismember(&w->old, sig) == 0 && is_ending(sig))
			sigaddset(&ending, sig);
	w->signals = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
	return w->signals < 0 ? err_sys(e, "make a signalfd") : 0;
}

static int wait_open(struct wait *w, struct err *e)
{
	w->events = openat(w->c->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	return w->events < 0 ? err_sys(e, "open cgroup.events") : 0;
}

static int late(const struct wait *w, struct err *e)
{
	char text[LEFT_TEXT];
	size_t n;

	if (!w->frozen) /* the kernel lets its own processes go within the write */
		return err_set(e, ETIMEDOUT,
			       "wait until it goes on: a cgroup above it is frozen");
	/* now, while those that have stopped can be told from those that have not */
	n = left_names(w->c, LEFT_AWAKE, text);
	return err_set(e, ETIMEDOUT, "wait until it is frozen: %zu process(es) go on:%s",
		       n, text);
}

static int wait_for(const struct wait *w, int timeout_ms, struct err *e)
{
	struct pollfd fds[] = { { w->signals, POLLIN, 0 }, { w->events, POLLPRI, 0 } };
	int64_t end = clock_ms() + timeout_ms;
	struct cgroup_events now;

	for (;;) {
		int64_t left = end - clock_ms();

		if (events_again(w->events, &now, e) < 0)
			return -1;
		if (poll(fds, ARRAY_LEN(fds),
			 now.frozen == w->frozen || left <= 0 ? 0 : (int)left) < 0)
			return err_sys(e, "wait for cgroup.events");
		if (fds[0].revents)
			return err_set(e, EINTR, "wait until it is frozen");
		if (now.frozen == w->frozen)
			return 0;
		if (left <= 0)
			return late(w, e);
	}
}

/* Nothing that may end us in between, such as an arena that is full: the container
 * chooses how much there is to look at */
static int freeze(struct wait *w, int timeout_ms, struct err *e)
{
	struct err ignored = ERR_NONE;

	if (wait_open(w, e) < 0)
		return -1;
	if (file_put(w->c->fd, "cgroup.freeze", "1", e) == 0 &&
	    wait_for(w, timeout_ms, e) == 0)
		return 0;
	file_put(w->c->fd, "cgroup.freeze", "0", &ignored);
	return -1;
}

int cgroup_freeze(const struct cgroup *c, int timeout_ms, struct err *e)
{
	struct wait w = { .c = c, .frozen = true, .events = -1, .signals = -1 };
	int ret;

	sigemptyset(&w.old);
	ret = signals_block(&w, e);
	if (ret == 0)
		ret = freeze(&w, timeout_ms, e);
	fd_close(&w.signals);
	fd_close(&w.events);
	sigprocmask(SIG_SETMASK, &w.old, NULL);
	return ret < 0 ? err_wrap(e, "freeze cgroup %s", c->path) : 0;
}

int cgroup_thaw(const struct cgroup *c, int timeout_ms, struct err *e)
{
	struct wait w = { .c = c, .frozen = false, .events = -1, .signals = -1 };
	int ret = wait_open(&w, e);

	if (ret == 0)
		ret = file_put(c->fd, "cgroup.freeze", "0", e);
	if (ret == 0)
		ret = wait_for(&w, timeout_ms, e);
	fd_close(&w.events);
	return ret < 0 ? err_wrap(e, "thaw cgroup %s", c->path) : 0;
}

int cgroup_wait_thawed(const struct cgroup *c, int pidfd, struct err *e)
{
	autofd events = openat(c->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	struct pollfd fds[] = { { pidfd, POLLIN, 0 }, { events, POLLPRI, 0 } };
	struct cgroup_events now;
	int freezing = 0;

	if (events < 0)
		return err_sys(e, "open cgroup.events of %s", c->path);
	while (!fds[0].revents) {
		if (events_again(events, &now, e) < 0)
			return err_wrap(e, "cgroup %s", c->path);
		if (!now.frozen && (freezing = cgroup_freezing(c, e)) <= 0)
			return freezing;
		/* it is to be frozen, and is not: somebody was killed, or has come in. No
		 * event tells of the end of that. */
		if (poll(fds, ARRAY_LEN(fds), now.frozen ? -1 : UNSURE_MS) < 0 &&
		    errno != EINTR)
			return err_sys(e, "wait for cgroup %s", c->path);
	}
	return 0;
}

int cgroup_freezing(const struct cgroup *c, struct err *e)
{
	char text[8];

	if (file_get(c->fd, "cgroup.freeze", text, sizeof(text), e) < 0)
		return err_wrap(e, "cgroup %s", c->path);
	return text[0] == '1';
}
