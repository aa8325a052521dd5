/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attempts at calls and sockets that have more of the kernel behind them than a container
 * needs, and at filters: other ABIs, arguments that are cut; see try.h. Facts: `key`, the
 * serial of a key of the host, and `pid`, a process of the host.
 */
#include "tests/probe/try.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/probe/probe.h"

static long call_userfault(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(SYS_userfaultfd, t->number);
}

static long call_bpf(const struct try *t, char **facts)
{
	union bpf_attr a = { .map_type = BPF_MAP_TYPE_ARRAY,
			     .key_size = 4,
			     .value_size = 4,
			     .max_entries = 1 };

	(void)t;
	(void)facts;
	return syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof(a));
}

static long call_perf(const struct try *t, char **facts)
{
	struct perf_event_attr a = { .type = PERF_TYPE_SOFTWARE,
				     .size = sizeof(a),
				     .config = PERF_COUNT_SW_TASK_CLOCK,
				     .exclude_kernel = 1 };

	(void)t;
	(void)facts;
	return syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
}

static long call_add_key(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(SYS_add_key, "user", t->path, "x", 1, t->number);
}

static long call_read_key(const struct try *t, char **facts)
{
	char text[64] = "";

	(void)t;
	if (syscall(SYS_keyctl, KEYCTL_READ, fact_number(facts, "key"), text,
		    sizeof(text) - 1) < 0)
		return -1;
	return strcmp(text, "quiet") == 0 ? 0 : refused(ENODATA);
}

static long call_request_key(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(SYS_request_key, "user", t->path, NULL, 0);
}

static long call_fanotify(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(SYS_fanotify_init, t->number, O_RDONLY);
}

static long call_personality(const struct try *t, char **facts)
{
	(void)facts;
	return personality((unsigned long)t->number);
}

static long call_unshare(const struct try *t, char **facts)
{
	(void)facts;
	return unshare((int)t->number);
}

/* clone(2), where a filter sees the flags */
static long call_clone(const struct try *t, char **facts)
{
	long pid = syscall(SYS_clone, t->number | SIGCHLD, 0, 0, 0, 0);

	(void)facts;
	if (pid == 0)
		_exit(0);
	return pid;
}

/* clone3(2), where it does not */
static long call_clone3(const struct try *t, char **facts)
{
	uint64_t a[11] = { [0] = (uint64_t)t->number, [4] = SIGCHLD };
	long pid = syscall(SYS_clone3, a, sizeof(a));

	(void)facts;
	if (pid == 0)
		_exit(0);
	return pid;
}

static long call_setns(const struct try *t, char **facts)
{
	int fd = open(t->path, O_RDONLY | O_CLOEXEC);

	(void)facts;
	return fd < 0 ? -1 : setns(fd, 0);
}

static long call_setns_pidfd(const struct try *t, char **facts)
{
	int fd = (int)syscall(SYS_pidfd_open, 1, 0);

	(void)facts;
	return fd < 0 ? -1 : setns(fd, (int)t->number);
}

static long call_vmsplice(const struct try *t, char **facts)
{
	char text[8] = "";
	struct iovec v = { text, sizeof(text) };
	int ends[2];

	(void)t;
	(void)facts;
	return pipe(ends) < 0 ? -1 : vmsplice(ends[1], &v, 1, 0);
}

const struct try try_more_calls[] = {
	{ "userfaultfd", call_userfault, NULL, O_CLOEXEC },
	{ "bpf", call_bpf, NULL, 0 },
	{ "perf", call_perf, NULL, 0 },
	{ "key.user", call_add_key, "aril-try", KEY_SPEC_USER_KEYRING },
	{ "key.session", call_add_key, "aril-try", KEY_SPEC_SESSION_KEYRING },
	{ "key.read", call_read_key, NULL, 0 },
	{ "key.request", call_request_key, "aril-victim", 0 },
	{ "fanotify", call_fanotify, NULL, 0 },
	{ "personality.norandom", call_personality, NULL, ADDR_NO_RANDOMIZE },
	{ "personality.exec", call_personality, NULL, READ_IMPLIES_EXEC },
	{ "unshare.user", call_unshare, NULL, CLONE_NEWUSER },
	{ "unshare.mount", call_unshare, NULL, CLONE_NEWNS },
	{ "unshare.net", call_unshare, NULL, CLONE_NEWNET },
	{ "unshare.cgroup", call_unshare, NULL, CLONE_NEWCGROUP },
	{ "clone.user", call_clone, NULL, CLONE_NEWUSER },
	{ "clone.net", call_clone, NULL, CLONE_NEWNET },
	{ "clone3.user", call_clone3, NULL, CLONE_NEWUSER },
	{ "clone3.net", call_clone3, NULL, CLONE_NEWNET },
	{ "setns.net", call_setns, "/proc/1/ns/net", 0 },
	{ "setns.cgroup", call_setns, "/proc/1/ns/cgroup", 0 },
	{ "setns.pidfd", call_setns_pidfd, NULL, CLONE_NEWNET | CLONE_NEWUTS },
	{ "vmsplice", call_vmsplice, NULL, 0 },
	{ 0 },
};

/* --- sockets, and other ways to make a call ------------------------------------- */

static long socket_make(const struct try *t, char **facts)
{
	(void)facts;
	return socket((int)(t->number >> 16), (int)(t->number >> 8 & 0xff),
		      (int)(t->number & 0xff));
}

#define SOCKET(family, type, protocol) ((family) << 16 | (type) << 8 | (protocol))
#define I386(call, argument) ((call) | (long)(argument) << 16)

#ifdef __x86_64__
/* The 32-bit entry: its numbers are others; the first argument is above the number */
static long socket_i386(const struct try *t, char **facts)
{
	int result;

	(void)facts;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"((int)(t->number & 0xffff)), "b"((int)(t->number >> 16)),
			   "c"(KEY_SPEC_USER_KEYRING), "d"(0), "S"(0), "D"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	return result < 0 ? refused(-result) : result;
}
#endif

/* The x32 bit in a number */
static long socket_x32(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(t->number | 0x40000000, CLONE_NEWUSER);
}

/* Upper halves that a filter compares and the kernel ignores (CVE-2019-10063) */
static long socket_wide(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(t->number, (uint64_t)READ_IMPLIES_EXEC | 1UL << 40);
}

const struct try try_sockets[] = {
	{ "af_packet", socket_make, NULL, SOCKET(AF_PACKET, SOCK_RAW, 0) },
	{ "raw.ipv4", socket_make, NULL, SOCKET(AF_INET, SOCK_RAW, 1) },
	{ "raw.ipv6", socket_make, NULL, SOCKET(AF_INET6, SOCK_RAW, 58) },
	{ "netlink.audit", socket_make, NULL,
	  SOCKET(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT) },
	{ "netlink.netfilter", socket_make, NULL,
	  SOCKET(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) },
#ifdef __x86_64__
	{ "i386.unshare", socket_i386, NULL, I386(310, CLONE_NEWUSER) },
	{ "i386.mount.namespace", socket_i386, NULL, I386(310, CLONE_NEWNS) },
	{ "i386.keyctl", socket_i386, NULL, I386(288, KEYCTL_GET_KEYRING_ID) },
	{ "i386.personality", socket_i386, NULL, I386(136, ADDR_NO_RANDOMIZE) },
	{ "i386.userfaultfd", socket_i386, NULL, I386(374, 0) },
#endif
	{ "x32.unshare", socket_x32, NULL, SYS_unshare },
	{ "wide.personality", socket_wide, NULL, SYS_personality },
	{ 0 },
};
