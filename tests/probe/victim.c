/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `victim DIR`: a program of the host that a container must not reach. It has sockets,
 * shared memory, queues, files, a key and a secret in its memory, and says in the end
 * whether anything came to it or was changed. Runs on the host, beside the runtime.
 *
 * DIR/facts says where all of that is, as words for `try`, and appears when it is there.
 * SIGTERM ends it: all is removed, and its output has a line `reached=WHAT` for each.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/probe/probe.h"

struct victim {
	const char *dir;
	int abstract, path, tcp, udp, signals;
	int shm, sem, msg;
	mqd_t mq;
	long key;
	char *memory;
	char files[2][80]; /* in /dev/shm and in /tmp */
	char name[48], mq_name[64];
	FILE *facts;
};

static void need(long result, const char *what)
{
	if (result < 0)
		give_up(what);
}

static int listen_unix(const char *name, bool abstract)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t n = strlen(name) + abstract;

	if (n >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		give_up(name);
	}
	memcpy(a.sun_path + abstract, name, strlen(name));
	need(bind(s, (struct sockaddr *)&a,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)),
	     name);
	need(listen(s, 8), name);
	return s;
}

static int listen_inet(struct victim *v, int type, const char *name)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int s = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	need(bind(s, (struct sockaddr *)&a, sizeof(a)), name);
	if (type == SOCK_STREAM)
		need(listen(s, 8), name);
	need(getsockname(s, (struct sockaddr *)&a, &len), name);
	fprintf(v->facts, "%s=%d\n", name, ntohs(a.sin_port));
	return s;
}

static void sockets_open(struct victim *v)
{
	v->abstract = listen_unix(v->name, true);
	fprintf(v->facts, "abstract=%s\n", v->name);
	/* a short name, since that of DIR may be too long for an address */
	need(chdir(v->dir), v->dir);
	v->path = listen_unix("socket", false);
	need(chmod("socket", 0777), "socket");
	fprintf(v->facts, "socket=%s/socket\n", v->dir);
	v->tcp = listen_inet(v, SOCK_STREAM, "tcp");
	v->udp = listen_inet(v, SOCK_DGRAM, "udp");
}

static void file_make(struct victim *v, size_t i, const char *dir, const char *name)
{
	int fd;

	snprintf(v->files[i], sizeof(v->files[i]), "%s/%s", dir, v->name);
	fd = open(v->files[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	need(fd, v->files[i]);
	need(fchmod(fd, 0666), v->files[i]);
	need(write(fd, "quiet", 5), v->files[i]);
	close(fd);
	fprintf(v->facts, "%s=%s\n", name, v->files[i]);
}

static void shared_open(struct victim *v)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 64 };

	v->shm = shmget(IPC_PRIVATE, 4096, 0666);
	need(v->shm, "shmget");
	v->memory = shmat(v->shm, NULL, 0);
	/* it is gone with us, whatever happens; until then its number is good */
	need(shmctl(v->shm, IPC_RMID, NULL), "shmctl");
	memcpy(v->memory, "quiet", 6);
	v->sem = semget(IPC_PRIVATE, 1, 0666);
	need(v->sem, "semget");
	v->msg = msgget(IPC_PRIVATE, 0666);
	need(v->msg, "msgget");
	snprintf(v->mq_name, sizeof(v->mq_name), "/%s", v->name);
	v->mq = mq_open(v->mq_name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC,
			0666, &attr);
	need(v->mq, "mq_open");
	file_make(v, 0, "/dev/shm", "devshm");
	file_make(v, 1, "/tmp", "tmp");
	v->key = syscall(SYS_add_key, "user", "aril-victim", "quiet", 5,
			 KEY_SPEC_USER_KEYRING);
	if (v->key >= 0)
		syscall(SYS_keyctl, KEYCTL_SETPERM, v->key, 0x3f3f3f3f);
	fprintf(v->facts, "shm=%d\nsem=%d\nmsg=%d\nmq=%s\nmemory=%lu\nkey=%ld\n", v->shm,
		v->sem, v->msg, v->mq_name, (unsigned long)(uintptr_t)v->memory,
		v->key < 0 ? 0 : v->key);
}

