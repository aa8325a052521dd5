/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs in the program */
#include "libcontainer/host/listener.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"

#define AGENT_S 10 /* how long the agent may take */

int listener_connect(const char *path, struct err *e)
{
	const struct timeval most = { .tv_sec = AGENT_S };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	autofd sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (sock < 0)
		return err_sys(e, "make a socket for the seccomp agent");
	/* for connect(2) too, should nobody accept */
	if (setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most)) < 0)
		return err_sys(e, "set the deadline of the seccomp agent's socket");
	if (strlen(path) >= sizeof(to.sun_path))
		return err_set(e, ENAMETOOLONG, "connect to the seccomp agent at %s",
			       path);
	memcpy(to.sun_path, path, strlen(path) + 1);
	if (connect(sock, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd_take(&sock);
	if (errno == EAGAIN)
		return err_set(e, ETIMEDOUT,
			       "connect to the seccomp agent at %s, which accepts nobody "
			       "for %d s",
			       path, AGENT_S);
	return err_sys(e, "connect to the seccomp agent at %s", path);
}

int listener_send(int sock, const char *path, int fd, const char *json, struct err *e)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .space = { 0 } };
	struct iovec part = { (void *)json, strlen(json) };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };

	control.head = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(int));
	while (part.iov_len > 0) {
		ssize_t n = TEMP_FAILURE_RETRY(sendmsg(sock, &m, MSG_NOSIGNAL));

		if (n < 0)
			return err_sys(e, "send the listener to the seccomp agent at %s",
				       path);
		part.iov_base = (char *)part.iov_base + n;
		part.iov_len -= (size_t)n;
		m.msg_control = NULL;
		m.msg_controllen = 0;
	}
	return 0;
}
