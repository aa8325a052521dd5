/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `try`: makes a group of attempts and reports them; see try.h. Runs as the program of a
 * container, and on the host for the control: what succeeds without a container.
 */
#include "tests/probe/try.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/probe/probe.h"

#define DEADLINE 8 /* seconds for an attempt */

static const struct {
	const char *name;
	const struct try *attempts;
} groups[] = {
	{ "mounts", try_mounts },     { "files", try_files },
	{ "devices", try_devices },   { "writes", try_writes },
	{ "reads", try_reads },	      { "calls", try_calls },
	{ "calls", try_more_calls },  { "sockets", try_sockets },
	{ "peers", try_peers },	      { "network", try_network },
	{ "tasks", try_tasks },	      { "terminal", try_terminal },
};

const char *fact(char **facts, const char *key)
{
	size_t n = strlen(key);

	for (char **f = facts; *f; f++)
		if (strncmp(*f, key, n) == 0 && (*f)[n] == '=')
			return *f + n + 1;
	fprintf(stderr, "probe: try needs %s=\n", key);
	exit(98);
}

long fact_number(char **facts, const char *key)
{
	return (long)number(fact(facts, key), ~0UL);
}

long refused(int error)
{
	errno = error;
	return -1;
}

long file_says(const char *path, const char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char buf[4096];
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return -1;
	buf[n] = '\0';
	return strstr(buf, text) ? 0 : refused(ENODATA);
}

/* The child's errno, 0 when it succeeded, or -1 when it did not live to tell */
static int attempt(const struct try *t, char **facts, int *status)
{
	int ends[2], error = -1;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		give_up("pipe");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		struct rlimit none = { 0, 0 };

		if (facts[0] && strcmp(facts[0], "apart") == 0 &&
		    unshare(CLONE_NEWNS) < 0)
			give_up("unshare");
		setrlimit(RLIMIT_CORE, &none);
		alarm(DEADLINE);
		errno = 0;
		error = t->make(t, facts) < 0 ? errno : 0;
		if (write(ends[1], &error, sizeof(error)) < 0)
			_exit(97);
		_exit(0);
	}
	close(ends[1]);
	if (read(ends[0], &error, sizeof(error)) != (ssize_t)sizeof(error))
		error = -1;
	close(ends[0]);
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			give_up("wait");
	return error;
}

static const char *verdict(int error, int status)
{
	if (error == 0)
		return "ALLOWED";
	if (error > 0) {
		errno = error;
		return outcome(-1);
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return "TIMEOUT";
	return WIFSIGNALED(status) ? "KILLED" : "LOST";
}

/* try GROUP|ATTEMPT [apart] [FACT=VALUE...]; apart: each with mounts of its own */
static int try_group(int argc, char **argv)
{
	int found = 0;

	(void)argc;
	for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
		bool whole = strcmp(groups[g].name, argv[1]) == 0;

		for (const struct try *t = groups[g].attempts; t->name; t++) {
			int status = 0, error;

			if (!whole && strcmp(t->name, argv[1]) != 0)
				continue;
			error = attempt(t, argv + 2, &status);
			printf("%s=%s\n", t->name, verdict(error, status));
			found++;
		}
	}
	printf("tried=%d\n", found);
	return found ? 0 : 98;
}

static void *spawn(void *arg)
{
	char **argv = arg;
	pid_t pid = fork();

	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		execvp(argv[0], argv);
		give_up(argv[0]);
	}
	return NULL;
}

/* thread COMMAND...: start it in a thread that ends at once; its status is ours */
static int try_thread(int argc, char **argv)
{
	pthread_t thread;
	int status;

	(void)argc;
	if (pthread_create(&thread, NULL, spawn, argv + 1))
		give_up("thread");
	pthread_join(thread, NULL);
	if (wait(&status) < 0)
		give_up("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* typed: how many bytes wait at the terminal that stdin is, and its modes */
static int try_typed(int argc, char **argv)
{
	struct termios mode, raw;
	int waiting = 0;

	(void)argc;
	(void)argv;
	if (tcgetattr(0, &mode) < 0)
		give_up("stdin");
	printf("modes=%x/%x/%x/%x\n", mode.c_iflag, mode.c_oflag, mode.c_cflag,
	       mode.c_lflag);
	/* a line that has not ended counts as well */
	raw = mode;
	cfmakeraw(&raw);
	if (tcsetattr(0, TCSANOW, &raw) < 0 || ioctl(0, FIONREAD, &waiting) < 0 ||
	    tcsetattr(0, TCSANOW, &mode) < 0)
		give_up("terminal");
	printf("typed=%d\n", waiting);
	return 0;
}

const struct command try_commands[] = {
	{ "try", 1, -1, try_group, "GROUP|ATTEMPT [apart] [FACT=VALUE...]" },
	{ "thread", 1, -1, try_thread, "COMMAND..." },
	{ "typed", 0, 0, try_typed, "" },
	{ 0 },
};
