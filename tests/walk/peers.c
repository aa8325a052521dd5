/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Those that aril sends something to: a console socket and a seccomp agent. They only
 * listen: what was sent waits in the socket until it is taken or dropped. Runs on the
 * host.
 */
#include "tests/walk/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const struct walk *w, const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s", w->bundles, name) >=
	    (int)sizeof(at.sun_path))
		errno = ENAMETOOLONG;
	else if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		 chmod(at.sun_path, 0777) == 0 && listen(fd, 16) == 0)
		return fd;
	perror("walk: listen");
	exit(99);
}

void peers_listen(struct walk *w)
{
	w->console = listen_at(w, "console.sock");
	w->agent = listen_at(w, "agent.sock");
}

/* The file that came with a message, or -1 */
static int file_receive(int conn)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	char text[4096];
	struct iovec data = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &data,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd = -1;

	if (recvmsg(conn, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) < 0)
		return -1;
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* The program has ended: what it wrote is there, and then an error */
static void terminal_copy(struct walk *w, int terminal)
{
	char text[4096];
	ssize_t n;

	fcntl(terminal, F_SETFL, O_NONBLOCK);
	lseek(w->out, 0, SEEK_END);
	while ((n = read(terminal, text, sizeof(text))) > 0)
		if (write(w->out, text, (size_t)n) != n)
			break;
}

void peers_take(struct walk *w)
{
	int conn;

	while ((conn = accept4(w->console, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		int terminal = file_receive(conn);

		if (terminal >= 0) {
			terminal_copy(w, terminal);
			close(terminal);
		}
		close(conn);
	}
}

void peers_drop(struct walk *w)
{
	const int listening[] = { w->console, w->agent };
	int conn;

	for (size_t i = 0; i < ARRAY_LEN(listening); i++)
		while ((conn = accept4(listening[i], NULL, NULL, SOCK_CLOEXEC)) >= 0)
			close(conn);
}
