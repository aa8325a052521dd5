/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test's side: to wait for a file or a process with a deadline, to adopt and list
 * what is left behind, to be the other end of a terminal or of a console socket. Runs on
 * the host.
 */
#include "tests/probe/probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/stuck.h"

long clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool wait_readable(int fd, long deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	long left;

	while ((left = deadline - clock_ms()) > 0) {
		int n = poll(&p, 1, (int)left);

		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			give_up("poll");
	}
	return false;
}

/* wait-pid PID MS: until the process has ended; status 1 at the deadline */
static int bed_wait_pid(int argc, char **argv)
{
	long deadline = clock_ms() + (long)number(argv[2], 60000);
	int fd = (int)syscall(SYS_pidfd_open, (pid_t)number(argv[1], ~0U), 0);

	(void)argc;
	if (fd < 0)
		return errno == ESRCH ? 0 : 99;
	return !wait_readable(fd, deadline);
}

/* wait-file PATH MS: until a file of that name is there */
static int bed_wait_file(int argc, char **argv)
{
	long deadline = clock_ms() + (long)number(argv[2], 60000);
	char *dir = strdup(argv[1]), *slash = dir ? strrchr(dir, '/') : NULL;
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	(void)argc;
	if (!slash || fd < 0)
		give_up(argv[1]);
	*slash = '\0';
	if (inotify_add_watch(fd, dir, IN_CREATE | IN_MOVED_TO) < 0)
		give_up(dir);
	free(dir);
	for (;;) {
		char events[4096];

		if (access(argv[1], F_OK) == 0)
			return 0;
		if (!wait_readable(fd, deadline))
			return 1;
		if (read(fd, events, sizeof(events)) < 0 && errno != EAGAIN)
			give_up("inotify");
	}
}

/* reap COMMAND...: run it, and adopt and reap all orphans until it ends */
static int bed_reap(int argc, char **argv)
{
	int status, result = 99;
	pid_t child, got;

	(void)argc;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = fork();
	if (child < 0)
		give_up("fork");
	if (child == 0) {
		execvp(argv[1], argv + 1);
		give_up(argv[1]);
	}
	while ((got = wait(&status)) > 0 || errno == EINTR) {
		if (got != child)
			continue;
		result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		break;
	}
	return result;
}

/* stuck FILE [PID]: make a process (in the PID namespace of another) that neither freezes
 * nor dies as long as we live, write its pid there, and wait to be killed; status 1 where
 * that cannot be done */
static int bed_stuck(int argc, char **argv)
{
	struct stuck s;
	char tmp[4096];
	FILE *file;

	if (argc > 2 &&
	    setns((int)syscall(SYS_pidfd_open, (pid_t)number(argv[2], ~0U), 0),
		  CLONE_NEWPID) < 0)
		give_up(argv[2]);
	if (!stuck_begin(&s, -1))
		return 1;
	snprintf(tmp, sizeof(tmp), "%s.new", argv[1]);
	file = fopen(tmp, "we");
	if (!file || fprintf(file, "%d\n", s.pid) < 0 || fclose(file) ||
	    rename(tmp, argv[1]) < 0)
		give_up(argv[1]);
	for (;;)
		pause();
}

/* noexec PID PATH: forbid programs on that mount of the process */
static int bed_noexec(int argc, char **argv)
{
	int fd = (int)syscall(SYS_pidfd_open, (pid_t)number(argv[1], ~0U), 0);
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOEXEC };

	(void)argc;
	if (fd < 0 || setns(fd, CLONE_NEWNS) < 0)
		give_up(argv[1]);
	if (syscall(SYS_mount_setattr, AT_FDCWD, argv[2], 0, &attr, sizeof(attr)) < 0)
		give_up(argv[2]);
	return 0;
}

struct process {
	pid_t pid, parent;
	char state;
	char name[32];
};

/* All processes that /proc shows, at most `max` */
static size_t process_list(struct process *list, size_t max)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;
	size_t n = 0;

	if (!dir)
		give_up("/proc");
	while (n < max && (d = readdir(dir))) {
		struct process *p = &list[n];
		char path[300];
		FILE *f;

		if (d->d_name[0] < '1' || d->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stat", d->d_name);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fscanf(f, "%d (%31[^)]) %c %d", &p->pid, p->name, &p->state,
			   &p->parent) == 4)
			n++;
		fclose(f);
	}
	closedir(dir);
	return n;
}

