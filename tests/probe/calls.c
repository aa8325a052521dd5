/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls that a filter may refuse, and ways to live and to die. Runs as the program
 * of a container.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long call_mkdir(unsigned long a)
{
	(void)a;
	return mkdir("/tmp/probe.dir", 0700);
}

static long call_personality(unsigned long a)
{
	return personality(a);
}

static long call_unshare(unsigned long a)
{
	return unshare((int)a);
}

static long call_socket(unsigned long a)
{
	return socket((int)a, SOCK_DGRAM, 0);
}

static long call_getitimer(unsigned long a)
{
	struct itimerval t;

	return getitimer((int)a, &t);
}

static long call_number(unsigned long a)
{
	return syscall((long)a, -1L, -1L, -1L, -1L, -1L, -1L);
}

/* The version of the rules that it knows */
static long call_landlock(unsigned long a)
{
	(void)a;
	return syscall(444, NULL, 0UL, 1U);
}

static long call_umask(unsigned long a)
{
	return syscall(SYS_umask, a);
}

/* call NAME [NUMBER]: "call.NAME=EPERM" */
static int call_call(int argc, char **argv)
{
	static const struct {
		const char *name;
		long (*make)(unsigned long a);
	} calls[] = {
		{ "mkdir", call_mkdir },	 { "personality", call_personality },
		{ "unshare", call_unshare },	 { "socket", call_socket },
		{ "getitimer", call_getitimer }, { "number", call_number },
		{ "umask", call_umask },	 { "landlock", call_landlock },
	};
	unsigned long arg = argc > 2 ? number(argv[2], ~0UL) : 0;

	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		if (strcmp(calls[i].name, argv[1]) != 0)
			continue;
		printf("call.%s=%s\n", argv[1], outcome(calls[i].make(arg)));
		return 0;
	}
	fprintf(stderr, "probe: no call %s\n", argv[1]);
	return 98;
}

static int life_exit(int argc, char **argv)
{
	(void)argc;
	return (int)number(argv[1], 255);
}

/* kill SIG: itself */
static int life_kill(int argc, char **argv)
{
	(void)argc;
	fflush(stdout);
	kill(getpid(), (int)number(argv[1], 64));
	return 99;
}

void tell(const char *path)
{
	char tmp[4096];
	int fd;

	snprintf(tmp, sizeof(tmp), "%s.new", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || dprintf(fd, "%d\n", getpid()) < 0 || close(fd) < 0 ||
	    rename(tmp, path) < 0)
		give_up(path);
}

/* pause [FILE]: until killed */
static int life_pause(int argc, char **argv)
{
	fflush(stdout);
	if (argc > 1)
		tell(argv[1]);
	while (pause() < 0)
		;
	return 0;
}

/* trap SIG STATUS [FILE]: exit with the status when the signal comes */
static int life_trap(int argc, char **argv)
{
	int sig = (int)number(argv[1], 64), status = (int)number(argv[2], 255);
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (argc > 3)
		tell(argv[3]);
	fflush(stdout);
	if (sigwait(&set, &sig))
		give_up("sigwait");
	return status;
}

/* fork N FILE: N children and itself, all waiting until killed */
static int life_fork(int argc, char **argv)
{
	unsigned long n = number(argv[1], 100);

	for (unsigned long i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			give_up("fork");
		if (pid == 0)
			return life_pause(1, argv);
	}
	argv[1] = argv[2];
	return life_pause(argc - 1, argv);
}

/* cat: stdin to stdout until its end */
static int life_cat(int argc, char **argv)
{
	char buf[4096];
	ssize_t n;

	(void)argc;
	(void)argv;
	fflush(stdout);
	while ((n = read(0, buf, sizeof(buf))) > 0)
		if (write(1, buf, (size_t)n) != n)
			give_up("write");
	return n < 0;
}

/* say TEXT [2]: to stdout or stderr */
static int life_say(int argc, char **argv)
{
	fprintf(argc > 2 ? stderr : stdout, "%s\n", argv[1]);
	return 0;
}

/* overwrite PATH: try to open a running program for writing, by all its names */
static int life_overwrite(int argc, char **argv)
{
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC), again;
	char path[64];
	void *map;

	(void)argc;
	printf("overwrite.read=%s\n", outcome(fd));
	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_WRONLY | O_CLOEXEC);
	printf("overwrite.reopen=%s\n", outcome(again));
	if (again >= 0) {
		printf("overwrite.write=%s\n", outcome(write(again, "#!/x\n", 5)));
		printf("overwrite.truncate=%s\n", outcome(ftruncate(again, 0)));
	}
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	printf("overwrite.map=%s\n", outcome(map == MAP_FAILED ? -1 : 0));
	return 0;
}

const struct command call_commands[] = {
	{ "call", 1, 2, call_call, "NAME [NUMBER]" },
	{ "exit", 1, 1, life_exit, "STATUS" },
	{ "kill", 1, 1, life_kill, "SIGNAL" },
	{ "pause", 0, 1, life_pause, "[FILE]" },
	{ "trap", 2, 3, life_trap, "SIGNAL STATUS [FILE]" },
	{ "fork", 2, 2, life_fork, "N FILE" },
	{ "cat", 0, 0, life_cat, "" },
	{ "say", 1, 2, life_say, "TEXT [2]" },
	{ "overwrite", 1, 1, life_overwrite, "PATH" },
	{ 0 },
};
