/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages of plan/sync.h between two ends of one socket. Needs no privilege. */
#include "libcontainer/plan/sync.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/check.h"

static void pair(int s[2])
{
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s) == 0,
	      "make a socket");
}

static void unpair(int s[2])
{
	close(s[0]);
	close(s[1]);
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static void test_kinds(void)
{
	struct err e = ERR_NONE;
	int32_t pid = 0;
	int s[2];

	pair(s);
	for (enum sync_kind k = SYNC_PID; k < SYNC_KINDS; k++) {
		CHECK(sync_send(s[0], k, -1, 40 + (int)k, &e) == 0, "send kind %d",
		      (int)k);
		CHECK(sync_expect(s[1], k, 1000, NULL, &pid, &e) == 0, "receive kind %d",
		      (int)k);
		CHECK(pid == 40 + (int)k, "the pid comes with kind %d", (int)k);
	}
	CHECK(e.num == 0, "success does not touch the error");
	for (enum sync_kind k = SYNC_PID; k < SYNC_KINDS; k++)
		CHECK(sync_expect(s[1], k, 0, NULL, NULL, &e) == -1 &&
			      e.num == ETIMEDOUT && !strstr(e.text, "(null)"),
		      "kind %d has a name: %s", (int)k, e.text);
	sync_send(s[0], SYNC_READY, -1, 0, &e);
	CHECK(sync_expect(s[1], SYNC_GO, 1000, NULL, NULL, &e) == -1 && e.num == EPROTO,
	      "a message that is not expected is an error: %s", e.text);
	unpair(s);
}

static void test_fds(void)
{
	struct err e = ERR_NONE;
	int s[2], file, got = -1, before = count_fds();

	pair(s);
	file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	CHECK(sync_send(s[0], SYNC_GO, file, 0, &e) == 0, "send an fd");
	CHECK(sync_expect(s[1], SYNC_GO, -1, &got, NULL, &e) == 0, "receive an fd");
	CHECK(got >= 0 && got != file && same_file(got, file), "it is the same file");
	CHECK(fcntl(got, F_GETFD) == FD_CLOEXEC, "it is close-on-exec");
	CHECK(fcntl(file, F_GETFD) >= 0, "the fd that was sent is lent only");
	close(got);
	got = 77;
	sync_send(s[0], SYNC_GO, -1, 0, &e);
	CHECK(sync_expect(s[1], SYNC_GO, -1, &got, NULL, &e) == 0 && got == -1,
	      "no fd came: -1");
	sync_send(s[0], SYNC_GO, file, 0, &e);
	CHECK(sync_expect(s[1], SYNC_GO, -1, NULL, NULL, &e) == -1 && e.num == EPROTO,
	      "an fd that is not wanted is an error");
	sync_send(s[0], SYNC_READY, file, 0, &e);
	CHECK(sync_expect(s[1], SYNC_GO, -1, &got, NULL, &e) == -1,
	      "an fd with the wrong message is refused");
	close(file);
	unpair(s);
	CHECK(count_fds() == before, "no fd is left open");
}

static void test_errors(void)
{
	struct err why = ERR_NONE, e = ERR_NONE;
	int s[2];

	pair(s);
	err_set(&why, EPERM, "mounts[3] /proc: mount proc");
	sync_fail(s[0], &why);
	CHECK(sync_expect(s[1], SYNC_READY, 1000, NULL, NULL, &e) == -1,
	      "an error arrives");
	CHECK(e.num == EPERM && !e.plain, "with its number");
	CHECK_STR(e.text, "mounts[3] /proc: mount proc", "and its text");
	err_plain(&why, ENOENT, "exec: \"x\": executable file not found in $PATH");
	sync_send(s[0], SYNC_BEGIN, -1, 0, &e);
	sync_fail(s[0], &why);
	close(s[0]);
	CHECK(sync_begun(s[1], 1000, &e) == -1 && e.plain, "a plain one, at the end");
	CHECK_STR(e.text, "exec: \"x\": executable file not found in $PATH", "its text");
	close(s[1]);
	pair(s);
	memset(why.text, 'x', sizeof(why.text));
	sync_fail(s[0], &why);
	sync_expect(s[1], SYNC_READY, 1000, NULL, NULL, &e);
	CHECK(strnlen(e.text, sizeof(e.text)) == ERR_TEXT - 1,
	      "a text without end is cut");
	unpair(s);
}

static void test_hostile(void)
{
	struct sync_msg m;
	struct err e = ERR_NONE;
	char large[sizeof(m) + 8] = { 0 };
	int s[2];

	pair(s);
	memset(&m, 0, sizeof(m));
	m.kind = SYNC_GO;
	CHECK(send(s[0], &m, 4, 0) == 4, "send a short one");
	CHECK(sync_expect(s[1], SYNC_GO, 1000, NULL, NULL, &e) == -1 && e.num == EPROTO,
	      "a short message is refused");
	large[0] = SYNC_GO;
	CHECK(send(s[0], large, sizeof(large), 0) > 0, "send a long one");
	CHECK(sync_expect(s[1], SYNC_GO, 1000, NULL, NULL, &e) == -1 && e.num == EPROTO,
	      "a long message is refused");
	for (uint32_t kind = 0; kind < 2; kind++) {
		m.kind = kind ? UINT32_MAX : 0;
		send(s[0], &m, sizeof(m), 0);
		CHECK(sync_expect(s[1], SYNC_GO, 1000, NULL, NULL, &e) == -1 &&
			      e.num == EPROTO,
		      "an unknown kind is refused: %s", e.text);
	}
	m.kind = SYNC_ERROR;
	m.err.num = -5;
	memset(m.err.text, 'y', sizeof(m.err.text));
	send(s[0], &m, sizeof(m), 0);
	CHECK(sync_expect(s[1], SYNC_GO, 1000, NULL, NULL, &e) == -1 && e.num == EPROTO,
	      "an error with a number that is none is an error all the same");
	CHECK(e.text[ERR_TEXT - 1] == '\0', "a text without NUL ends");
	memset(m.err.text, 0, sizeof(m.err.text));
	send(s[0], &m, sizeof(m), 0);
	CHECK(sync_expect(s[1], SYNC_GO, 1000, NULL, NULL, &e) == -1 && e.text[0],
	      "an error without a text gets one: %s", e.text);
	unpair(s);
}

/* Two fds in one message, which the protocol never sends */
static void test_many_fds(void)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct sync_msg m;
	struct iovec part = { &m, sizeof(m) };
	struct msghdr h = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct err e = ERR_NONE;
	int s[2], fds[2], got = -1, before = count_fds();

	pair(s);
	memset(&m, 0, sizeof(m));
	memset(&control, 0, sizeof(control));
	m.kind = SYNC_GO;
	fds[0] = s[0];
	fds[1] = s[1];
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&control.head), fds, sizeof(fds));
	CHECK(sendmsg(s[0], &h, 0) == (ssize_t)sizeof(m), "send two fds");
	CHECK(sync_expect(s[1], SYNC_GO, 1000, &got, NULL, &e) == -1 && e.num == EPROTO,
	      "two fds are refused");
	unpair(s);
	CHECK(count_fds() == before, "and none of them stays open");
}

