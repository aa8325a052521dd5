/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The messages between host and init. Runs on both sides, so it makes raw system calls
 * only. It decides nothing: who says what, and when, is in sync.h.
 *
 * The peer may be a process that somebody in a container took over: a message counts
 * only when its length, its kind and its fd are those that were waited for.
 */
#include "libcontainer/plan/sync.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/fd.h"
#include "base/sys.h"

static const char *const sync_name[SYNC_KINDS] = {
	[SYNC_ERROR] = "error", [SYNC_LINE] = "line",
	[SYNC_PID] = "pid",	[SYNC_GO] = "go",
	[SYNC_NET] = "net",	[SYNC_MOUNTED] = "mounted",
	[SYNC_TTY] = "tty",	[SYNC_READY] = "ready",
	[SYNC_BEGIN] = "begin", [SYNC_LISTENER] = "listener",
};

/* Room for one fd, and no more: the kernel counts with the length, not with the
 * padding */
union sync_control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int64_t sync_clock(void)
{
	struct sys_timespec now = { 0, 0 };

	SYS_(__NR_clock_gettime, CLOCK_MONOTONIC, &now, 0, 0, 0, 0);
	return now.sec * 1000 + now.nsec / 1000000;
}

/* 1: one of the events, or the end of the peer; 0: time is over; or -errno. A negative
 * timeout is for ever. */
static long sync_poll(int sock, short events, int timeout_ms)
{
	struct pollfd fd = { .fd = sock, .events = events };
	int64_t end, left;
	long r;

	while (timeout_ms < 0) {
		r = sys_ppoll(&fd, 1, NULL);
		if (r != -EINTR)
			return r;
	}
	end = sync_clock() + timeout_ms;
	do {
		struct sys_timespec wait;

		left = end - sync_clock();
		if (left < 0)
			left = 0;
		wait.sec = left / 1000;
		wait.nsec = left % 1000 * 1000000;
		r = sys_ppoll(&fd, 1, &wait);
	} while (r == -EINTR);
	return r;
}

/* One datagram; its fd, if it has one, goes to *fd. Returns its length or -errno. */
static long sync_receive(int sock, struct sync_msg *m, int *fd, int *flags)
{
	union sync_control control;
	struct iovec part = { .iov_base = m, .iov_len = sizeof(*m) };
	struct msghdr h = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	struct cmsghdr *c;
	long n;

	do
		n = sys_recvmsg(sock, &h, MSG_CMSG_CLOEXEC);
	while (n == -EINTR);
	if (n < 0)
		return n;
	c = CMSG_FIRSTHDR(&h);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	*flags = h.msg_flags;
	return n;
}

/* As sync_receive(), within timeout_ms: else -ETIMEDOUT */
static long sync_wait(int sock, int timeout_ms, struct sync_msg *m, int *fd, int *flags)
{
	long r = timeout_ms < 0 ? 1 : sync_poll(sock, POLLIN, timeout_ms);

	if (r == 0)
		return -ETIMEDOUT;
	return r < 0 ? r : sync_receive(sock, m, fd, flags);
}

/* *e becomes what the peer sent: its text is one and ends somewhere, its number is an
 * errno value */
static int sync_adopt(const struct sync_msg *m, struct err *e)
{
	*e = m->err;
	e->text[sizeof(e->text) - 1] = '\0';
	if (e->num <= 0)
		e->num = EPROTO;
	if (!e->text[0])
		return err_set(e, e->num, "init does not say what went wrong");
	return -1;
}

int sync_expect(int sock, enum sync_kind kind, int timeout_ms, int *fd, int32_t *pid,
		struct err *e)
{
	const char *what = sync_name[kind];
	struct sync_msg m;
	autofd got = -1;
	int flags = 0;
	long n;

