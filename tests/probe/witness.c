/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who joins namespaces, and from which cgroup: a command runs under a filter that asks us
 * at each setns(2), we look, and the kernel goes on. Runs on the host.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_MAX 4096

/* The listener */
static int filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setns, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = ARRAY_LEN(code), .filter = code };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
}

/* The listener's number goes over the socket; it is open until we have it */
static __attribute__((noreturn)) void be_command(int sock, char **argv)
{
	int listener = filter();
	char go;

	if (listener < 0)
		give_up("seccomp");
	if (write(sock, &listener, sizeof(listener)) != (ssize_t)sizeof(listener) ||
	    read(sock, &go, 1) != 1)
		give_up("witness");
	close(listener);
	close(sock);
	execvp(argv[0], argv);
	give_up(argv[0]);
}

static int take_listener(int sock, int pidfd)
{
	int number, listener;

	if (read(sock, &number, sizeof(number)) != (ssize_t)sizeof(number))
		give_up("witness");
	listener = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	if (listener < 0 || write(sock, "g", 1) != 1)
		give_up("pidfd_getfd");
	close(sock);
	return listener;
}

/* "0::/path" of its file: in the cgroup v2 tree */
static void tell_cgroup(FILE *to, unsigned pid)
{
	char path[64], line[TEXT_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/cgroup", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "0::", 3) == 0)
			fprintf(to, "%s", line + 3);
	if (!f)
		fprintf(to, "%s\n", outcome(-1));
	else
		fclose(f);
	fflush(to);
}

static void answer(int listener, FILE *to)
{
	struct seccomp_notif asked = { .id = 0 };
	struct seccomp_notif_resp told = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) < 0)
		return;
	tell_cgroup(to, asked.pid);
	told.id = asked.id;
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &told) < 0 && errno != ENOENT)
		give_up("SECCOMP_IOCTL_NOTIF_SEND");
}

/* witness FILE COMMAND...: for each setns(2), the cgroup of who calls it is a line of the
 * file, from before it is done. Status: that of the command. */
static int witness(int argc, char **argv)
{
	FILE *to = fopen(argv[1], "we");
	int pair[2], pidfd, status;
	struct pollfd fds[2];
	pid_t pid;

	(void)argc;
	if (!to || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		give_up(argv[1]);
	pid = fork();
	if (pid == 0)
		be_command(pair[1], argv + 2);
	close(pair[1]);
	pidfd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		give_up("fork");
	fds[0] = (struct pollfd){ .fd = take_listener(pair[0], pidfd), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = pidfd, .events = POLLIN };
	do {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			give_up("poll");
		if (fds[0].revents & POLLIN)
			answer(fds[0].fd, to);
	} while (!(fds[1].revents & POLLIN));
	if (waitpid(pid, &status, 0) != pid)
		give_up("waitpid");
	fclose(to);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const struct command witness_commands[] = {
	{ "witness", 2, -1, witness, "FILE COMMAND..." },
	{ NULL, 0, 0, NULL, NULL },
};
