/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* start.sock, on which a created container waits for its start. Runs in the program. */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/unseen.h"
#include "libcontainer/box/parts.h"

#define SOCKET_NAME "start.sock"

/* Socket paths end at 107 bytes: a longer one goes through our fd of the directory */
static struct sockaddr_un address(const struct box *b)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = fmt_text(at.sun_path, sizeof(at.sun_path), "%s/" SOCKET_NAME, b->path);

	if (n >= sizeof(at.sun_path))
		fmt_text(at.sun_path, sizeof(at.sun_path),
			 "/proc/self/fd/%d/" SOCKET_NAME, b->dir);
	return at;
}

/* A socket, and what a child that nobody sees does with it */
struct knock {
	int fd;
};

static long listen_at(void *arg)
{
	const struct knock *k = arg;

	return listen(k->fd, 1) < 0 ? -errno : 0;
}

static long connect_at(void *arg)
{
	const struct knock *k = arg;
	const struct sockaddr_un at = { AF_UNIX, SOCKET_NAME }; /* in the box */

	return connect(k->fd, (const struct sockaddr *)&at, sizeof(at)) < 0 ? -errno : 0;
}

int box_listen(struct box *b, struct err *e)
{
	struct sockaddr_un at = address(b);
	autofd fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	struct knock k = { fd };
	long r;

	/* the name gets the mode that the socket has when it is bound: unix(7) */
	if (fd < 0 || fchmod(fd, 0600) < 0 ||
	    bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0)
		return err_sys(e, "listen on %s/" SOCKET_NAME, b->path);
	/* beside others in its PID namespace init has it while we still live */
	r = b->state.own_pidns ? listen_at(&k) : unseen(listen_at, &k, fd, -1, -1);
	if (r < 0)
		return err_set(e, (int)-r, "listen on %s/" SOCKET_NAME, b->path);
	return fd_take(&fd);
}

int box_connect(struct box *b, struct err *e)
{
	/* not blocking: a full queue must not hold us */
	autofd fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	struct knock k = { fd };
	long r;

	if (fd < 0)
		return err_sys(e, "make a socket");
	r = unseen(connect_at, &k, fd, -1, b->dir);
	if (r == -ENOENT)
		return err_plain(e, ENOENT, "cannot start an already running container");
	if (r < 0)
		return err_set(e, (int)-r,
			       "connect to the waiting container at %s/" SOCKET_NAME,
			       b->path);
	/* of two that connected, the one that takes the name away starts the container */
	if (unlinkat(b->dir, SOCKET_NAME, 0) < 0) {
		if (errno == ENOENT)
			return err_plain(e, ENOENT,
					 "cannot start an already running container");
		return err_sys(e, "remove %s/" SOCKET_NAME, b->path);
	}
	if (fcntl(fd, F_SETFL, 0) < 0)
		return err_sys(e, "make the socket wait");
	return fd_take(&fd);
}
