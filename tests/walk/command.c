/* SPDX-License-Identifier: GPL-2.0-or-later */
/* To run aril and to wait, always with a deadline; runs on the host */
#include "tests/walk/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 20

long clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void on_tick(int sig)
{
	(void)sig; /* it interrupts waitpid(2), and that is all */
}

void command_init(struct walk *w)
{
	struct sigaction act = { .sa_handler = on_tick };
	struct itimerval tick = { { 0, TICK_MS * 1000 }, { 0, TICK_MS * 1000 } };

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	w->out = memfd_create("out", MFD_CLOEXEC);
	w->err = memfd_create("err", MFD_CLOEXEC);
	if (w->out < 0 || w->err < 0) {
		perror("walk: memfd_create");
		exit(99);
	}
}

void output_reset(struct walk *w)
{
	if (ftruncate(w->out, 0) < 0 || ftruncate(w->err, 0) < 0)
		perror("walk: ftruncate");
	lseek(w->out, 0, SEEK_SET);
	lseek(w->err, 0, SEEK_SET);
}

static const char *text_read(int fd, struct text *t)
{
	ssize_t n = pread(fd, t->s, sizeof(t->s) - 1, 0);

	t->n = n < 0 ? 0 : (size_t)n;
	t->s[t->n] = '\0';
	return t->s;
}

const char *error_read(struct walk *w)
{
	return text_read(w->err, &w->err_text);
}

const char *output_read(struct walk *w)
{
	return text_read(w->out, &w->out_text);
}

/* In the child: wait until the parent has seized us, become aril */
static void become(const struct walk *w, const char *bundle, const char *const *words,
		   int gate)
{
	const char *argv[MAX_WORDS + 1];
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	size_t n = 0;
	char c;

	for (char *const *p = w->prefix; *p && n < MAX_WORDS; p++)
		argv[n++] = *p;
	for (; *words && n < MAX_WORDS; words++)
		argv[n++] = *words;
	argv[n] = NULL;
	if (chdir(w->bundles) < 0 || (bundle && chdir(bundle) < 0) ||
	    dup2(nothing, 0) < 0 || dup2(w->out, 1) < 0)
		_exit(98);
	if (read(gate, &c, 1) < 0 || dup2(w->err, 2) < 0)
		_exit(98);
	execvp(argv[0], (char *const *)argv);
	_exit(97);
}

/* One thing that happened; 0: nothing did until a tick; -1: there is nobody */
static pid_t happened(struct walk *w, int *status)
{
	pid_t pid = waitpid(-1, status, __WALL);

	if (pid < 0)
		return errno == EINTR ? 0 : -1;
	if (WIFSTOPPED(*status))
		tracer_stopped(&w->tracer, pid, *status, w->execs);
	else
		tracer_gone(&w->tracer, pid);
	return pid;
}

int command_aril(struct walk *w, const char *bundle, const char *const *words)
{
	long deadline = clock_ms() + RUN_MS;
	int gate[2], status;
	pid_t pid, got;

	lseek(w->err, 0, SEEK_END);
	if (pipe2(gate, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		perror("walk: fork");
		exit(99);
	}
	if (pid == 0) {
		close(gate[1]);
		become(w, bundle, words, gate[0]);
	}
	if (w->tracer.active && !tracer_seize(&w->tracer, pid, false)) {
		perror("walk: ptrace");
		exit(99);
	}
	close(gate[0]);
	close(gate[1]);
	while ((got = happened(w, &status)) >= 0) {
		if (got == pid && WIFEXITED(status))
			return WEXITSTATUS(status);
		if (got == pid && WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		if (clock_ms() < deadline)
			continue;
		children_kill(w);
		return COMMAND_HUNG;
	}
	return COMMAND_LOST;
}

void tracer_follow(struct walk *w)
{
	long deadline = clock_ms() + RUN_MS;
	struct tracer *t = &w->tracer;
	int status;

	while (t->active && !t->waiting && t->n > 0 && clock_ms() < deadline)
		if (happened(w, &status) < 0)
			break;
}

/* Our children, as the kernel lists them */
static size_t children(pid_t *pids, size_t max)
{
	static char text[65536];
	char path[64], *end;
	size_t n = 0;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		perror("walk: the list of children (CONFIG_PROC_CHILDREN)");
		exit(99);
	}
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len < 0 ? 0 : len] = '\0';
	for (char *at = text; n < max; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			break;
		pids[n++] = (pid_t)pid;
	}
	return n;
}

pid_t child_first(void)
{
	pid_t pid = 0;

	return children(&pid, 1) == 1 ? pid : 0;
}

int child_count(void)
{
	pid_t pids[256];

	return (int)children(pids, ARRAY_LEN(pids));
}

void children_kill(struct walk *w)
{
	long deadline = clock_ms() + RUN_MS;
	pid_t pids[256];
	size_t n;

	w->tracer.active = false;
	while ((n = children(pids, ARRAY_LEN(pids))) > 0 && clock_ms() < deadline) {
		int status;

		for (size_t i = 0; i < n; i++)
			kill(pids[i], SIGKILL);
		if (happened(w, &status) < 0)
			return;
	}
}

bool children_gone(struct walk *w, pid_t but, long ms)
{
	long deadline = clock_ms() + ms;
	pid_t pids[2];
	int status;

	for (;;) {
		size_t n = children(pids, ARRAY_LEN(pids));

		if (n == 0 || (n == 1 && pids[0] == but))
			return true;
		if (clock_ms() >= deadline || happened(w, &status) < 0)
			return false;
	}
}
