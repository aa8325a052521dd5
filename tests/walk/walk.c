/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk [OPTION...] BUNDLES VERB[,VERB...] -- ARIL [GLOBAL OPTION...]: each system call
 * of a verb fails once with each error, and once aril is killed before it. TAP on stdout.
 *
 *	-e LIST	only these errors (EIO,ENOMEM,...,KILL)
 *	-s N	a sample: every N-th call, each with the next error
 *	-p N	only the calls of the N-th process (0 is aril, 1 is init)
 *	-c N	only its N-th call
 *	-w DIR	what must not change, besides the bundles, mounts, links and cgroups
 *	-x N	aril is what the first process executes the N-th time, not the first
 *	-k	init is killed too, before each of its calls
 *	-H	helpers and hooks, too: what aril executes is walked like aril
 *	-m FILE	write each message there
 *	-v	say what became of each fault
 *
 * Runs on the host, as a reaper of all that it starts.
 */
#include "tests/walk/walk.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	int error;
} errors[] = {
	{ "EIO", EIO },	      { "ENOMEM", ENOMEM },   { "EPERM", EPERM },
	{ "EINTR", EINTR },   { "EMFILE", EMFILE },   { "ENOSPC", ENOSPC },
	{ "EAGAIN", EAGAIN }, { "KILL", FAULT_KILL },
};

struct options {
	const char *errors, *messages;
	unsigned step, call;
	int process;
	bool kill_init;
	unsigned total[VERDICTS]; /* what became of all faults */
};

/* Of one verb and one error */
struct tally {
	unsigned count[VERDICTS], all;
};

struct way {
	struct walk *w;
	struct options *o;
	const struct scene *scene;
	struct call calls[MAX_CALLS];
	size_t n;
	unsigned first; /* aril's first call of its own */
	FILE *messages;
	struct tally tally[ARRAY_LEN(errors)];
};

const char *call_name(long nr)
{
	static char *name;

	free(name);
	name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)nr);
	return name ? name : "?";
}

static bool is_wanted(const struct options *o, const struct call *c, size_t error)
{
	size_t n = strlen(errors[error].name);
	const char *at = o->errors;

	if (errors[error].error == FAULT_KILL && c->process != 0 && !o->kill_init)
		return false;
	if ((o->process >= 0 && o->process != c->process) ||
	    (o->call && o->call != c->number))
		return false;
	for (; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, errors[error].name, n) == 0 && (!at[n] || at[n] == ','))
			return true;
	}
	return !o->errors;
}

static bool cannot_fail(const struct call *c, int error)
{
	return error != FAULT_KILL && (c->nr == SYS_exit_group || c->nr == SYS_exit);
}

static void tell(struct way *y, const struct call *c, size_t error, enum verdict v,
		 const char *why)
{
	if (y->messages && v == REFUSED)
		fprintf(y->messages, "%s %d.%u %s %s: %s\n", scene_name(y->scene),
			c->process, c->number, call_name(c->nr), errors[error].name, why);
	if (v < MISSED && !y->w->verbose)
		return;
	printf("# %s: %s: %s call %u (%s) %s: %s\n", verdict_names[v],
	       scene_name(y->scene), c->process ? "init" : "aril", c->number,
	       call_name(c->nr), errors[error].name, why);
	fflush(stdout);
}

static void go(struct way *y, const struct call *c, size_t error)
{
	struct fault f = { c->process, c->number, errors[error].error };
	const char *excuse = excuse_find(c, y->first, f.error);
	enum verdict v = EXCUSED;
	char why[5000] = "";

	if (!cannot_fail(c, f.error))
		v = scene_fault(y->w, y->scene, &f, why, sizeof(why));
	if (excuse && (v == BAD_MESSAGE || v == BAD_STATUS))
		v = EXCUSED;
	y->tally[error].all++;
	y->tally[error].count[v]++;
	y->o->total[v]++;
	tell(y, c, error, v, v == EXCUSED ? excuse : why);
}

/* The C library's start makes no fcntl(2), and aril's main does so first */
static unsigned first_own(const struct way *y)
{
	for (size_t i = 0; i < y->n; i++)
		if (y->calls[i].process == 0 && y->calls[i].nr == SYS_fcntl)
			return y->calls[i].number;
	return 0;
}

static void walk_all(struct way *y)
{
	const struct options *o = y->o;

	for (size_t i = 0; i < y->n; i++) {
		for (size_t e = 0; e < ARRAY_LEN(errors); e++) {
			if (o->step &&
			    (i % o->step || e != i / o->step % ARRAY_LEN(errors)))
				continue;
			if (is_wanted(o, &y->calls[i], e))
				go(y, &y->calls[i], e);
		}
	}
}

