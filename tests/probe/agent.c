/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A seccomp agent: it takes the listeners of containers, and answers their mkdir and
 * mount. On the other side, the calls that it is asked about.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LISTENERS_MAX 16
#define TEXT_MAX      256

/* A string of the process that asks */
static void read_text(unsigned pid, unsigned long long at, char text[TEXT_MAX])
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/mem", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : pread(fd, text, TEXT_MAX - 1, (off_t)at);
	text[n < 0 ? 0 : n] = '\0';
	if (n < 0)
		snprintf(text, TEXT_MAX, "(%s)", outcome(-1));
	if (fd >= 0)
		close(fd);
}

/* In the place of the process: the directory, with another name */
static int make_other(unsigned pid, const char *name)
{
	char path[64 + TEXT_MAX];

	snprintf(path, sizeof(path), "/proc/%u/root%s.of-the-agent", pid, name);
	return mkdir(path, 0755) < 0 ? -errno : 0;
}

/* mkdir: "/...fake" has success without a directory, "/...other" gets another one, all
 * else is refused */
static int answer_mkdir(const struct seccomp_notif *asked, unsigned long long at)
{
	char name[TEXT_MAX];

	read_text(asked->pid, at, name);
	printf("mkdir=%s\n", name);
	if (strstr(name, "fake"))
		return 0;
	return strstr(name, "other") ? make_other(asked->pid, name) : -EDOM;
}

/* mount: "good" seems to be mounted, all else is denied */
static int answer_mount(const struct seccomp_notif *asked)
{
	char source[TEXT_MAX];

	read_text(asked->pid, asked->data.args[0], source);
	printf("mount=%s\n", source);
	return strcmp(source, "good") == 0 ? 0 : -EBADE;
}

static void answer(int listener)
{
	struct seccomp_notif asked = { 0 };
	struct seccomp_notif_resp told = { 0 };

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0) {
		if (errno == ENOENT) /* killed meanwhile */
			return;
		give_up("receive a notification");
	}
	told.id = asked.id;
	switch (asked.data.nr) {
	case SYS_mkdirat:
		told.error = answer_mkdir(&asked, asked.data.args[1]);
		break;
#ifdef SYS_mkdir
	case SYS_mkdir:
		told.error = answer_mkdir(&asked, asked.data.args[0]);
		break;
#endif
	case SYS_mount:
		told.error = answer_mount(&asked);
		break;
	default:
		printf("continue=%d\n", asked.data.nr);
		told.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	}
	fflush(stdout);
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &told) < 0 && errno != ENOENT)
		give_up("answer");
}

/* One connection: the message, with one fd, and nothing behind it */
static int take(int s, long deadline)
{
	int c = accept4(s, NULL, NULL, SOCK_CLOEXEC), fd;
	char more;

	if (c < 0 || !wait_readable(c, deadline))
		give_up("accept");
	fd = socket_fd(c);
	if (fd < 0)
		return -1;
	if (!wait_readable(c, deadline) || recv(c, &more, 1, 0) != 0)
		printf("connection=open\n");
	fflush(stdout);
	close(c);
	return fd;
}

/* Wait for one event of all; the place of what has it, or -1: the time is over */
static int wait_any(struct pollfd *fds, int n, long deadline)
{
	long left = deadline - clock_ms();

	if (left <= 0 || poll(fds, (nfds_t)n, (int)left) <= 0)
		return -1;
	for (int i = 0; i < n; i++)
		if (fds[i].revents)
			return i;
	return -1;
}

/*
 * agent SOCKET READY MS COUNT: listen, make the file READY, take COUNT listeners, print
 * what came with each, and answer what they ask until all of them have ended
 */
static int agent_agent(int argc, char **argv)
{
	long deadline = clock_ms() + (long)number(argv[3], 60000);
	unsigned long left = number(argv[4], LISTENERS_MAX);
	struct pollfd fds[1 + LISTENERS_MAX];
	int n = 1, at;

	(void)argc;
	fds[0] = (struct pollfd){ .fd = socket_listen(argv[1]), .events = POLLIN };
	tell(argv[2]);
	while (left || n > 1) {
		at = wait_any(fds, n, deadline);
		if (at < 0) {
			printf("agent=late\n");
			return 1;
		}
		if (at == 0) {
			int fd = take(fds[0].fd, deadline);

			if (left-- == 0) {
				printf("agent=one too many\n");
				return 1;
			}

			if (fd >= 0)
				fds[n++] = (struct pollfd){ fd, POLLIN, 0 };
		} else if (fds[at].revents & POLLIN) {
			answer(fds[at].fd);
		} else {
			close(fds[at].fd);
			fds[at] = fds[--n];
		}
	}
	printf("agent=done\n");
	return 0;
}

/* queue SOCKET READY: listen, but take nobody, and let only as few wait as can be */
static int agent_queue(int argc, char **argv)
{
	int s = socket_listen(argv[1]);

	(void)argc;
	if (listen(s, 0) < 0)
		give_up("listen");
	tell(argv[2]);
	pause();
	return 0;
}

static int call_mkdir(int argc, char **argv)
{
	(void)argc;
	printf("mkdir.%s=%s\n", argv[1], outcome(mkdir(argv[1], 0755)));
	return 0;
}

static int call_mount(int argc, char **argv)
{
	(void)argc;
	printf("mount.%s=%s\n", argv[1],
	       outcome(mount(argv[1], argv[2], "tmpfs", 0, NULL)));
	return 0;
}

const struct command agent_commands[] = {
	{ "agent", 4, 4, agent_agent, "SOCKET READY MS COUNT" },
	{ "queue", 2, 2, agent_queue, "SOCKET READY" },
	{ "call-mkdir", 1, 1, call_mkdir, "PATH" },
	{ "call-mount", 2, 2, call_mount, "SOURCE PATH" },
	{ 0 },
};