static void test_end_and_time(void)
{
	struct timespec a, b;
	struct err e = ERR_NONE;
	int s[2];
	long ms;

	pair(s);
	clock_gettime(CLOCK_MONOTONIC, &a);
	CHECK(sync_expect(s[1], SYNC_GO, 60, NULL, NULL, &e) == -1 && e.num == ETIMEDOUT,
	      "a wait ends");
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	CHECK(ms >= 50 && ms < 10000, "in its time: %ld ms", ms);
	CHECK(sync_expect(s[1], SYNC_GO, 0, NULL, NULL, &e) == -1 && e.num == ETIMEDOUT,
	      "a wait of 0 ms only looks");
	sync_send(s[0], SYNC_BEGIN, -1, 0, &e);
	CHECK(sync_begun(s[1], 10, &e) == -1 && e.num == ETIMEDOUT,
	      "a peer that is still there has not begun");
	close(s[0]);
	CHECK(sync_begun(s[1], 1000, &e) == 0, "BEGIN and the end: it has");
	close(s[1]);
	pair(s);
	sync_send(s[0], SYNC_READY, -1, 0, &e);
	close(s[0]);
	CHECK(sync_begun(s[1], 1000, &e) == -1 && e.num == EPROTO,
	      "another message is no beginning");
	close(s[1]);
	pair(s);
	sync_send(s[1], SYNC_GO, -1, 0, &e);
	sync_send(s[0], SYNC_BEGIN, -1, 0, &e);
	close(s[0]);
	CHECK(sync_begun(s[1], 1000, &e) == 0, "also with a message of ours unread");
	close(s[1]);
	pair(s);
	close(s[0]);
	CHECK(sync_begun(s[1], 1000, &e) == -1 && e.num == ECONNRESET,
	      "an end without a word is a death");
	CHECK(sync_expect(s[1], SYNC_GO, -1, NULL, NULL, &e) == -1 && e.num == ECONNRESET,
	      "a peer that is gone is an error where a message is wanted");
	CHECK(sync_send(s[1], SYNC_GO, -1, 0, &e) == -1 && e.num == EPIPE,
	      "sending to it is EPIPE, not a signal");
	sync_fail(s[1], &e);
	close(s[1]);
	pair(s);
	close(s[0]);
	CHECK(sync_ended(s[1], 1000, &e) == 0, "or the end, where BEGIN was heard");
	close(s[1]);
	pair(s);
	e = (struct err)ERR_NONE;
	err_set(&e, EDOM, "drop");
	sync_fail(s[0], &e);
	close(s[0]);
	e = (struct err)ERR_NONE;
	CHECK(sync_ended(s[1], 1000, &e) == -1 && e.num == EDOM,
	      "what it says last is told");
	close(s[1]);
}

int main(void)
{
	test_kinds();
	test_fds();
	test_errors();
	test_hostile();
	test_many_fds();
	test_end_and_time();
	return check_done();
}
