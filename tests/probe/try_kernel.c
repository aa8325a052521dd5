/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attempts at the kernel's settings, at what it tells, and at system calls that change or
 * reach more than a container; see try.h. Fact: `secret`, a word of the environment of
 * who started the runtime.
 */
#include "tests/probe/try.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <unistd.h>

#include "tests/probe/probe.h"

/* Write what is there already; number 1: only open, since there is nothing to read */
static long write_same(const struct try *t, char **facts)
{
	char text[4096];
	ssize_t n = 0;
	int fd;

	(void)facts;
	if (!t->number) {
		fd = open(t->path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, text, sizeof(text));
		if (n < 0)
			return -1;
		close(fd);
	}
	fd = open(t->path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || t->number)
		return fd;
	return write(fd, text, (size_t)n);
}

/* A number, to a file of our own */
static long write_text(const struct try *t, char **facts)
{
	int fd = open(t->path, O_WRONLY | O_CLOEXEC);

	(void)facts;
	return fd < 0 ? -1 : dprintf(fd, "%ld", t->number);
}

/* Any file below a directory that opens for writing; it is not written */
static long write_any_at(int dir, int depth, const char *path)
{
	DIR *d = dir < 0 ? NULL : fdopendir(dir);
	struct dirent *e;
	long found = -1;

	while (d && found < 0 && (e = readdir(d))) {
		int fd;

		if (e->d_name[0] == '.' || e->d_type == DT_LNK)
			continue;
		if (e->d_type == DT_DIR) {
			if (depth == 0)
				continue;
			fd = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			found = write_any_at(fd, depth - 1, e->d_name);
			continue;
		}
		fd = openat(dir, e->d_name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		fprintf(stderr, "writable: %s/%s\n", path, e->d_name);
		close(fd);
		found = 0;
	}
	if (d)
		closedir(d);
	return found;
}

static long write_any(const struct try *t, char **facts)
{
	int dir = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)facts;
	if (dir < 0)
		return -1;
	return write_any_at(dir, (int)t->number, t->path) < 0 ? refused(EROFS) : 0;
}

static long write_directory(const struct try *t, char **facts)
{
	char path[128];
	int found;

	(void)facts;
	if (mkdir(t->path, 0700) < 0)
		return -1;
	/* in a tmpfs of its own there are no cgroups */
	snprintf(path, sizeof(path), "%s/cgroup.procs", t->path);
	found = access(path, F_OK);
	rmdir(t->path);
	return found;
}

const struct try try_writes[] = {
	{ "core_pattern", write_same, "/proc/sys/kernel/core_pattern", 0 },
	{ "modprobe", write_same, "/proc/sys/kernel/modprobe", 0 },
	{ "ns_last_pid", write_same, "/proc/sys/kernel/ns_last_pid", 0 },
	{ "panic", write_same, "/proc/sys/kernel/panic", 0 },
	{ "overcommit", write_same, "/proc/sys/vm/overcommit_memory", 0 },
	{ "ip_forward", write_same, "/proc/sys/net/ipv4/ip_forward", 0 },
	{ "sysrq", write_same, "/proc/sysrq-trigger", 1 },
	{ "binfmt", write_same, "/proc/sys/fs/binfmt_misc/register", 1 },
	{ "irq", write_any, "/proc/irq", 1 },
	{ "proc.fs", write_any, "/proc/fs", 3 },
	{ "proc.bus", write_any, "/proc/bus", 3 },
	{ "proc.sys", write_any, "/proc/sys", 4 },
	{ "oom_score_adj", write_text, "/proc/self/oom_score_adj", -1000 },
	{ "sys.uevent", write_same, "/sys/kernel/uevent_helper", 0 },
	{ "sys.kernel", write_any, "/sys/kernel", 2 },
	{ "sys.module", write_any, "/sys/module", 2 },
	{ "sys.power", write_any, "/sys/power", 1 },
	{ "sys.bus", write_any, "/sys/bus", 1 },
	{ "cgroup.procs", write_same, "/sys/fs/cgroup/cgroup.procs", 1 },
	{ "cgroup.release", write_same, "/sys/fs/cgroup/release_agent", 1 },
	{ "cgroup.any", write_any, "/sys/fs/cgroup", 2 },
	{ "cgroup.mkdir", write_directory, "/sys/fs/cgroup/aril-try", 0 },
	{ 0 },
};

/* --- what the kernel tells ------------------------------------------------------ */

/* A file that has something in it, or a directory that is not empty */
static long read_some(const struct try *t, char **facts)
{
	char buf[256];
	int fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	(void)facts;
	if (fd < 0)
		return -1;
	n = syscall(SYS_getdents64, fd, buf, sizeof(buf));
	if (n < 0 && errno == ENOTDIR)
		n = read(fd, buf, sizeof(buf));
	else if (n >= 0)
		n -= 48; /* "." and ".." */
	if (n < 0)
		return -1;
	return n > 0 ? 0 : refused(ENODATA);
}

