/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attempts at what the victim (victim.c) has on the host: sockets, shared memory, queues,
 * its process, its terminal; see try.h. The facts are those that it has written. Whether
 * it was reached, it says itself.
 */
#include "tests/probe/try.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/probe/probe.h"

/* t->path is the fact with the name; number 1: of the abstract kind */
static long peer_unix(const struct try *t, char **facts)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *name = fact(facts, t->path);
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path + t->number, sizeof(a.sun_path) - (size_t)t->number, "%s",
		 name);
	return s < 0 ? -1 :
		       connect(s, (struct sockaddr *)&a,
			       (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
					   (size_t)t->number + strlen(name)));
}

static long peer_shm(const struct try *t, char **facts)
{
	char *text = shmat((int)fact_number(facts, "shm"), NULL, 0);

	(void)t;
	if (text == (char *)-1)
		return -1;
	memcpy(text, "taken", 6);
	return 0;
}

static long peer_sem(const struct try *t, char **facts)
{
	struct sembuf up = { .sem_op = 1 };

	(void)t;
	return semop((int)fact_number(facts, "sem"), &up, 1);
}

static long peer_msg(const struct try *t, char **facts)
{
	struct {
		long type;
		char text[8];
	} m = { 1, "taken" };

	(void)t;
	return msgsnd((int)fact_number(facts, "msg"), &m, sizeof(m.text), IPC_NOWAIT);
}

static long peer_mq(const struct try *t, char **facts)
{
	mqd_t q = mq_open(fact(facts, "mq"), O_WRONLY | O_NONBLOCK);

	(void)t;
	return q < 0 ? -1 : mq_send(q, "taken", 5, 0);
}

/* The directory part is the container's own: /tmp, /dev/shm */
static long peer_file(const struct try *t, char **facts)
{
	int fd = open(fact(facts, t->path), O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -1 : (long)write(fd, "taken", 5);
}

const struct try try_peers[] = {
	{ "unix.abstract", peer_unix, "abstract", 1 },
	{ "unix.path", peer_unix, "socket", 0 },
	{ "shm", peer_shm, NULL, 0 },
	{ "sem", peer_sem, NULL, 0 },
	{ "msg", peer_msg, NULL, 0 },
	{ "mqueue", peer_mq, NULL, 0 },
	{ "dev.shm", peer_file, "devshm", 0 },
	{ "tmp", peer_file, "tmp", 0 },
	{ 0 },
};

/* --- networks ------------------------------------------------------------------- */

/* number: a port, or 0 for the one in the fact `path` */
static struct sockaddr_in address(const struct try *t, char **facts, const char *host)
{
	long port = t->number ? t->number : fact_number(facts, t->path);
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, host, &a.sin_addr);
	return a;
}

static long net_tcp(const struct try *t, char **facts)
{
	struct sockaddr_in a = address(t, facts, "127.0.0.1");
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return s < 0 ? -1 : connect(s, (struct sockaddr *)&a, sizeof(a));
}

