/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A counter that can be stopped anywhere: what it writes shows whether it lost or
 * repeated a number, and what it holds shows what a checkpoint must take along. Runs as
 * the program of a container.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct counter {
	const char *path;
	int file;
	int from, to; /* ends of a connection; -1: none */
	int more;     /* gets the numbers, too; -1: none */
	bool may_lose;
};

static const char *beside(const struct counter *c, const char *suffix)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s.%s", c->path, suffix);
	return path;
}

static int file_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0)
		give_up(path);
	return fd;
}

/* A TCP connection with ourselves over loopback: its two ends */
static void hold_tcp(struct counter *c)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->to = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || c->to < 0 || bind(listener, (struct sockaddr *)&at, len) ||
	    listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) < 0 ||
	    connect(c->to, (struct sockaddr *)&at, len) < 0)
		give_up("connect");
	c->from = accept(listener, NULL, NULL);
	if (c->from < 0)
		give_up("accept");
	close(listener);
}

static void hold_tcp_or_not(struct counter *c)
{
	hold_tcp(c);
	c->may_lose = true;
}

static void hold_stdout(struct counter *c)
{
	c->more = STDOUT_FILENO;
}

static void hold_lock(struct counter *c)
{
	if (flock(file_open(beside(c, "lock")), LOCK_EX | LOCK_NB) < 0)
		give_up("flock");
}

static void hold_removed(struct counter *c)
{
	const char *path = beside(c, "removed");

	c->more = file_open(path);
	if (unlink(path) < 0)
		give_up(path);
}

/* Removed, but it has another name */
static void hold_moved(struct counter *c)
{
	char first[4096];

	snprintf(first, sizeof(first), "%s", beside(c, "removed"));
	c->more = file_open(first);
	if (link(first, beside(c, "kept")) < 0 || unlink(first) < 0)
		give_up(first);
}

/* A socket whose other end, FILE.socket, is somebody else's */
static void hold_datagrams(struct counter *c)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (snprintf(at.sun_path, sizeof(at.sun_path), "%s.socket", c->path) >=
	    (int)sizeof(at.sun_path))
		give_up("path");
	if (s < 0 || connect(s, (struct sockaddr *)&at, sizeof(at)) < 0)
		give_up(at.sun_path);
	c->more = s;
}

static const struct {
	const char *word;
	void (*hold)(struct counter *c);
} words[] = {
	{ "tcp", hold_tcp },
	{ "tcp-or-not", hold_tcp_or_not },
	{ "say", hold_stdout },
	{ "lock", hold_lock },
	{ "removed", hold_removed },
	{ "moved", hold_moved },
	{ "datagrams", hold_datagrams },
};

/* The number, when it has gone through the connection */
static unsigned long through(struct counter *c, unsigned long n)
{
	unsigned long seen = 0;

	if (send(c->to, &n, sizeof(n), MSG_NOSIGNAL) == (ssize_t)sizeof(n) &&
	    read(c->from, &seen, sizeof(n)) == (ssize_t)sizeof(n))
		return seen;
	if (!c->may_lose)
		give_up("connection");
	c->to = -1;
	tell(beside(c, "lost"));
	return n;
}

/* count FILE [WORD]: add the numbers from 1 on to the file, a line each, for ever.
 *
 *	tcp		each has gone through a connection
 *	tcp-or-not	the same; it goes on when that is lost, and makes FILE.lost
 *	say		it is on stdout, too
 *	lock		FILE.lock is locked
 *	removed		each is in a file, too, that has no name any more
 *	moved		each is in FILE.kept, too, which was opened by another name
 *	datagrams	each is sent to FILE.socket, too
 */
static int count_count(int argc, char **argv)
{
	struct counter c = { .path = argv[1], .from = -1, .to = -1, .more = -1 };

	c.file = file_open(c.path);
	for (unsigned i = 0; argc > 2 && i < ARRAY_LEN(words); i++)
		if (strcmp(argv[2], words[i].word) == 0)
			words[i].hold(&c);
	for (unsigned long n = 1, seen = 1;; seen = ++n) {
		if (c.to >= 0)
			seen = through(&c, n);
		if (dprintf(c.file, "%lu\n", seen) < 0)
			give_up(c.path);
		if (c.more >= 0 && dprintf(c.more, "n=%lu\n", seen) < 0)
			give_up("the second output");
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	}
}

const struct command count_commands[] = {
	{ "count", 1, 2, count_count, "FILE [WORD]" },
	{ 0 },
};
