/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets that a runtime speaks on, seen from both sides: who gets a pidfd, the service
 * manager that is told that a container is ready, and the container that tells it.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/un.h>
#include <unistd.h>

static void make_ready(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || close(fd) < 0)
		give_up(path);
}

/* "Pid:" of the fdinfo of a pidfd */
static void print_pid(int fd)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	if (!f)
		give_up(path);
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, "Pid:", 4) == 0)
			printf("pidfd=%ld\n", strtol(line + 4, NULL, 10));
	}
	fclose(f);
}

/*
 * pidfd SOCKET READY MS: listen, make the file READY, accept one connection, print its
 * message and whose pidfd came with it; then wait until that process has ended
 */
static int sockets_pidfd(int argc, char **argv)
{
	long deadline = clock_ms() + (long)number(argv[3], 60000);
	int listener = socket_listen(argv[1]), s, fd;
	char more;

	(void)argc;
	make_ready(argv[2]);
	fd = socket_first_fd(listener, deadline, &s);
	if (fd < 0)
		return 1;
	print_pid(fd);
	if (!wait_readable(s, deadline) || recv(s, &more, 1, 0) != 0)
		printf("connection=open\n");
	fflush(stdout);
	printf("ended=%s\n", wait_readable(fd, deadline) ? "yes" : "no");
	return 0;
}

/* A path, or '@' and a name of the abstract kind; returns the length for bind(2) */
static socklen_t address(struct sockaddr_un *a, const char *name)
{
	size_t n = strlen(name);

	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (n >= sizeof(a->sun_path)) {
		errno = ENAMETOOLONG;
		give_up(name);
	}
	memcpy(a->sun_path, name, n);
	if (name[0] == '@')
		a->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

/*
 * manager SOCKET READY MS: a service manager's end of NOTIFY_SOCKET: bind, make the file
 * READY, print each datagram on a line and how many fds came with it, which are closed
 * at once; until a barrier came, or the deadline (status 1)
 */
static int sockets_manager(int argc, char **argv)
{
	long deadline = clock_ms() + (long)number(argv[3], 60000);
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	socklen_t len = address(&a, argv[1]);

	(void)argc;
	if (s < 0 || bind(s, (struct sockaddr *)&a, len) < 0)
		give_up(argv[1]);
	if (argv[1][0] == '/' && chmod(argv[1], 0777) < 0)
		give_up(argv[1]);
	make_ready(argv[2]);
	while (wait_readable(s, deadline)) {
		char text[4096];
		int count, fd = socket_message(s, text, sizeof(text), &count);

		for (char *c = text; *c; c++)
			if (*c == '\n')
				*c = '|';
		printf("datagram=%s\nfds=%d\n", text, count);
		fflush(stdout);
		if (fd >= 0)
			close(fd);
		if (strncmp(text, "BARRIER=1", 9) == 0)
			return 0;
	}
	return 1;
}

/* notify TEXT: send it to $NOTIFY_SOCKET, where "|" is an end of line */
static int sockets_notify(int argc, char **argv)
{
	const char *name = getenv("NOTIFY_SOCKET");
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	socklen_t len;
	ssize_t n;

	(void)argc;
	if (!name) {
		printf("notify=unset\n");
		return 1;
	}
	for (char *c = argv[1]; *c; c++)
		if (*c == '|')
			*c = '\n';
	len = address(&a, name);
	n = sendto(s, argv[1], strlen(argv[1]), 0, (struct sockaddr *)&a, len);
	printf("notify=%s\n", outcome(n));
	return n < 0;
}

/* self: our pid, and the number of our pidfd where each process has its own */
static int sockets_self(int argc, char **argv)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct statfs fs;
	struct stat st;

	(void)argc;
	(void)argv;
	printf("pid=%d\n", getpid());
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		give_up("pidfd");
	if (fs.f_type == 0x50494446) /* PID_FS_MAGIC */
		printf("pidfdid=%lu\n", (unsigned long)st.st_ino);
	return 0;
}

const struct command socket_commands[] = {
	{ "self", 0, 0, sockets_self, "" },
	{ "pidfd", 3, 3, sockets_pidfd, "SOCKET READY MS" },
	{ "manager", 3, 3, sockets_manager, "SOCKET READY MS" },
	{ "notify", 1, 1, sockets_notify, "TEXT" },
	{ 0 },
};
