/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * floor: the least that a runtime's verbs can cost. Each verb makes the system calls
 * without which its work is not done, for one bundle that it knows by heart, and has no
 * libc to start, no option, no JSON, no check of what it is given. Runs on the host's
 * side, as root, for the benchmark only. floor_box.c is what it does in the new process.
 *
 *	floor run    ROOT ID DIR PROGRAM FILTER
 *	floor create ROOT ID DIR PROGRAM FILTER
 *	floor start  ROOT ID
 *	floor state  ROOT ID
 *	floor kill   ROOT ID
 *	floor exec   ROOT ID PROGRAM FILTER
 *	floor delete ROOT ID			a stopped container
 *	floor delete-f ROOT ID			any
 *
 * ROOT/ID/state and ROOT/ID/start are its box; its cgroup is /sys/fs/cgroup/ID; DIR is
 * what bundle.sh made; FILTER has the bytes of a BPF program.
 */
#include <fcntl.h>
#include <linux/stat.h>
#include <linux/un.h>
#include <linux/wait.h>
#include <poll.h>

#include "tests/bench/floor.h"

enum { AF_UNIX_ = 1, SOCK_SEQPACKET_ = 5, SIGCHLD_ = 17, SIGKILL_ = 9, EBUSY_ = 16 };

/* What state, kill and delete need: the process, told from another one with its number */
struct state {
	int pid;
	uint64_t pidfd_id;
};

struct box {
	int dir;    /* ROOT/ID */
	int cgroup; /* /sys/fs/cgroup/ID */
	int cgroups;
	int root;
	char *id;
};

static struct floor_filter filter;
static char child_stack[16384] __attribute__((aligned(16)));

void start_c(long *sp);
void *memset(void *to, int byte, size_t n);
void *memcpy(void *restrict to, const void *restrict from, size_t n);

SYS_START;

/* the compiler calls these two on its own */
void *memset(void *to, int byte, size_t n)
{
	for (volatile char *p = to; n > 0; n--)
		*p++ = byte;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	const char *f = from;

	for (volatile char *p = to; n > 0; n--)
		*p++ = *f++;
	return to;
}

static size_t text_size(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

static void put(int fd, const char *text)
{
	sys_write(fd, text, text_size(text));
}

static const char *decimal(unsigned long n, char buf[24])
{
	char *p = buf + 23;

	*p = '\0';
	do
		*--p = '0' + n % 10;
	while (n /= 10);
	return p;
}

long floor_check(long result, const char *what)
{
	char buf[24];

	if (result >= 0)
		return result;
	put(2, "floor: ");
	put(2, what);
	put(2, ": -");
	put(2, decimal(-result, buf));
	put(2, "\n");
	sys_exit(1);
}

static int open_dir(int dir, const char *path)
{
	return floor_check(sys_openat(dir, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0),
			   path);
}

static void read_filter(const char *path)
{
	int fd = floor_check(sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0), path);
	long n = floor_check(sys_read(fd, filter.code, sizeof(filter.code)), path);

	filter.n = n / sizeof(filter.code[0]);
	sys_close(fd);
}

static struct box box_make(const char *root, char *id)
{
	struct box b = { .root = open_dir(AT_FDCWD, root), .id = id };

	floor_check(sys_mkdirat(b.root, id, 0711), "make the state directory");
	b.dir = open_dir(b.root, id);
	b.cgroups = open_dir(AT_FDCWD, "/sys/fs/cgroup");
	floor_check(sys_mkdirat(b.cgroups, id, 0755), "make the cgroup");
	b.cgroup = open_dir(b.cgroups, id);
	return b;
}

static uint64_t pidfd_id(int pidfd)
{
	struct statx st = { 0 };

	floor_check(sys_statx(pidfd, "", AT_EMPTY_PATH, STATX_INO, &st), "pidfd");
	return st.stx_ino;
}

static void box_save(const struct box *b, int pid, int pidfd)
{
	struct state s = { .pid = pid, .pidfd_id = pidfd_id(pidfd) };
	int fd = floor_check(sys_openat(b->dir, "state",
					O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600),
			     "state");

	floor_check(sys_write(fd, &s, sizeof(s)), "state");
	sys_close(fd);
}

static struct box box_open(const char *root, char *id)
{
	struct box b = { .root = open_dir(AT_FDCWD, root), .id = id };