static const struct process *process_find(const struct process *list, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].pid == pid)
			return &list[i];
	return NULL;
}

static bool process_below(const struct process *list, size_t n, const struct process *p,
			  pid_t top)
{
	for (int depth = 0; p && depth < 1000; depth++) {
		if (p->parent == top)
			return true;
		p = process_find(list, n, p->parent);
	}
	return false;
}

/* Whether one of the arguments is its pid, or -PID of what it descends from */
static bool process_named(const struct process *list, size_t n, const struct process *p,
			  char **arg)
{
	for (; *arg; arg++) {
		bool below = **arg == '-';
		pid_t pid = (pid_t)number(*arg + below, ~0U);

		if (pid == p->pid || (below && process_below(list, n, p, pid)))
			return true;
	}
	return false;
}

/*
 * below TOP: the pids of all living descendants, but not this one and its ancestors
 * settle TOP MS [-]PID...: the same without the given ones (-PID: and all below that
 * one); waits for them to end; those that are there at the deadline are printed, with
 * status 1
 */
static int bed_below(int argc, char **argv)
{
	static struct process list[8192];
	bool settle = strcmp(argv[0], "settle") == 0;
	pid_t top = (pid_t)number(argv[1], ~0U);
	long deadline = settle ? clock_ms() + (long)number(argv[2], 60000) : 0;
	size_t n = process_list(list, ARRAY_LEN(list));
	const struct process *self = process_find(list, n, getpid());
	int found = 0;

	(void)argc;
	for (size_t i = 0; i < n; i++) {
		struct process *p = &list[i];
		bool mine = p->state == 'Z' || !process_below(list, n, p, top);

		for (const struct process *up = self; up && !mine;
		     up = process_find(list, n, up->parent))
			mine = up->pid == p->pid;
		if (mine || (settle && process_named(list, n, p, argv + 3)))
			continue;
		if (settle) {
			int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
			bool gone = fd < 0 || wait_readable(fd, deadline);

			if (fd >= 0)
				close(fd);
			if (gone)
				continue;
			printf("%d (%s)\n", p->pid, p->name);
			found = 1;
		} else {
			printf("%d\n", p->pid);
		}
	}
	return found;
}

int socket_listen(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		give_up(path);
	}
	memcpy(a.sun_path, path, strlen(path));
	unlink(path);
	if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s, 8) < 0)
		give_up(path);
	return s;
}

/* Copy what the terminal says to stdout until it is closed or the deadline */
static int tty_copy(int master, long deadline)
{
	char buf[4096];

	while (wait_readable(master, deadline)) {
		ssize_t n = read(master, buf, sizeof(buf));

		if (n <= 0)
			return 0;
		if (write(1, buf, (size_t)n) != n)
			give_up("write");
	}
	return 1;
}

int socket_message(int s, char *text, unsigned long size, int *count)
{
	char control[CMSG_SPACE(8 * sizeof(int))];
	struct iovec v = { text, size - 1 };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(s, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&m);
	int fd = -1;

	text[n < 0 ? 0 : n] = '\0';
	*count = 0;
	if (c && c->cmsg_type == SCM_RIGHTS) {
		*count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	}
	return fd;
}

int socket_fd(int s)
{
	char text[4096];
	int count, fd = socket_message(s, text, sizeof(text), &count);

	printf("message=%s\nfds=%d\n", text, count);
	return fd;
}

int socket_first_fd(int listener, long deadline, int *s)
{
	if (!wait_readable(listener, deadline)) {
		printf("connection=none\n");
		return -1;
	}
	*s = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (*s < 0 || !wait_readable(*s, deadline))
		give_up("accept");
	return socket_fd(*s);
}

/*
 * console SOCKET READY MS: listen, make the file READY, accept one connection, print its
 * message and what its terminal is, then what the terminal says until its end
 */
