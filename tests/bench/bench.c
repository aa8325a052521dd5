/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench: times commands against each other, in turns.
 *
 *	bench [-n ROUNDS] [-r TOOL] [-s SUMMARY] [-c CSV] PLAN
 *
 * Each line of PLAN is "OP TOOL COMMAND ARG...": an absolute path and its arguments, no
 * quotes. OP "-" is run but not timed; the command @reap waits until no child is left. A
 * round runs all lines in their order, but which TOOL begins a row of lines of one OP
 * changes with every round. A first round warms up, and measures memory.
 *
 * A command is vfork(2)ed, executed and waited for; the time is that between. Containers
 * that `create` leaves become children of bench, which is a subreaper, as an engine's
 * monitor is. Any exit status but 0 ends it all: the time of an error says nothing. Needs
 * no privilege.
 */
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/clock.h"

enum { MAX_STEPS = 128, MAX_ARGS = 32, MAX_ROUNDS = 2000 };

struct sample {
	double us, cpu_us;
	long faults;
};

struct step {
	char *op, *tool;
	char *argv[MAX_ARGS + 1];
	struct sample *samples; /* one for each round; NULL when it is not timed */
	long rss;		/* KiB, of the warm-up */
};

struct bench {
	struct step steps[MAX_STEPS];
	size_t n;
	int rounds;
	const char *reference;
	FILE *out;    /* the real standard output */
	FILE *errors; /* the real standard error */
};

/* stderr is a file in memory, that the commands write to */
static void __attribute__((noreturn))
stop(struct bench *b, const struct step *s, int status)
{
	char text[4096];
	ssize_t n = pread(2, text, sizeof(text), 0);

	fprintf(b->errors, "bench: %s %s: status %#x of:", s->op, s->tool, status);
	for (char *const *arg = s->argv; *arg; arg++)
		fprintf(b->errors, " %s", *arg);
	fprintf(b->errors, "\n%.*s", n > 0 ? (int)n : 0, text);
	exit(1);
}

static double cpu_us(const struct rusage *u)
{
	return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1e6 + u->ru_utime.tv_usec +
	       u->ru_stime.tv_usec;
}

/*
 * What a process had as its peak before an exec counts for it too (ru_maxrss). A vforked
 * one has that of bench; a forked one has much less, so memory is taken from it.
 */
