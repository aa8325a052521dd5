/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel says about this process: ids, capabilities, fds, limits, names,
 * namespaces. Only reads. Runs as the program of a container.
 */
#include "tests/probe/probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;

/* status [PID]: "CapEff=000..." and so on; with a pid the keys begin with "PID." */
static int fact_status(int argc, char **argv)
{
	static const char *const keys[] = {
		"Uid",	  "Gid",    "Groups", "NStgid", "NSpid",	   "CapInh",
		"CapPrm", "CapEff", "CapBnd", "CapAmb", "Seccomp",	   "NoNewPrivs",
		"SigBlk", "SigIgn", "SigCgt", "Umask",	"Seccomp_filters", "Threads",
	};
	const char *pid = argc > 1 ? argv[1] : "self";
	char path[64], line[1024];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	f = fopen(path, "re");
	if (!f)
		give_up(path);
	while (fgets(line, sizeof(line), f)) {
		char *value = strchr(line, ':');

		if (!value)
			continue;
		*value++ = '\0';
		for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
			if (strcmp(line, keys[i]) != 0)
				continue;
			printf("%s%s%s=", argc > 1 ? pid : "", argc > 1 ? "." : "", line);
			for (char *w = strtok(value, "\t \n"), *sep = ""; w;
			     w = strtok(NULL, "\t \n"), sep = " ")
				printf("%s%s", sep, w);
			putchar('\n');
		}
	}
	fclose(f);
	return 0;
}

/* fds [PID]: "fd.0=/dev/null" */
static int fact_fds(int argc, char **argv)
{
	char path[64], target[4096];
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", argc > 1 ? argv[1] : "self");
	dir = opendir(path);
	if (!dir)
		give_up(path);
	while ((d = readdir(dir))) {
		ssize_t n;

		if (d->d_name[0] == '.' ||
		    (argc == 1 && number(d->d_name, ~0UL) == (unsigned long)dirfd(dir)))
			continue;
		n = readlinkat(dirfd(dir), d->d_name, target, sizeof(target));
		printf("fd.%s=%.*s\n", d->d_name, n < 0 ? 1 : (int)n,
		       n < 0 ? "?" : target);
	}
	closedir(dir);
	return 0;
}

static int fact_ids(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	print_file("uid_map", "/proc/self/uid_map");
	print_file("gid_map", "/proc/self/gid_map");
	print_file("setgroups", "/proc/self/setgroups");
	return 0;
}

static int fact_rlimits(int argc, char **argv)
{
	static const struct {
		const char *name;
		int what;
	} limits[] = {
		{ "AS", RLIMIT_AS },
		{ "CORE", RLIMIT_CORE },
		{ "CPU", RLIMIT_CPU },
		{ "DATA", RLIMIT_DATA },
		{ "FSIZE", RLIMIT_FSIZE },
		{ "LOCKS", RLIMIT_LOCKS },
		{ "MEMLOCK", RLIMIT_MEMLOCK },
		{ "MSGQUEUE", RLIMIT_MSGQUEUE },
		{ "NICE", RLIMIT_NICE },
		{ "NOFILE", RLIMIT_NOFILE },
		{ "NPROC", RLIMIT_NPROC },
		{ "RSS", RLIMIT_RSS },
		{ "RTPRIO", RLIMIT_RTPRIO },
		{ "RTTIME", RLIMIT_RTTIME },
		{ "SIGPENDING", RLIMIT_SIGPENDING },
		{ "STACK", RLIMIT_STACK },
	};

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct rlimit r;

		if (getrlimit(limits[i].what, &r) < 0)
			give_up(limits[i].name);
		printf("rlimit.%s=%lld:%lld\n", limits[i].name, (long long)r.rlim_cur,
		       (long long)r.rlim_max);
	}
	return 0;
}

static int fact_env(int argc, char **argv)
{
	int n = 0;

	(void)argc;
	(void)argv;
	for (char **e = environ; *e; e++, n++)
		printf("env.%s\n", *e);
	printf("envs=%d\n", n);
	return 0;
}

/* args ...: what was given to it */
static int fact_args(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		printf("arg.%d=%s\n", i, argv[i]);
	return 0;
}

static int fact_cwd(int argc, char **argv)
{
	char buf[4096];
	long n = readlink("/proc/self/cwd", buf, sizeof(buf) - 1);

	(void)argc;
	(void)argv;
	printf("cwd=%.*s\n", n < 0 ? 6 : (int)n, n < 0 ? outcome(n) : buf);
	return 0;
}