static int bed_console(int argc, char **argv)
{
	int listener = socket_listen(argv[1]), s, master, ready, number_of_pts;
	long deadline = clock_ms() + (long)number(argv[3], 60000);
	struct winsize w;

	(void)argc;
	ready = open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (ready < 0 || close(ready) < 0)
		give_up(argv[2]);
	master = socket_first_fd(listener, deadline, &s);
	if (master < 0)
		return 1;
	printf("master=%s\n", outcome(ioctl(master, TIOCGPTN, &number_of_pts)));
	if (ioctl(master, TIOCGWINSZ, &w) == 0)
		printf("winsize=%ux%u\n", w.ws_row, w.ws_col);
	/* one more message on the same connection would be a mistake */
	if (!wait_readable(s, deadline) || recv(s, &w, 1, 0) != 0)
		printf("connection=open\n");
	printf("---\n");
	fflush(stdout);
	return tty_copy(master, deadline);
}

/* logger SOCKET READY MS [stream]: be who takes the log there; print what comes first,
 * with NUL as "\0" */
static int bed_logger(int argc, char **argv)
{
	int type = argc > 4 ? SOCK_STREAM : SOCK_DGRAM, s, ready;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	long deadline = clock_ms() + (long)number(argv[3], 60000);
	char text[16384];
	ssize_t n;

	s = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (s < 0 || strlen(argv[1]) >= sizeof(at.sun_path))
		give_up(argv[1]);
	memcpy(at.sun_path, argv[1], strlen(argv[1]));
	if (bind(s, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    (argc > 4 && listen(s, 4) < 0))
		give_up(argv[1]);
	ready = open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (ready < 0 || close(ready) < 0)
		give_up(argv[2]);
	if (argc > 4 && wait_readable(s, deadline))
		s = accept4(s, NULL, NULL, SOCK_CLOEXEC);
	if (!wait_readable(s, deadline))
		return 1;
	n = recv(s, text, sizeof(text) - 1, 0);
	if (n < 0)
		give_up("recv");
	for (ssize_t i = 0; i < n; i++)
		printf(text[i] ? "%c" : "\\0", text[i]);
	printf("\n");
	return 0;
}

/* pty ROWS COLUMNS COMMAND...: run it on a new terminal, stdin of ours goes to it once */
static int bed_pty(int argc, char **argv)
{
	struct winsize w = { .ws_row = (unsigned short)number(argv[1], 9999),
			     .ws_col = (unsigned short)number(argv[2], 9999) };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), status;
	char typed[4096];
	ssize_t n;
	pid_t pid;

	(void)argc;
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    ioctl(master, TIOCSWINSZ, &w) < 0)
		give_up("ptmx");
	n = read(0, typed, sizeof(typed));
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		int tty = open(ptsname(master), O_RDWR | O_CLOEXEC);

		if (tty < 0 || setsid() < 0 || ioctl(tty, TIOCSCTTY, 0) < 0)
			give_up("terminal");
		dup2(tty, 0);
		dup2(tty, 1);
		dup2(tty, 2);
		execvp(argv[3], argv + 3);
		give_up(argv[3]);
	}
	if (n > 0 && write(master, typed, (size_t)n) != n)
		give_up("write");
	tty_copy(master, clock_ms() + 10000);
	if (waitpid(pid, &status, 0) < 0)
		give_up("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* closed COMMAND...: run it without stdin, stdout and stderr */
static int bed_closed(int argc, char **argv)
{
	(void)argc;
	close(0);
	close(1);
	close(2);
	execv(argv[1], argv + 1);
	return 99;
}

const struct command bed_commands[] = {
	{ "wait-pid", 2, 2, bed_wait_pid, "PID MS" },
	{ "wait-file", 2, 2, bed_wait_file, "PATH MS" },
	{ "reap", 1, -1, bed_reap, "COMMAND..." },
	{ "stuck", 1, 2, bed_stuck, "FILE [PID]" },
	{ "below", 1, 1, bed_below, "TOP" },
	{ "settle", 2, -1, bed_below, "TOP MS [[-]PID...]" },
	{ "console", 3, 3, bed_console, "SOCKET READY MS" },
	{ "logger", 3, 4, bed_logger, "SOCKET READY MS [stream]" },
	{ "pty", 3, -1, bed_pty, "ROWS COLUMNS COMMAND..." },
	{ "noexec", 2, 2, bed_noexec, "PID PATH" },
	{ "closed", 1, -1, bed_closed, "COMMAND..." },
	{ 0 },
};
