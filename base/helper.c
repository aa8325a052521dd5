/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of a helper; runs in the program */
#include "base/helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/fmt.h"
#include "base/program.h"
#include "base/str.h"
#include "base/words.h"

#define KILLED_MS  10000
#define ANSWER_ADD 8192

/* --- its life ---------------------------------------------------------------------- */

static int spawn_it(struct helper *h, const char *path, char *const *argv, int sock,
		    int fd, struct err *e)
{
	const struct program_file files[] = {
		{ sock, 0 }, { -1, 1 }, { -1, 2 }, { fd, 3 }
	};
	size_t n = ARRAY_LEN(files) - (fd < 0);
	int ret = program_start(path, argv, files, n, true, &h->pid);

	if (ret == ENOENT)
		return err_set(e, ret, "run %s, %s", path, h->kind->missing);
	return ret ? err_set(e, ret, "run %s", path) : 0;
}

int helper_start(struct helper *h, const char *path, char *const *argv, int fd,
		 struct err *e)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, "make a socket for %s", path);
	h->sock = ends[0];

	autofd theirs = ends[1];

	if (fcntl(h->sock, F_SETFL, O_NONBLOCK) < 0)
		return err_sys(e, "prepare a socket for %s", path);
	if (spawn_it(h, path, argv, theirs, fd, e) < 0)
		return -1;
	h->pidfd = (int)sys_pidfd_open(h->pid, 0);
	if (h->pidfd < 0)
		return err_set(e, -h->pidfd, "open a pidfd of %s", path);
	return 0;
}

/* Reap it; how it ended as a text, for an error */
static void reap(struct helper *h, char *how, size_t size)
{
	siginfo_t info = { 0 };

	how[0] = '\0';
	if (h->pid > 0 && waitid(P_PID, (id_t)h->pid, &info, WEXITED | WNOHANG) == 0 &&
	    info.si_pid == h->pid) {
		fmt_text(how, size,
			 info.si_code == CLD_EXITED ? "exit status %d" : "signal %d",
			 info.si_status);
		h->pid = 0;
	}
}

int helper_end(struct helper *h, struct err *e)
{
	struct pollfd end = { .fd = h->pidfd, .events = POLLIN };
	char how[32];
	int ready;

	fd_close(&h->sock);
	if (h->pid > 0 && h->pidfd >= 0) {
		ready = TEMP_FAILURE_RETRY(poll(&end, 1, h->left_ms));
		if (ready <= 0) {
			sys_pidfd_send_signal(h->pidfd, SIGKILL);
			TEMP_FAILURE_RETRY(poll(&end, 1, KILLED_MS));
		}
	} else if (h->pid > 0) { /* no pidfd could be had; it is our child, not reaped */
		kill(h->pid, SIGKILL);
		TEMP_FAILURE_RETRY(waitpid(h->pid, NULL, 0));
		h->pid = 0;
	}
	reap(h, how, sizeof(how));
	fd_close(&h->pidfd);
	if (h->pid == 0)
		return 0;
	h->pid = 0;
	return err_set(e, ETIMEDOUT, "wait for the end of %s (%s)", h->kind->name,
		       h->what);
}

void helper_done(struct helper *h)
{
	struct err ignored = ERR_NONE;

	helper_end(h, &ignored);
}

/* --- the talk ---------------------------------------------------------------------- */

struct talk {
	const struct text *request;
	size_t sent, got, room;
	bool deaf; /* it reads no more */
	char *said;
	bool (*whole)(const char *said);
};

/* Send what the socket takes. 0 also when the other end is closed: its last words may
 * say why. */
static int talk_send(struct helper *h, struct talk *t, struct err *e)
{
	ssize_t n = send(h->sock, t->request->s + t->sent, t->request->n - t->sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n > 0)
		t->sent += (size_t)n;
	else if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
		t->deaf = true;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		return err_sys(e, "send to %s", h->kind->name);
	return 0;
}

static void talk_grow(struct talk *t)
{
	char *more;

	if (t->room - t->got > 1 || t->room >= HELPER_ANSWER_MAX)
		return;
	t->room = t->room ? t->room * 2 : ANSWER_ADD;
	more = arena_get(t->request->arena, t->room);
	if (t->got)
		memcpy(more, t->said, t->got);
	t->said = more;
}

