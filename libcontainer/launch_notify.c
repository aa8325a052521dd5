/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See launch_notify.h. Runs in the program. */
#include "libcontainer/launch_notify.h"

#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/socket.h"
#include "base/str.h"
#include "base/tick.h"

#define SEND_S	   10
#define BARRIER_MS 30000
#define TOLD_MAX   4096 /* bytes of a message: systemd takes no more */
#define AT_ONCE	   4	/* messages that are read before others have their turn */
#define LEFT_MAX   1024 /* times that, when the container has ended */
#define CLOSE_MS   100	/* that closing what came with a message may take */

void notify_done(struct notify *n)
{
	fd_close(&n->container);
	fd_close(&n->manager);
}

bool notify_address(const char *manager)
{
	return (manager[0] == '/' || manager[0] == '@') && manager[1];
}

static int datagram_socket(struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? err_sys(e, "make a socket") : fd;
}

static int connect_manager(const char *manager, struct err *e)
{
	const struct timeval most = { .tv_sec = SEND_S };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = strlen(manager);
	autofd fd = datagram_socket(e);

	if (fd < 0)
		return -1;
	if (n >= sizeof(to.sun_path))
		return err_set(e, ENAMETOOLONG, "NOTIFY_SOCKET %s", manager);
	memcpy(to.sun_path, manager, n);
	if (manager[0] == '@') /* unix(7): an abstract name has no 0 at its end */
		to.sun_path[0] = '\0';
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most)) < 0)
		return err_sys(e, "set a deadline");
	if (connect(fd, (const struct sockaddr *)&to,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		return err_sys(e, "connect to the service manager at NOTIFY_SOCKET %s",
			       manager);
	return fd_take(&fd);
}

/* Everybody in the container may tell; the directory is read-only there. Through our fd
 * of it, for the path may be too long for a socket. */
static int listen_in(int dir, struct err *e)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	autofd fd = datagram_socket(e);
	mode_t mask;
	int ret;

	if (fd < 0)
		return -1;
	fmt_text(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/notify.sock", dir);
	if (unlinkat(dir, "notify.sock", 0) < 0 && errno != ENOENT)
		return err_sys(e, "remove an old notify.sock");
	mask = umask(0);
	ret = bind(fd, (const struct sockaddr *)&at, sizeof(at));
	umask(mask);
	if (ret < 0)
		return err_sys(e, "listen to the container at notify.sock");
	return fd_take(&fd);
}

int notify_make(const struct box *b, struct err *e)
{
	/* whatever the umask: not only root of the container may tell */
	if (mkdirat(b->dir, "notify", 0700) < 0 ||
	    mkdirat(b->dir, NOTIFY_INSIDE, 0755) < 0 ||
	    fchmodat(b->dir, NOTIFY_INSIDE, 0755, 0) < 0)
		return err_sys(e, "make directory %s/" NOTIFY_INSIDE, b->path);
	return 0;
}

int notify_open(struct notify *n, struct box *b, const char *manager, struct err *e)
{
	autofd dir = openat(b->dir, NOTIFY_INSIDE,
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (dir < 0 && errno == ENOENT)
		return 0;
	if (dir < 0)
		return err_sys(e, "open %s/" NOTIFY_INSIDE, b->path);
	n->manager = connect_manager(manager, e);
	if (n->manager < 0)
		return -1;
	n->container = listen_in(dir, e);
	return n->container < 0 ? -1 : 0;
}

/* One assignment on each line */
static bool says_ready(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		if (n == strlen("READY=1") && strncmp(text, "READY=1", n) == 0)
			return true;
		text += n + (text[n] == '\n');
	}
	return false;
}

static bool hear(const struct notify *n, bool *more)
{
	char text[TOLD_MAX + 1];
	ssize_t got = recv(n->container, text, TOLD_MAX, MSG_DONTWAIT);

	*more = got >= 0;
	text[*more ? got : 0] = '\0';
	return says_ready(text);
}

/* fds that come with a message, for a barrier, the kernel closes: there is no room. That
 * may take as long as the container likes: a TCP socket that lingers (socket(7)). */
bool notify_heard(const struct notify *n)
{
	bool ready = false, more = true;
	struct tick tick;

	tick_start(&tick, CLOSE_MS);
	/* who tells faster than we read must not keep us from all else */
	for (int i = 0; !ready && more && i < AT_ONCE; i++)
		ready = hear(n, &more);
	tick_stop(&tick);
	return ready;
}

static int tell(const struct notify *n, const char *text, struct err *e)
{
	if (TEMP_FAILURE_RETRY(send(n->manager, text, strlen(text), MSG_NOSIGNAL)) < 0)
		return err_sys(e, "tell the service manager %s", text);
	return 0;
}

int notify_ready(const struct notify *n, pid_t main, struct err *e)
{
	char text[32];

	fmt_text(text, sizeof(text), "MAINPID=%d", main);
	return tell(n, "READY=1", e) < 0 || tell(n, text, e) < 0 ? -1 : 0;
}

/* 1: the manager was told; 0: the container ended */
static int wait_ready(const struct notify *n, int pidfd, pid_t main, struct err *e)
{
	struct pollfd fds[] = { { n->container, POLLIN, 0 }, { pidfd, POLLIN, 0 } };
	int left = LEFT_MAX;

	do {
		/* as long as it lives: who stops it, or ends us, ends this */
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return err_sys(e, "wait for the container to be ready");
		}
		if (fds[0].revents && notify_heard(n))
			return notify_ready(n, main, e) < 0 ? -1 : 1;
	} while (!fds[1].revents || (fds[0].revents && left-- > 0));
	return 0;
}

static int barrier(const struct notify *n, struct err *e)
{
	struct pollfd end = { .events = 0 };
	autofd ours = -1, theirs = -1;
	int pair[2], ready;

	if (pipe2(pair, O_CLOEXEC) < 0)
		return err_sys(e, "make a pipe");
	ours = pair[0];
	theirs = pair[1];
	if (socket_send_fd(n->manager, "BARRIER=1", theirs) < 0)
		return err_sys(e, "tell the service manager BARRIER=1");
	fd_close(&theirs);
	end.fd = ours;
	ready = TEMP_FAILURE_RETRY(poll(&end, 1, BARRIER_MS));
	if (ready < 0)
		return err_sys(e, "wait for the service manager");
	return ready ? 0
		     : err_set(e, ETIMEDOUT, "the service manager does not read what it "
					     "was told");
}

int notify_until_ready(const struct notify *n, int pidfd, pid_t main,
		       const struct launch *how, struct err *e)
{
	struct err late = ERR_NONE;
	int told = wait_ready(n, pidfd, main, e);

	if (told < 0)
		return -1;
	if (told && barrier(n, &late) < 0 && how->warn)
		how->warn(how->warn_to, late.text);
	return 0;
}