	b.dir = open_dir(b.root, id);
	return b;
}

/* The pidfd of a box's process; -1 when it has ended */
static int box_process(const struct box *b, struct state *s)
{
	struct pollfd ended = { .events = POLLIN };
	struct sys_timespec now = { 0 };
	int fd = floor_check(sys_openat(b->dir, "state", O_RDONLY | O_CLOEXEC, 0),
			     "state");

	floor_check(sys_read(fd, s, sizeof(*s)), "state");
	sys_close(fd);
	ended.fd = sys_pidfd_open(s->pid, 0);
	if (ended.fd < 0)
		return -1;
	if (pidfd_id(ended.fd) != s->pidfd_id || sys_ppoll(&ended, 1, &now) > 0)
		return -1;
	return ended.fd;
}

/* A cgroup is busy for a moment after its last process was seen to end (Linux 6.19) */
static void remove_cgroup(int cgroups, const char *id)
{
	struct pollfd change = { .events = POLLPRI };
	long r = 0;

	for (int i = 0; i < 50; i++) {
		struct sys_timespec wait = { .nsec = 100 * 1000 * 1000 };
		char buf[64];
		int dir;

		r = sys_unlinkat(cgroups, id, AT_REMOVEDIR);
		if (r != -EBUSY_)
			break;
		dir = open_dir(cgroups, id);
		change.fd = floor_check(
			sys_openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC, 0),
			"events");
		sys_read(change.fd, buf, sizeof(buf));
		sys_ppoll(&change, 1, &wait);
		sys_close(change.fd);
		sys_close(dir);
	}
	floor_check(r, "remove the cgroup");
}

static void box_remove(const struct box *b)
{
	int cgroups = b->cgroups ? b->cgroups : open_dir(AT_FDCWD, "/sys/fs/cgroup");

	remove_cgroup(cgroups, b->id);
	floor_check(sys_unlinkat(b->dir, "state", 0), "remove the state");
	sys_unlinkat(b->dir, "start", 0);
	floor_check(sys_unlinkat(b->root, b->id, AT_REMOVEDIR), "remove the box");
}

/* The new process borrows our memory until its exec (share), or has a copy */
static int spawn(struct floor_child *c, int (*fn)(void *), uint64_t flags, bool share,
		 int cgroup, int *pidfd)
{
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD | CLONE_INTO_CGROUP,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD_,
		.cgroup = cgroup,
	};

	if (share) {
		args.flags |= CLONE_VM | CLONE_VFORK;
		args.stack = (uintptr_t)child_stack;
		args.stack_size = sizeof(child_stack);
	}
	return floor_check(sys_clone3_call(&args, sizeof(args), fn, c), "clone3");
}

static int wait_for(int pid)
{
	struct {
		int signo, errno_, code, pad, pid, uid, status, rest[26];
	} info = { 0 };

	floor_check(sys_waitid(P_PID, pid, &info, 4 /* WEXITED */), "wait");
	return info.code == 1 /* CLD_EXITED */ ? info.status : 128 + info.status;
}

static int verb_run(char **argv)
{
	struct box b = box_make(argv[0], argv[1]);
	struct floor_child c = { .argv = { argv[3] }, .filter = &filter, .listener = -1 };
	int pid, status, pidfd;

	read_filter(argv[4]);
	floor_check(sys_chdir(argv[2]), argv[2]);
	pid = spawn(&c, floor_box, FLOOR_NAMESPACES, true, b.cgroup, &pidfd);
	box_save(&b, pid, pidfd);
	status = wait_for(pid);
	box_remove(&b);
	return status;
}

/* bind and connect go by a path that needs no ROOT: the working directory is the box */
static int start_socket(int dir, long call)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX_, .sun_path = "start" };
	int fd = floor_check(sys_socket(AF_UNIX_, SOCK_SEQPACKET_ | O_CLOEXEC, 0),
			     "socket");

	floor_check(sys_fchdir(dir), "chdir");
	floor_check(SYS_(call, fd, &at, sizeof(at.sun_family) + 6, 0, 0, 0),
		    "start socket");
	return fd;
}

