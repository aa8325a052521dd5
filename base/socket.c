/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See socket.h. Runs in the program. */
#include "base/socket.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"

int socket_connect(const char *path, int type, int ms, const char *what, struct err *e)
{
	const struct timeval most = { ms / 1000, ms % 1000 * 1000L };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	autofd sock = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	/* the deadline is for connect(2) too, should nobody accept: socket(7) */
	if (sock < 0 ||
	    setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most)) < 0)
		return err_sys(e, "connect to %s %s", what, path);
	if (strlen(path) >= sizeof(to.sun_path))
		return err_set(e, ENAMETOOLONG, "connect to %s %s", what, path);
	memcpy(to.sun_path, path, strlen(path) + 1);
	if (connect(sock, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd_take(&sock);
	if (errno == EAGAIN)
		return err_set(e, ETIMEDOUT,
			       "connect to %s %s, which accepts nobody for %d s", what,
			       path, ms / 1000);
	return err_sys(e, "connect to %s %s", what, path);
}

int socket_send_fd(int sock, const char *text, int fd)
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
	while (part.iov_len > 0) {
		ssize_t n = TEMP_FAILURE_RETRY(sendmsg(sock, &m, MSG_NOSIGNAL));

		if (n < 0)
			return -1;
		part.iov_base = (char *)part.iov_base + n;
		part.iov_len -= (size_t)n;
		m.msg_control = NULL;
		m.msg_controllen = 0;
	}
	return 0;
}
