/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * churn: makes and removes containers, one after the other.
 *
 *	churn [-n CYCLES] [-w WINDOW] [-s SEED] PROGRAM ROOT BUNDLE ID
 *
 * BUNDLE/true and BUNDLE/pause are bundles. A cycle is `run`; every tenth is create,
 * start, exec, kill and delete; every fiftieth is a create that is killed with SIGKILL
 * at a random moment, and `delete --force`. At the end of each nobody may be left: churn
 * is the parent of what is orphaned, and waits for it for a minute.
 *
 * Prints the medians in us of the first and of the last WINDOW runs, and how many cycles
 * of each kind there were; of the creates that were killed only those count as `killed`
 * that had not ended before. Any exit status but 0 ends it all. Needs no privilege.
 */
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/clock.h"

enum { MAX_CYCLES = 10000000, MAX_ARGS = 12, WHOLE_EVERY = 10, KILL_EVERY = 50 };

struct churn {
	const char *program, *root, *id;
	char *run, *pause; /* bundles */
	int cycles, window;
	double *runs;	  /* us, n_runs of them */
	double create_us; /* how long the last whole create took; 0: none did */
	int n_runs, n_whole, n_killed, n_late;
	FILE *out, *errors;
};

static void __attribute__((noreturn))
stop(const struct churn *c, const char *verb, int status)
{
	char text[4096];
	ssize_t n = pread(2, text, sizeof(text), 0);

	fprintf(c->errors, "churn: %s: status %#x\n%.*s", verb, status,
		n > 0 ? (int)n : 0, text);
	exit(1);
}

/* Start a verb with its words, the last of which is NULL */
static pid_t begin(const struct churn *c, const char *verb, const char *const *words)
{
	const char *argv[MAX_ARGS + 1] = { c->program, "--root", c->root, verb };
	pid_t pid;

	for (size_t n = 4; n < MAX_ARGS && *words; n++)
		argv[n] = *words++;
	streams_clear();
	alarm(LIMIT_SECONDS);
	pid = vfork();
	if (pid == 0) {
		execv(c->program, (char *const *)argv);
		_exit(127);
	}
	if (pid < 0)
		stop(c, verb, -1);
	return pid;
}

static int end(const struct churn *c, const char *verb, pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		stop(c, verb, -1);
	alarm(0);
	return status;
}

/* Returns how long it took */
static double play(const struct churn *c, const char *verb, const char *const *words)
{
	double start = now_us();
	int status = end(c, verb, begin(c, verb, words));

	if (status != 0)
		stop(c, verb, status);
	return now_us() - start;
}
#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void whole_cycle(struct churn *c)
{
	c->create_us = play(c, "create", WORDS("--bundle", c->pause, c->id));
	play(c, "start", WORDS(c->id));
	play(c, "exec", WORDS(c->id, "/bin/ntrue"));
	play(c, "kill", WORDS(c->id, "KILL"));
	reap();
	play(c, "delete", WORDS(c->id));
	c->n_whole++;
}

/* The moments are spread over what a create takes, and a little more */
static void killed_cycle(struct churn *c)
{
	double most = c->create_us > 0 ? c->create_us * 1.1 : 3000;
	long ns = (long)(random() / (RAND_MAX + 1.0) * most * 1000);
	struct timespec moment = { ns / 1000000000, ns % 1000000000 };
	pid_t pid = begin(c, "create", WORDS("--bundle", c->pause, c->id));
	struct pollfd ends = { .fd = (int)syscall(SYS_pidfd_open, pid, 0),
			       .events = POLLIN };
	int status;

	if (ends.fd < 0 || ppoll(&ends, 1, &moment, NULL) < 0)
		stop(c, "poll", -1);
	close(ends.fd);
	kill(pid, SIGKILL);
	status = end(c, "create", pid);
	if (WIFSIGNALED(status))
		c->n_killed++;
	else if (status == 0)
		c->n_late++;
	else
		stop(c, "create", status);
	play(c, "delete", WORDS("--force", c->id));
	reap();
}

static void cycle(struct churn *c, int i)
{
	if (i % KILL_EVERY == KILL_EVERY - 1)
		killed_cycle(c);
	else if (i % WHOLE_EVERY == WHOLE_EVERY - 1)
		whole_cycle(c);
	else
		c->runs[c->n_runs++] = play(c, "run", WORDS("--bundle", c->run, c->id));
}

static double median_of(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_size);
	return n ? sorted_median(v, n) : 0;
}

static void report(struct churn *c)
{
	int n = c->window < c->n_runs ? c->window : c->n_runs;
	double first;

	/* sorting the first ones must not move what belongs to the last ones */
	double *last = malloc((size_t)(n + 1) * sizeof(*last));

	if (!last)
		err(1, "memory");
	memcpy(last, c->runs + c->n_runs - n, (size_t)n * sizeof(*last));
	first = median_of(c->runs, n);
	fprintf(c->out,
		"first %.0f\nlast %.0f\nwindow %d\nruns %d\nwhole %d\nkilled %d\n", first,
		median_of(last, n), n, c->n_runs, c->n_whole, c->n_killed);
	fprintf(c->out, "late %d\n", c->n_late);
	free(last);
}

static void read_options(struct churn *c, int argc, char **argv)
{
	for (int o; (o = getopt(argc, argv, "n:w:s:")) != -1;)
		switch (o) {
		case 'n':
			c->cycles = whole(optarg, MAX_CYCLES);
			break;
		case 'w':
			c->window = whole(optarg, MAX_CYCLES);
			break;
		case 's':
			srandom(whole(optarg, 1 << 30));
			break;
		default:
			exit(2);
		}
	if (optind != argc - 4)
		errx(2, "churn [-n CYCLES] [-w WINDOW] [-s SEED] PROGRAM ROOT BUNDLE ID");
	c->program = argv[optind];
	c->root = argv[optind + 1];
	c->id = argv[optind + 3];
	if (asprintf(&c->run, "%s/true", argv[optind + 2]) < 0 ||
	    asprintf(&c->pause, "%s/pause", argv[optind + 2]) < 0)
		err(1, "memory");
}

int main(int argc, char **argv)
{
	struct churn c = { .cycles = 100, .window = 1000 };

	read_options(&c, argc, argv);
	c.runs = calloc((size_t)c.cycles + 1, sizeof(*c.runs));
	if (!c.runs)
		err(1, "memory");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		err(1, "subreaper");
	if (signal(SIGALRM, too_long) == SIG_ERR)
		err(1, "SIGALRM");
	streams_take(&c.out, &c.errors);
	for (int i = 0; i < c.cycles; i++)
		cycle(&c, i);
	report(&c);
	free(c.runs);
	free(c.run);
	free(c.pause);
	return fflush(c.out) ? 1 : 0;
}