/* The secret in the environment of any process */
static long read_environments(const struct try *t, char **facts)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;

	while (proc && (d = readdir(proc))) {
		char path[300], text[65536];
		int fd;
		ssize_t n;

		if (d->d_name[0] < '1' || d->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/%s", d->d_name, t->path);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, text, sizeof(text));
		if (fd >= 0)
			close(fd);
		if (n > 0 && memmem(text, (size_t)n, fact(facts, "secret"),
				    strlen(fact(facts, "secret"))))
			return 0;
	}
	return refused(ENODATA);
}

static long read_log(const struct try *t, char **facts)
{
	char buf[256];

	(void)t;
	(void)facts;
	return klogctl(3 /* SYSLOG_ACTION_READ_ALL */, buf, sizeof(buf));
}

const struct try try_reads[] = {
	{ "kcore", read_some, "/proc/kcore", 0 },
	{ "keys", read_some, "/proc/keys", 0 },
	{ "timer_list", read_some, "/proc/timer_list", 0 },
	{ "sched_debug", read_some, "/proc/sched_debug", 0 },
	{ "acpi", read_some, "/proc/acpi", 0 },
	{ "scsi", read_some, "/proc/scsi", 0 },
	{ "firmware", read_some, "/sys/firmware", 0 },
	{ "powercap", read_some, "/sys/devices/virtual/powercap", 0 },
	{ "dev.block", read_some, "/sys/dev/block", 0 },
	{ "kmsg", read_some, "/proc/kmsg", 0 },
	{ "syslog", read_log, NULL, 0 },
	{ "environ", read_environments, "environ", 0 },
	{ 0 },
};

/* --- calls that change the machine ---------------------------------------------- */

/* The kernel looks at the caller first and at the arguments then: this error is a yes */
static long passed(long result, int error)
{
	return result < 0 && errno == error ? 0 : result;
}

static long call_reboot(const struct try *t, char **facts)
{
	(void)facts;
	/* both magic numbers are wrong */
	return passed(syscall(SYS_reboot, 1, 1, t->number, NULL), EINVAL);
}

static long call_clock(const struct try *t, char **facts)
{
	struct timex now = { 0 };

	(void)t;
	(void)facts;
	if (adjtimex(&now) < 0)
		return -1;
	now.modes = ADJ_FREQUENCY;
	return adjtimex(&now);
}

static long call_timezone(const struct try *t, char **facts)
{
	struct timezone zone;

	(void)t;
	(void)facts;
	/* what the C library does with a zone is not the call */
	return syscall(SYS_gettimeofday, NULL, &zone) < 0 ?
		       -1 :
		       syscall(SYS_settimeofday, NULL, &zone);
}

static long call_hostname(const struct try *t, char **facts)
{
	char name[256];

	(void)t;
	(void)facts;
	if (gethostname(name, sizeof(name)) < 0)
		return -1;
	return sethostname(name, strlen(name));
}

static long call_priority(const struct try *t, char **facts)
{
	(void)facts;
	return setpriority(PRIO_PROCESS, 0, (int)t->number);
}

static long call_realtime(const struct try *t, char **facts)
{
	struct sched_param p = { .sched_priority = 1 };

	(void)facts;
	return sched_setscheduler(0, (int)t->number, &p);
}

static long call_ioprio(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(SYS_ioprio_set, 1, 0, t->number << 13);
}

static long call_limit(const struct try *t, char **facts)
{
	struct rlimit l;

	(void)facts;
	if (getrlimit((__rlimit_resource_t)t->number, &l) < 0)
		return -1;
	l.rlim_max = l.rlim_cur = 1048576;
	return setrlimit((__rlimit_resource_t)t->number, &l);
}

static long call_swap(const struct try *t, char **facts)
{
	(void)facts;
	return passed(swapon(t->path, 0), ENOENT);
}

static long call_accounting(const struct try *t, char **facts)
{
	(void)facts;
	return passed(acct(t->path), ENOENT);
}

static long call_module(const struct try *t, char **facts)
{
	(void)facts;
	return passed(syscall(SYS_delete_module, t->path, O_NONBLOCK), ENOENT);
}

static long call_load(const struct try *t, char **facts)
{
	(void)facts;
	return passed(syscall(SYS_init_module, t->path, 4, ""), ENOEXEC);
}

static long call_kexec(const struct try *t, char **facts)
{
	(void)facts;
	/* no such flags */
	return passed(syscall(SYS_kexec_load, 0, 1, NULL, t->number), EINVAL);
}

const struct try try_calls[] = {
	{ "reboot", call_reboot, NULL, 0 },
	{ "adjtimex", call_clock, NULL, 0 },
	{ "settimeofday", call_timezone, NULL, 0 },
	{ "sethostname", call_hostname, NULL, 0 },
	{ "nice", call_priority, NULL, -5 },
	{ "sched.fifo", call_realtime, NULL, SCHED_FIFO },
	{ "ioprio.rt", call_ioprio, NULL, 1 },
	{ "rlimit.nofile", call_limit, NULL, RLIMIT_NOFILE },
	{ "swapon", call_swap, "/aril-none", 0 },
	{ "acct", call_accounting, "/aril-none", 0 },
	{ "delete_module", call_module, "aril-none", 0 },
	{ "init_module", call_load, "none", 0 },
	{ "kexec", call_kexec, NULL, 0xfff0 },
	{ 0 },
};