/* Take what it says. 1: that was a whole answer, or all that it will ever say */
static int talk_receive(struct helper *h, struct talk *t, struct err *e)
{
	size_t room;
	ssize_t n;

	talk_grow(t);
	room = t->room - 1 - t->got;
	n = room > 0 ? recv(h->sock, t->said + t->got, room, MSG_DONTWAIT) : 0;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0 && errno != ECONNRESET)
		return err_sys(e, "receive from %s", h->kind->name);
	t->got += n > 0 ? (size_t)n : 0;
	t->said[t->got] = '\0';
	return n <= 0 || t->whole(t->said);
}

/* Wait until there is something to do: 1; 0: again */
static int talk_wait(struct helper *h, struct pollfd p[2], int64_t end, struct err *e)
{
	int64_t left = end - clock_ms();
	int ret = left > 0 ? poll(p, 2, (int)left) : 0;

	if (ret > 0)
		return 1;
	if (ret < 0 && errno == EINTR)
		return 0;
	if (ret < 0)
		return err_sys(e, "wait for %s", h->kind->name);
	h->left_ms = 0;
	return err_set(e, ETIMEDOUT, "wait for the answer of %s (%s)", h->kind->name,
		       h->what);
}

static int talk(struct helper *h, struct talk *t, int ms, struct err *e)
{
	int64_t end = clock_ms() + ms;
	struct pollfd p[2] = { { .fd = h->sock }, { .fd = h->pidfd, .events = POLLIN } };

	for (;;) {
		bool more = !t->deaf && t->sent < t->request->n, talks;
		int ret;

		p[0].events = (short)(POLLIN | (more ? POLLOUT : 0));
		ret = talk_wait(h, p, end, e);
		if (ret < 0)
			return -1;
		if (ret == 0)
			continue;
		if ((p[0].revents & POLLOUT) && talk_send(h, t, e) < 0)
			return -1;
		talks = p[0].revents & ~POLLOUT;
		ret = talks || p[1].revents ? talk_receive(h, t, e) : 0;
		if (ret < 0)
			return -1;
		/* the second: it has ended, and what it said was taken before */
		if (ret > 0 || (!talks && p[1].revents))
			return 0;
	}
}

int helper_ask(struct helper *h, const struct text *request, int ms,
	       bool (*whole)(const char *said), char **said, struct err *e)
{
	struct talk t = { .request = request, .whole = whole };

	talk_grow(&t);
	if (talk(h, &t, ms, e) < 0)
		return -1;
	*said = t.said;
	return 0;
}

int helper_tell(struct helper *h, const char *word, struct err *e)
{
	char line[64];
	size_t n = fmt_text(line, sizeof(line), "%s\n", word);
	ssize_t sent = send(h->sock, line, n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent == (ssize_t)n)
		return 0;
	return err_set(e, sent < 0 ? errno : EIO, "tell %s (%s) to %s", h->kind->name,
		       h->what, word);
}

int helper_strange(struct helper *h, const char *said, struct err *e)
{
	struct pollfd end = { .fd = h->pidfd, .events = POLLIN };
	char how[32] = "";
	bool unlinked;

	if (said[0])
		return err_set(
			e, EPROTO, "%s (%s) gave a strange answer: \"%.*s\"",
			h->kind->name, h->what,
			(int)(strcspn(said, "\n") < 200 ? strcspn(said, "\n") : 200),
			said);
	if (TEMP_FAILURE_RETRY(poll(&end, 1, HELPER_END_MS)) > 0)
		reap(h, how, sizeof(how));
	/* what the dynamic loader says went nowhere */
	unlinked = str_eq(how, "exit status 127");
	return err_set(e, EPIPE, "%s (%s) ended without an answer%s%s%s%s%s",
		       h->kind->name, h->what, how[0] ? ", with " : "", how,
		       unlinked ? ": is " : "", unlinked ? h->kind->library : "",
		       unlinked ? " installed?" : "");
}

int helper_error(struct helper *h, const char *text, const char *said, struct err *e)
{
	size_t n = strspn(text, "0123456789");
	uint64_t num;

	if (!str_u64n(text, n, 4095, &num) || num == 0 || text[n] != ' ')
		return helper_strange(h, said, e);
	return err_set(e, (int)num, "%s", text + n + 1);
}