/* One line of TAP for each error; true if all is well */
static bool report(const struct way *y, unsigned *number)
{
	bool good = true;

	for (size_t e = 0; e < ARRAY_LEN(errors); e++) {
		const struct tally *t = &y->tally[e];
		unsigned bad = 0;

		if (!t->all)
			continue;
		for (int v = LEFT; v < VERDICTS; v++)
			bad += t->count[v];
		printf("%sok %u - %s, %s: %u faults", bad ? "not " : "", ++*number,
		       scene_name(y->scene), errors[e].name, t->all);
		for (int v = 0; v < VERDICTS; v++)
			if (t->count[v])
				printf(", %u %s", t->count[v], verdict_names[v]);
		printf("\n");
		good &= !bad;
	}
	return good;
}

static bool walk_verb(struct walk *w, struct options *o, const struct scene *s,
		      unsigned *number)
{
	static struct way y;
	char why[5000];
	long begin = clock_ms();
	unsigned all = 0;
	bool good;
	int n;

	y = (struct way){ .w = w, .o = o, .scene = s };
	n = scene_reference(w, s, y.calls, why, sizeof(why));
	if (n < 0) {
		printf("not ok %u - %s without a fault\n# %s\n", ++*number, scene_name(s),
		       why);
		host_wipe(w);
		return false;
	}
	y.n = (size_t)n;
	y.first = first_own(&y);
	if (o->messages)
		y.messages = fopen(o->messages, "ae");
	printf("# %s makes %d system calls, %u of them before main\n", scene_name(s), n,
	       y.first ? y.first - 1 : 0);
	walk_all(&y);
	good = report(&y, number);
	for (size_t e = 0; e < ARRAY_LEN(errors); e++)
		all += y.tally[e].all;
	printf("# %s: %u faults in %.1f s\n", scene_name(s), all,
	       (double)(clock_ms() - begin) / 1000);
	fflush(stdout);
	if (y.messages)
		fclose(y.messages);
	return good;
}

/* The row of a table: of one verb, or of all */
static void row_print(const char *name, const unsigned count[VERDICTS])
{
	unsigned all = 0;

	for (int v = 0; v < VERDICTS; v++)
		all += count[v];
	printf("# %s: %u faults", name, all);
	for (int v = 0; v < VERDICTS; v++)
		printf(", %u %s", count[v], verdict_names[v]);
	printf("\n");
}

static int usage(void)
{
	fprintf(stderr, "usage: walk [-kHv] [-e ERRORS] [-s STEP] [-p PROCESS]\n"
			"            [-c CALL] [-w DIR] [-x EXECS] [-m FILE]\n"
			"            BUNDLES VERB,... -- ARIL [OPTION...]\n");
	return 99;
}

static bool options_read(struct walk *w, struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+kHe:s:p:c:w:x:m:v")) != -1) {
		switch (c) {
		case 'k':
			o->kill_init = true;
			break;
		case 'H':
			w->tracer.helpers = true;
			break;
		case 'e':
			o->errors = optarg;
			break;
		case 's':
			o->step = (unsigned)atoi(optarg);
			break;
		case 'p':
			o->process = atoi(optarg);
			break;
		case 'c':
			o->call = (unsigned)atoi(optarg);
			break;
		case 'w':
			if (w->n_watched == ARRAY_LEN(w->watched))
				return false;
			w->watched[w->n_watched++] = optarg;
			break;
		case 'x':
			w->execs = atoi(optarg);
			break;
		case 'm':
			o->messages = optarg;
			break;
		case 'v':
			w->verbose = true;
			break;
		default:
			return false;
		}
	}
	return argc - optind >= 4 && strcmp(argv[optind + 2], "--") == 0;
}

/* All files that a first run makes are made: then they are no leaks */
static bool warm_up(struct walk *w)
{
	static struct call calls[MAX_CALLS];
	char why[5000];

	snapshot_take(w, &w->base);
	if (scene_reference(w, scene_at(0), calls, why, sizeof(why)) >= 0)
		return true;
	snapshot_take(w, &w->base);
	if (scene_reference(w, scene_at(0), calls, why, sizeof(why)) >= 0)
		return true;
	printf("1..1\nnot ok 1 - a container without a fault\n# %s\n", why);
	return false;
}

int main(int argc, char **argv)
{
	static struct walk w = { .execs = 1 };
	struct options o = { .process = -1 };
	unsigned number = 0;
	bool good = true;

	if (!options_read(&w, &o, argc, argv))
		return usage();
	w.bundles = argv[optind];
	w.prefix = argv + optind + 3;
	setvbuf(stdout, NULL, _IOLBF, 0);
	command_init(&w);
	peers_listen(&w);
	if (!warm_up(&w))
		return 1;
	for (char *name = strtok(argv[optind + 1], ","); name; name = strtok(NULL, ",")) {
		const struct scene *s = scene_find(name);

		if (!s) {
			fprintf(stderr, "walk: there is no scene %s\n", name);
			return usage();
		}
		good &= walk_verb(&w, &o, s, &number);
	}
	row_print("all", o.total);
	printf("1..%u\n", number);
	return !good;
}