static int verb_create(char **argv)
{
	struct box b = box_make(argv[0], argv[1]);
	struct floor_child c = { .argv = { argv[3] }, .filter = &filter };
	int pid, pidfd, ready[2];
	char byte;

	read_filter(argv[4]);
	c.listener = start_socket(b.dir, __NR_bind);
	floor_check(SYS_(__NR_listen, c.listener, 1, 0, 0, 0, 0), "listen");
	floor_check(SYS_(__NR_pipe2, ready, O_CLOEXEC, 0, 0, 0, 0), "pipe");
	c.ready = ready[1];
	floor_check(sys_chdir(argv[2]), argv[2]);
	pid = spawn(&c, floor_box, FLOOR_NAMESPACES, false, b.cgroup, &pidfd);
	sys_close(ready[1]);
	if (sys_read(ready[0], &byte, 1) != 1)
		return 1;
	box_save(&b, pid, pidfd);
	return 0;
}

static int verb_start(char **argv)
{
	struct box b = box_open(argv[0], argv[1]);
	int fd = start_socket(b.dir, __NR_connect);
	char byte;

	floor_check(sys_unlinkat(b.dir, "start", 0), "remove the start socket");
	return sys_read(fd, &byte, 1) != 0;
}

static int verb_state(char **argv)
{
	struct box b = box_open(argv[0], argv[1]);
	struct state s;
	const char *status = "running";
	char buf[24];

	if (box_process(&b, &s) < 0)
		status = "stopped";
	else if (sys_faccessat2(b.dir, "start", 0, 0) == 0)
		status = "created";
	put(1, "{\"ociVersion\":\"1.0.2\",\"id\":\"");
	put(1, argv[1]);
	put(1, "\",\"pid\":");
	put(1, decimal(s.pid, buf));
	put(1, ",\"status\":\"");
	put(1, status);
	put(1, "\"}\n");
	return 0;
}

static int verb_kill(char **argv)
{
	struct box b = box_open(argv[0], argv[1]);
	struct state s;

	floor_check(sys_pidfd_send_signal(box_process(&b, &s), SIGKILL_), "kill");
	return 0;
}

static int verb_delete(char **argv)
{
	struct box b = box_open(argv[0], argv[1]);
	struct state s;

	if (box_process(&b, &s) >= 0)
		floor_check(-EBUSY_, "it is running");
	box_remove(&b);
	return 0;
}

static int verb_delete_force(char **argv)
{
	struct box b = box_open(argv[0], argv[1]);
	struct sys_timespec limit = { .sec = 10 };
	struct state s;
	struct pollfd ended = { .fd = box_process(&b, &s), .events = POLLIN };

	if (ended.fd >= 0) {
		floor_check(sys_pidfd_send_signal(ended.fd, SIGKILL_), "kill");
		sys_ppoll(&ended, 1, &limit);
	}
	box_remove(&b);
	return 0;
}

static int verb_exec(char **argv)
{
	struct box b = box_open(argv[0], argv[1]);
	struct floor_child c = { .argv = { argv[2] }, .filter = &filter, .listener = -1 };
	struct state s;
	int pidfd = floor_check(box_process(&b, &s), "it is not running");
	int cgroup = open_dir(open_dir(AT_FDCWD, "/sys/fs/cgroup"), argv[1]);

	read_filter(argv[3]);
	floor_check(sys_setns(pidfd, FLOOR_NAMESPACES | CLONE_NEWCGROUP), "setns");
	return wait_for(spawn(&c, floor_enter, 0, true, cgroup, &pidfd));
}

static const struct verb {
	const char *name;
	int args;
	int (*run)(char **argv);
} verbs[] = {
	{ "run", 5, verb_run },	      { "create", 5, verb_create },
	{ "start", 2, verb_start },   { "state", 2, verb_state },
	{ "kill", 2, verb_kill },     { "exec", 4, verb_exec },
	{ "delete", 2, verb_delete }, { "delete-f", 2, verb_delete_force },
};

static bool same(const char *a, const char *b)
{
	for (; *a && *a == *b; a++)
		b++;
	return *a == *b;
}

/* sp: argc, argv[0] ... as the kernel puts them */
void start_c(long *sp)
{
	int argc = sp[0];
	char **argv = (char **)(sp + 1);

	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (same(argv[1], verbs[i].name) && argc == verbs[i].args + 2)
			sys_exit(verbs[i].run(argv + 2));
	put(2, "floor: not a verb, or not its arguments\n");
	sys_exit(2);
}