static void namespaces_say(const struct victim *v)
{
	static const char *const names[] = { "net", "ipc", "uts",
					     "mnt", "pid", "cgroup" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char path[64], link[64];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		n = readlink(path, link, sizeof(link));
		need(n, path);
		fprintf(v->facts, "ns-%s=%.*s\n", names[i], (int)n, link);
	}
}

static void begin(struct victim *v)
{
	sigset_t set;

	v->facts = fopen("facts.new", "we");
	if (!v->facts)
		give_up("facts");
	sigemptyset(&set);
	sigaddset(&set, SIGURG);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	v->signals = signalfd(-1, &set, SFD_CLOEXEC);
	need(v->signals, "signalfd");
	/* any process of the same user may look at it */
	prctl(PR_SET_PTRACER, -1L);
	fprintf(v->facts, "pid=%d\n", getpid());
	sockets_open(v);
	shared_open(v);
	namespaces_say(v);
	if (fclose(v->facts) || rename("facts.new", "facts"))
		give_up("facts");
}

static void reached(const char *what)
{
	printf("reached=%s\n", what);
	fflush(stdout);
}

/* A signal came; true if it was the one that ends us */
static bool signal_take(int fd)
{
	struct signalfd_siginfo info;

	need(read(fd, &info, sizeof(info)), "signal");
	if (info.ssi_signo == SIGTERM)
		return true;
	reached("signal");
	return false;
}

static void serve(struct victim *v)
{
	struct pollfd p[] = {
		{ v->abstract, POLLIN, 0 }, { v->path, POLLIN, 0 },
		{ v->tcp, POLLIN, 0 },	    { v->udp, POLLIN, 0 },
		{ v->signals, POLLIN, 0 },
	};
	static const char *const names[] = { "abstract socket", "socket by path", "TCP" };
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char text[64];

	for (;;) {
		if (poll(p, ARRAY_LEN(p), -1) < 0 && errno != EINTR)
			give_up("poll");
		/* what came before the end counts */
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (p[i].revents) {
				close(accept(p[i].fd, NULL, NULL));
				reached(names[i]);
			}
		if (p[3].revents) {
			recvfrom(v->udp, text, sizeof(text), 0, (struct sockaddr *)&from,
				 &len);
			sendto(v->udp, "yes", 3, 0, (struct sockaddr *)&from, len);
			reached("UDP");
		}
		if (p[4].revents && signal_take(v->signals))
			return;
	}
}

static void look(const struct victim *v)
{
	struct msqid_ds queue;
	struct mq_attr attr;
	struct stat st;

	if (strcmp(v->memory, "quiet") != 0)
		reached("shared memory");
	if (semctl(v->sem, 0, GETVAL) != 0)
		reached("semaphore");
	if (msgctl(v->msg, IPC_STAT, &queue) < 0 || queue.msg_qnum)
		reached("message queue");
	if (mq_getattr(v->mq, &attr) < 0 || attr.mq_curmsgs)
		reached("POSIX queue");
	for (size_t i = 0; i < ARRAY_LEN(v->files); i++) {
		int fd = open(v->files[i], O_RDONLY | O_CLOEXEC);
		char text[8] = "";

		if (fd < 0 || fstat(fd, &st) < 0 || read(fd, text, 7) < 0 ||
		    strcmp(text, "quiet") != 0)
			reached(v->files[i]);
		close(fd);
	}
}

static void end(const struct victim *v)
{
	semctl(v->sem, 0, IPC_RMID);
	msgctl(v->msg, IPC_RMID, NULL);
	mq_unlink(v->mq_name);
	for (size_t i = 0; i < ARRAY_LEN(v->files); i++)
		unlink(v->files[i]);
	if (v->key >= 0)
		syscall(SYS_keyctl, KEYCTL_INVALIDATE, v->key);
}

static int victim(int argc, char **argv)
{
	struct victim v = { .dir = argv[1] };
	struct timespec now;

	(void)argc;
	need(chdir(v.dir), v.dir);
	/* pids are those of a namespace: others may have the same beside us */
	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(v.name, sizeof(v.name), "aril-victim-%d-%lx", getpid(),
		 (unsigned long)now.tv_nsec);
	begin(&v);
	serve(&v);
	look(&v);
	end(&v);
	printf("victim=ended\n");
	return 0;
}

const struct command victim_commands[] = {
	{ "victim", 1, 1, victim, "DIR" },
	{ 0 },
};