	n = sync_wait(sock, timeout_ms, &m, &got, &flags);
	if (n == -ETIMEDOUT)
		return err_set(e, ETIMEDOUT, "wait %d ms for \"%s\"", timeout_ms, what);
	if (n == 0)
		n = -ECONNRESET;
	if (n < 0)
		return err_set(e, (int)-n, "wait for \"%s\"", what);
	if (n != (long)sizeof(m) || (flags & (MSG_TRUNC | MSG_CTRUNC)))
		return err_set(e, EPROTO, "malformed message while waiting for \"%s\"",
			       what);
	if (m.kind == SYNC_ERROR)
		return sync_adopt(&m, e);
	if (m.kind != kind)
		return err_set(e, EPROTO, "message %u while waiting for \"%s\"", m.kind,
			       what);
	if (got >= 0 && !fd)
		return err_set(e, EPROTO, "unexpected fd with \"%s\"", what);
	if (fd)
		*fd = fd_take(&got);
	if (pid)
		*pid = m.pid;
	return 0;
}

static long sync_write(int sock, const struct sync_msg *m, int fd)
{
	union sync_control control;
	struct iovec part = { .iov_base = (void *)m, .iov_len = sizeof(*m) };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };
	long n;

	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
		h.msg_control = &control;
		h.msg_controllen = sizeof(control);
	}
	do
		n = sys_sendmsg(sock, &h, MSG_NOSIGNAL);
	while (n == -EINTR);
	return n;
}

int sync_send(int sock, enum sync_kind kind, int fd, int32_t pid, struct err *e)
{
	struct sync_msg m;
	long n;

	memset(&m, 0, sizeof(m)); /* no byte of our stack leaves this process */
	m.kind = kind;
	m.pid = pid;
	n = sync_write(sock, &m, fd);
	if (n < 0)
		return err_set(e, (int)-n, "send \"%s\"", sync_name[kind]);
	return 0;
}

void sync_fail(int sock, const struct err *why)
{
	struct sync_msg m;
	size_t n = 0;

	memset(&m, 0, sizeof(m));
	m.kind = SYNC_ERROR;
	m.err.num = why->num;
	m.err.plain = why->plain;
	for (; n < sizeof(m.err.text) - 1 && why->text[n]; n++)
		m.err.text[n] = why->text[n];
	sync_write(sock, &m, -1);
}

/* What is left to read when the peer has gone; how many times it said BEGIN, or -1 */
static int sync_rest(int sock, struct err *e)
{
	int begun = 0, resets = 0;

	for (;;) {
		struct sync_msg m;
		autofd got = -1;
		int flags = 0;
		long n = sync_receive(sock, &m, &got, &flags);

		/* a peer that ends with unread messages of ours resets the
		 * connection; that is told once, in front of what it sent */
		if (n == -ECONNRESET && resets++ == 0)
			continue;
		if (n == 0 || n == -ECONNRESET)
			return begun;
		if (n < 0)
			return err_set(e, (int)-n, "wait for the end of init");
		if (n == (long)sizeof(m) && m.kind == SYNC_ERROR && !(flags & MSG_TRUNC))
			return sync_adopt(&m, e);
		if (n != (long)sizeof(m) || m.kind != SYNC_BEGIN)
			return err_set(e, EPROTO,
				       "message while waiting for the end of init");
		begun++;
	}
}

/* How many times it said BEGIN until then, or -1 */
static int sync_end(int sock, int timeout_ms, struct err *e)
{
	long r = sync_poll(sock, 0, timeout_ms); /* no event but the end: one wake-up */

	if (r == 0)
		return err_set(e, ETIMEDOUT, "wait %d ms for the end of init",
			       timeout_ms);
	if (r < 0)
		return err_set(e, (int)-r, "wait for the end of init");
	return sync_rest(sock, e);
}

int sync_begun(int sock, int timeout_ms, struct err *e)
{
	int begun = sync_end(sock, timeout_ms, e);

	if (begun == 0)
		return err_set(e, ECONNRESET, "init ended before it ran the program");
	return begun < 0 ? -1 : 0;
}

int sync_ended(int sock, int timeout_ms, struct err *e)
{
	return sync_end(sock, timeout_ms, e) < 0 ? -1 : 0;
}