static long net_udp(const struct try *t, char **facts)
{
	struct sockaddr_in a = address(t, facts, "127.0.0.1");
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char answer[8];
	struct timeval wait = { .tv_usec = 300000 };

	if (s < 0 || connect(s, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    send(s, "taken", 5, 0) < 0)
		return -1;
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return recv(s, answer, sizeof(answer), 0);
}

/* A datagram to the world leaves if there is a way */
static long net_egress(const struct try *t, char **facts)
{
	struct sockaddr_in a = address(t, facts, t->path);
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return s < 0 ? -1 : sendto(s, "x", 1, 0, (struct sockaddr *)&a, sizeof(a));
}

/* Whether our namespace is the one of the host */
static long net_namespace(const struct try *t, char **facts)
{
	char path[64], link[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", t->path);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return -1;
	link[n] = '\0';
	snprintf(path, sizeof(path), "ns-%s", t->path);
	return strcmp(link, fact(facts, path)) == 0 ? 0 : refused(EXDEV);
}

const struct try try_network[] = {
	{ "tcp.loopback", net_tcp, "tcp", 0 },
	{ "udp.loopback", net_udp, "udp", 0 },
	{ "metadata", net_egress, "169.254.169.254", 80 },
	{ "private", net_egress, "10.0.0.1", 53 },
	{ "multicast", net_egress, "224.0.0.251", 5353 },
	{ "ns.net", net_namespace, "net", 0 },
	{ "ns.ipc", net_namespace, "ipc", 0 },
	{ "ns.uts", net_namespace, "uts", 0 },
	{ "ns.mnt", net_namespace, "mnt", 0 },
	{ "ns.pid", net_namespace, "pid", 0 },
	{ "ns.cgroup", net_namespace, "cgroup", 0 },
	{ 0 },
};

/* --- processes ------------------------------------------------------------------ */

static long task_kill(const struct try *t, char **facts)
{
	(void)t;
	return kill((pid_t)fact_number(facts, "pid"), SIGURG);
}

/* Our own group, if that is the victim's: only the victim can say so. It is no success
 * that a signal was sent. */
static long task_group(const struct try *t, char **facts)
{
	(void)facts;
	kill((pid_t)t->number, SIGURG);
	return refused(ESRCH);
}

static long task_pidfd(const struct try *t, char **facts)
{
	int fd = (int)syscall(SYS_pidfd_open, fact_number(facts, "pid"), 0);

	(void)t;
	return fd < 0 ? -1 : syscall(SYS_pidfd_send_signal, fd, SIGURG, NULL, 0);
}

static long task_trace(const struct try *t, char **facts)
{
	(void)t;
	return ptrace(PTRACE_SEIZE, (pid_t)fact_number(facts, "pid"), NULL, NULL);
}

static long task_memory(const struct try *t, char **facts)
{
	char text[8] = "";
	struct iovec to = { text, 5 };
	struct iovec from = { (void *)(uintptr_t)fact_number(facts, "memory"), 5 };

	(void)t;
	if (process_vm_readv((pid_t)fact_number(facts, "pid"), &to, 1, &from, 1, 0) < 0)
		return -1;
	return strcmp(text, "quiet") == 0 ? 0 : refused(ENODATA);
}

static long task_file(const struct try *t, char **facts)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/%s/%s", fact(facts, "pid"), t->path);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static long task_group_of(const struct try *t, char **facts)
{
	(void)t;
	return getpgid((pid_t)fact_number(facts, "pid"));
}

const struct try try_tasks[] = {
	{ "kill.pid", task_kill, NULL, 0 },
	{ "kill.group", task_group, NULL, 0 },
	{ "kill.all", task_group, NULL, -1 },
	{ "pidfd", task_pidfd, NULL, 0 },
	{ "ptrace", task_trace, NULL, 0 },
	{ "vm_readv", task_memory, NULL, 0 },
	{ "getpgid", task_group_of, NULL, 0 },
	{ "pid.environ", task_file, "environ", 0 },
	{ "pid.root", task_file, "root", 0 },
	{ "pid.fd", task_file, "fd", 0 },
	{ "pid.mem", task_file, "mem", 0 },
	{ "pid.maps", task_file, "maps", 0 },
	{ 0 },
};

/* --- the terminal --------------------------------------------------------------- */

/* What is typed for the one who reads the terminal next. With number 1, by a session
 * that makes it its own before; with 2, that takes it from another. */
static long terminal_type(const struct try *t, char **facts)
{
	const char *text = "echo taken\n";

	(void)facts;
	if (t->number && (setsid() < 0 || ioctl(0, TIOCSCTTY, t->number - 1) < 0))
		return -1;
	for (const char *c = text; *c; c++)
		if (syscall(SYS_ioctl, 0, t->path ? TIOCSTI | 1UL << 32 : TIOCSTI, c) < 0)
			return -1;
	return 0;
}

static long terminal_open(const struct try *t, char **facts)
{
	int fd = open(t->path, O_RDWR | O_CLOEXEC);

	(void)facts;
	return fd < 0 ? -1 : ioctl(fd, TIOCSTI, "x");
}

static long terminal_ioctl(const struct try *t, char **facts)
{
	char what[8] = { 3 /* paste */ };

	(void)facts;
	return ioctl(0, (unsigned long)t->number, what);
}

const struct try try_terminal[] = {
	{ "type", terminal_type, NULL, 0 },
	{ "type.wide", terminal_type, "wide", 0 },
	{ "type.session", terminal_type, NULL, 1 },
	{ "type.steal", terminal_type, NULL, 2 },
	{ "type.tty", terminal_open, "/dev/tty", 0 },
	{ "paste", terminal_ioctl, NULL, TIOCLINUX },
	{ "console", terminal_ioctl, NULL, TIOCCONS },
	{ 0 },
};
