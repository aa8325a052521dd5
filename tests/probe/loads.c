/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What limits are made for: to use up processors, memory, processes, disks and devices.
 * Runs as the program of a container.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 65536UL

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* spin [FILE]: use a processor until killed */
static int load_spin(int argc, char **argv)
{
	fflush(stdout);
	if (argc > 1)
		tell(argv[1]);
	for (volatile unsigned long n = 0;; n++)
		;
	return 0;
}

/* eat MIB [FILE]: use that much memory, and with FILE keep it until killed */
static int load_eat(int argc, char **argv)
{
	size_t size = number(argv[1], 1UL << 20) << 20;
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);

	if (mem == MAP_FAILED)
		give_up("mmap");
	for (size_t at = 0; at < size; at += 4096)
		mem[at] = 1;
	printf("eaten=%s\n", argv[1]);
	fflush(stdout);
	if (argc > 2)
		tell(argv[2]);
	if (argc > 2)
		sigsuspend(&(sigset_t){ { 0 } });
	return 0;
}

/* bomb N: fork up to N children, none of which goes on; say how many could be */
static int load_bomb(int argc, char **argv)
{
	unsigned long max = number(argv[1], 10000), n = 0;
	pid_t pid = 0;
	int gate[2];
	char c;

	(void)argc;
	fflush(stdout);
	if (pipe(gate) < 0)
		give_up("pipe");
	for (; n < max && (pid = fork()) > 0; n++)
		;
	if (n < max && pid == 0) {
		close(gate[1]);
		_exit((int)read(gate[0], &c, 1));
	}
	printf("forked=%lu\nfork=%s\n", n, outcome(pid));
	close(gate[1]);
	while (wait(NULL) > 0)
		;
	return 0;
}

/* stray FILE: a daemon, which nobody's end ends; FILE says its pid */
static int load_stray(int argc, char **argv)
{
	pid_t pid = fork();

	(void)argc;
	if (pid < 0)
		give_up("fork");
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		return 0;
	}
	setsid();
	pid = fork();
	if (pid != 0)
		_exit(pid < 0);
	signal(SIGTERM, SIG_IGN);
	tell(argv[1]);
	for (;;)
		pause();
}

/* node PATH b|c MAJOR MINOR: make a device, and remove it again */
static int load_node(int argc, char **argv)
{
	mode_t type = argv[2][0] == 'b' ? S_IFBLK : S_IFCHR;
	unsigned major = (unsigned)number(argv[3], 4095);
	unsigned minor = (unsigned)number(argv[4], 1048575);
	int ret = mknod(argv[1], type | 0600, makedev(major, minor));

	(void)argc;
	printf("node=%s\n", outcome(ret));
	if (ret == 0)
		unlink(argv[1]);
	return 0;
}

/* hammer PATH STOP: open it again and again until the file STOP is there */
static int load_hammer(int argc, char **argv)
{
	unsigned long opened = 0, refused = 0, other = 0;

	(void)argc;
	while (access(argv[2], F_OK) < 0) {
		int fd = open(argv[1], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

		if (fd >= 0)
			opened++;
		else if (errno == EPERM)
			refused++;
		else
			other++;
		if (fd >= 0)
			close(fd);
	}
	printf("opened=%lu\nrefused=%lu\nother=%lu\n", opened, refused, other);
	return 0;
}

/* stream PATH r|w KIB: past the page cache; say how long that took */
static int load_stream(int argc, char **argv)
{
	bool write_it = argv[2][0] == 'w';
	int flags = write_it ? O_WRONLY | O_CREAT : O_RDONLY;
	int fd = open(argv[1], flags | O_DIRECT | O_CLOEXEC, 0600);
	unsigned long left = number(argv[3], 1UL << 30) << 10;
	char *block = aligned_alloc(4096, BLOCK);
	long from = now_ms();

	(void)argc;
	if (fd < 0 || !block)
		give_up(argv[1]);
	memset(block, 1, BLOCK);
	while (left > 0) {
		size_t size = left < BLOCK ? left : BLOCK;
		ssize_t n = write_it ? write(fd, block, size) : read(fd, block, size);

		if (n <= 0)
			give_up(argv[1]);
		left -= (size_t)n;
	}
	printf("ms=%ld\n", now_ms() - from);
	return 0;
}

const struct command load_commands[] = {
	{ "spin", 0, 1, load_spin, "[FILE]" },
	{ "eat", 1, 2, load_eat, "MIB [FILE]" },
	{ "bomb", 1, 1, load_bomb, "N" },
	{ "stray", 1, 1, load_stray, "FILE" },
	{ "node", 4, 4, load_node, "PATH b|c MAJOR MINOR" },
	{ "hammer", 2, 2, load_hammer, "PATH STOP" },
	{ "stream", 3, 3, load_stream, "PATH r|w KIB" },
	{ 0 },
};