static void run(struct bench *b, struct step *s, struct sample *sample)
{
	struct rusage usage;
	double begin;
	int status;
	pid_t pid;

	streams_clear();
	alarm(LIMIT_SECONDS);
	begin = now_us();
	pid = sample ? vfork() : fork();
	if (pid == 0) {
		execv(s->argv[0], s->argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		stop(b, s, -1);
	if (sample) {
		sample->us = now_us() - begin;
		sample->cpu_us = cpu_us(&usage);
		sample->faults = usage.ru_minflt;
	} else {
		s->rss = usage.ru_maxrss;
	}
	alarm(0);
	if (status != 0)
		stop(b, s, status);
}

static size_t row_length(const struct bench *b, size_t first)
{
	size_t n = 1;

	while (first + n < b->n && !strcmp(b->steps[first + n].op, b->steps[first].op))
		n++;
	return b->steps[first].samples ? n : 1;
}

/* round -1 is the warm-up */
static void play_round(struct bench *b, int round)
{
	for (size_t i = 0, n; i < b->n; i += n) {
		n = row_length(b, i);
		for (size_t k = 0; k < n; k++) {
			struct step *s = &b->steps[i + (k + round + 1) % n];

			if (!strcmp(s->argv[0], "@reap"))
				reap();
			else
				run(b, s,
				    s->samples && round >= 0 ? &s->samples[round] : NULL);
		}
	}
}

struct figures {
	double min, median, p95;
};

static struct figures figures(double *v, int n)
{
	qsort(v, n, sizeof(*v), by_size);
	return (struct figures){
		.min = v[0],
		.median = sorted_median(v, n),
		.p95 = v[(n * 95 + 99) / 100 - 1],
	};
}

struct line {
	struct figures time;
	double cpu, faults, paired;
};

static struct line line_of(const struct bench *b, const struct step *s,
			   const struct step *reference)
{
	static double v[MAX_ROUNDS];
	struct line l;

	for (int i = 0; i < b->rounds; i++)
		v[i] = s->samples[i].us;
	l.time = figures(v, b->rounds);
	for (int i = 0; i < b->rounds; i++)
		v[i] = s->samples[i].cpu_us;
	l.cpu = figures(v, b->rounds).median;
	for (int i = 0; i < b->rounds; i++)
		v[i] = s->samples[i].faults;
	l.faults = figures(v, b->rounds).median;
	for (int i = 0; i < b->rounds; i++)
		v[i] = s->samples[i].us / reference->samples[i].us;
	l.paired = figures(v, b->rounds).median;
	return l;
}

/* The reference's step in the row, or the row's first where it has none */
static const struct step *reference_of(const struct bench *b, size_t first, size_t n)
{
	for (size_t i = first; b->reference && i < first + n; i++)
		if (!strcmp(b->steps[i].tool, b->reference))
			return &b->steps[i];
	return &b->steps[first];
}

static void report(const struct bench *b, FILE *summary)
{
	for (size_t i = 0, n; i < b->n; i += n) {
		const struct step *reference;
		double median;

		n = row_length(b, i);
		if (!b->steps[i].samples)
			continue;
		reference = reference_of(b, i, n);
		median = line_of(b, reference, reference).time.median;
		fprintf(b->out, "\n%-14s %9s %9s %9s %9s %8s %7s   %s: medians, pairs\n",
			b->steps[i].op, "median us", "min", "p95", "cpu", "peak KiB",
			"faults", reference->tool);
		for (const struct step *s = &b->steps[i]; s < &b->steps[i + n]; s++) {
			struct line l = line_of(b, s, reference);

			fprintf(b->out,
				"  %-12s %9.0f %9.0f %9.0f %9.0f %8ld %7.0f   %6.3f "
				"%6.3f\n",
				s->tool, l.time.median, l.time.min, l.time.p95, l.cpu,
				s->rss, l.faults, l.time.median / median, l.paired);
			if (summary)
				fprintf(summary,
					"%s\t%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%ld\t%.0f\t%"
					"s\t"
					"%.4f\t%.4f\n",
					s->op, s->tool, b->rounds, l.time.min,
					l.time.median, l.time.p95, l.cpu, s->rss,
					l.faults, reference->tool, l.time.median / median,
					l.paired);
		}
	}
}

static void write_csv(const struct bench *b, const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		err(1, "%s", path);
	fputs("op,tool,round,us,cpu_us,faults\n", f);
	for (size_t i = 0; i < b->n; i++)
		for (int r = 0; b->steps[i].samples && r < b->rounds; r++)
			fprintf(f, "%s,%s,%d,%.1f,%.0f,%ld\n", b->steps[i].op,
				b->steps[i].tool, r, b->steps[i].samples[r].us,
				b->steps[i].samples[r].cpu_us,
				b->steps[i].samples[r].faults);
	if (fclose(f))
		err(1, "%s", path);
}

static void read_plan(struct bench *b, const char *path)
{
	static char text[64 << 10]; /* the steps point into it */
	FILE *f = fopen(path, "re");
	char *next, *end;

	if (!f)
		err(1, "%s", path);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	for (char *row = strtok_r(text, "\n", &next); row;
	     row = strtok_r(NULL, "\n", &next)) {
		struct step *s = &b->steps[b->n];
		size_t n = 0;

		if (*row == '#')
			continue;
		if (b->n == MAX_STEPS)
			errx(1, "%s: too many lines", path);
		s->op = strtok_r(row, " ", &end);
		s->tool = strtok_r(NULL, " ", &end);
		while (n < MAX_ARGS && (s->argv[n] = strtok_r(NULL, " ", &end)))
			n++;
		if (!n || n == MAX_ARGS)
			errx(1, "%s: not OP TOOL COMMAND: %s", path, row);
		if (strcmp(s->op, "-")) {
			s->samples = calloc(b->rounds, sizeof(*s->samples));
			if (!s->samples)
				err(1, "memory");
		}
		b->n++;
	}
	if (!b->n)
		errx(1, "%s: no line", path);
}

/* Returns the plan's name */
static const char *read_options(struct bench *b, int argc, char **argv, FILE **summary,
				const char **csv)
{
	const char *summary_path = NULL;

	for (int c; (c = getopt(argc, argv, "n:r:s:c:")) != -1;)
		switch (c) {
		case 'n':
			b->rounds = whole(optarg, MAX_ROUNDS);
			break;
		case 'r':
			b->reference = optarg;
			break;
		case 's':
			summary_path = optarg;
			break;
		case 'c':
			*csv = optarg;
			break;
		default:
			exit(2);
		}
	if (optind != argc - 1 || b->rounds < 1)
		errx(2, "bench [-n ROUNDS] [-r TOOL] [-s SUMMARY] [-c CSV] PLAN");
	if (summary_path) {
		*summary = fopen(summary_path, "we");
		if (!*summary)
			err(1, "%s", summary_path);
	}
	return argv[optind];
}

int main(int argc, char **argv)
{
	static struct bench b = { .rounds = 20 };
	const char *csv = NULL;
	FILE *summary = NULL;

	read_plan(&b, read_options(&b, argc, argv, &summary, &csv));
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		err(1, "subreaper");
	if (signal(SIGALRM, too_long) == SIG_ERR)
		err(1, "SIGALRM");
	streams_take(&b.out, &b.errors);
	for (int round = -1; round < b.rounds; round++)
		play_round(&b, round);
	report(&b, summary);
	if (csv)
		write_csv(&b, csv);
	if (fflush(b.out) || (summary && fclose(summary)))
		return 1;
	return 0;
}
