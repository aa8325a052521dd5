/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a container tells on its NOTIFY_SOCKET, and that it cannot hold who listens.
 * Needs no privileges, but a loopback device.
 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "libcontainer/launch_notify.h"
#include "tests/unit/check.h"

#define LINGER_S 20

/* A container that tells at `*container` */
static void open_pair(struct notify *n, int *container)
{
	int pair[2] = { -1, -1 };

	*n = (struct notify)NOTIFY_NONE;
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) == 0, "a socket");
	n->container = pair[0];
	*container = pair[1];
}

static bool told(int container, const char *text)
{
	size_t len = strlen(text);

	return send(container, text, len, MSG_DONTWAIT) == (ssize_t)len;
}

static void test_words(void)
{
	autofd container = -1;
	autonotify n = NOTIFY_NONE;

	open_pair(&n, &container);
	CHECK(!notify_heard(&n), "nothing was told");
	CHECK(told(container, "STATUS=x\nNOTREADY=1\nREADY=12"), "other words");
	CHECK(!notify_heard(&n), "are not READY=1");
	CHECK(told(container, "") && told(container, "STATUS=x\nREADY=1\n"), "ready");
	CHECK(notify_heard(&n), "is heard, behind a message without a word");
}

/* The socket is full; who has it full all the time gets no more of us */
static void test_flood(void)
{
	autofd container = -1;
	autonotify n = NOTIFY_NONE;
	int sent = 0, times = 0;

	open_pair(&n, &container);
	while (sent < 1000 && told(container, "STATUS=x"))
		sent++;
	if (sent < 6) {
		CHECK_SKIP("a flood: a socket holds few messages here");
		return;
	}
	CHECK(!notify_heard(&n), "not ready");
	CHECK(recv(n.container, &(char){ 0 }, 1, MSG_PEEK | MSG_DONTWAIT) == 1,
	      "not all of %d messages were read at once", sent);
	while (!told(container, "READY=1") && times++ < 1000)
		notify_heard(&n);
	for (times = 0; times < 1000 && !notify_heard(&n);)
		times++;
	CHECK(times < 1000, "READY=1 is heard in the end");
}

/* A connection whose other end reads nothing, so that closing it lingers; -1: none */
static int lingering(int *other)
{
	const struct linger l = { 1, LINGER_S };
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr *to = (struct sockaddr *)&at;
	socklen_t len = sizeof(at);
	static const char much[65536];
	autofd listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	autofd fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (listener < 0 || fd < 0 || bind(listener, to, len) < 0 ||
	    listen(listener, 1) < 0 || getsockname(listener, to, &len) < 0 ||
	    connect(fd, to, len) < 0)
		return -1;
	*other = accept(listener, NULL, NULL);
	while (send(fd, much, sizeof(much), MSG_DONTWAIT) > 0)
		;
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)) < 0)
		return -1;
	return fd_take(&fd);
}

static bool send_fd(int container, const char *text, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .space = { 0 } };
	struct iovec part = { (void *)text, strlen(text) };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };

	control.head = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(int));
	return sendmsg(container, &m, 0) >= 0;
}

/* Nobody has it but the message: who reads that closes it */
static void test_linger(void)
{
	autofd container = -1, other = -1, fd = -1;
	autonotify n = NOTIFY_NONE;
	int64_t began;

	open_pair(&n, &container);
	fd = lingering(&other);
	if (fd < 0) {
		CHECK_SKIP("a socket that lingers: no loopback device here");
		return;
	}
	CHECK(send_fd(container, "READY=1", fd), "send it");
	/* the message holds it: this does not linger */
	fd_close(&fd);
	began = clock_ms();
	CHECK(notify_heard(&n), "what comes with it is heard");
	CHECK(clock_ms() - began < LINGER_S * 500, "and closing it does not take long");
}

int main(void)
{
	test_words();
	test_flood();
	test_linger();
	return check_done();
}