static int fact_umask(int argc, char **argv)
{
	mode_t m = umask(0);

	(void)argc;
	(void)argv;
	umask(m);
	printf("umask=%04o\n", (unsigned)m);
	return 0;
}

static int fact_names(int argc, char **argv)
{
	struct utsname u;

	(void)argc;
	(void)argv;
	if (uname(&u) < 0)
		give_up("uname");
	printf("hostname=%s\ndomainname=%s\nmachine=%s\n", u.nodename, u.domainname,
	       u.machine);
	return 0;
}

/* process: pid, group, session and controlling terminal, of itself */
static int fact_process(int argc, char **argv)
{
	struct winsize w;
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	(void)argc;
	(void)argv;
	printf("pid=%d\nppid=%d\npgid=%d\nsid=%d\nctty=%s\n", getpid(), getppid(),
	       getpgrp(), getsid(0), outcome(tty));
	if (tty >= 0)
		close(tty);
	for (int fd = 0; fd < 3; fd++)
		printf("isatty.%d=%s\n", fd, isatty(fd) ? "yes" : "no");
	if (ioctl(0, TIOCGWINSZ, &w) == 0)
		printf("winsize=%ux%u\n", w.ws_row, w.ws_col);
	printf("foreground=%s\n", tcgetpgrp(0) == getpgrp() ? "yes" : "no");
	printf("dumpable=%d\n", prctl(PR_GET_DUMPABLE));
	print_file("oom_score_adj", "/proc/self/oom_score_adj");
	print_file("cgroup", "/proc/self/cgroup");
	return 0;
}

/* exe [PID] */
static int fact_exe(int argc, char **argv)
{
	char path[64], target[4096];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/exe", argc > 1 ? argv[1] : "self");
	n = readlink(path, target, sizeof(target) - 1);
	printf("exe=%.*s\n", n < 0 ? 6 : (int)n, n < 0 ? outcome(n) : target);
	return 0;
}

/* ns [PID]: "ns.net=net:[4026531840]" */
static int fact_ns(int argc, char **argv)
{
	static const char *const names[] = { "cgroup", "ipc",  "mnt",  "net",
					     "pid",    "time", "user", "uts" };
	char path[64], target[128];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%s/ns/%s",
			 argc > 1 ? argv[1] : "self", names[i]);
		n = readlink(path, target, sizeof(target));
		printf("ns.%s=%.*s\n", names[i], n < 0 ? 6 : (int)n,
		       n < 0 ? outcome(n) : target);
	}
	return 0;
}

/* signals: what is blocked or ignored, by number; a program should start with neither */
static int fact_signals(int argc, char **argv)
{
	sigset_t blocked;

	(void)argc;
	(void)argv;
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	for (int s = 1; s < NSIG; s++) {
		struct sigaction a;

		if (sigismember(&blocked, s) == 1)
			printf("blocked=%d\n", s);
		if (sigaction(s, NULL, &a) == 0 && a.sa_handler == SIG_IGN)
			printf("ignored=%d\n", s);
	}
	return 0;
}

/* lo: is the loopback interface up */
static int fact_lo(int argc, char **argv)
{
	struct ifreq r = { .ifr_name = "lo" };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int got = s < 0 ? -1 : ioctl(s, SIOCGIFFLAGS, &r);

	(void)argc;
	(void)argv;
	printf("lo=%s\n",
	       got < 0 ? outcome(got) : (r.ifr_flags & IFF_UP ? "up" : "down"));
	if (s >= 0)
		close(s);
	return 0;
}

const struct command fact_commands[] = {
	{ "status", 0, 1, fact_status, "[PID]" },
	{ "fds", 0, 1, fact_fds, "[PID]" },
	{ "ids", 0, 0, fact_ids, "" },
	{ "rlimits", 0, 0, fact_rlimits, "" },
	{ "env", 0, 0, fact_env, "" },
	{ "args", 0, -1, fact_args, "[ARG...]" },
	{ "cwd", 0, 0, fact_cwd, "" },
	{ "umask", 0, 0, fact_umask, "" },
	{ "names", 0, 0, fact_names, "" },
	{ "process", 0, 0, fact_process, "" },
	{ "exe", 0, 1, fact_exe, "[PID]" },
	{ "ns", 0, 1, fact_ns, "[PID]" },
	{ "signals", 0, 0, fact_signals, "" },
	{ "lo", 0, 0, fact_lo, "" },
	{ 0 },
};
