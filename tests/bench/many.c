/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * many [-n RUNS] [-l LAUNCHERS] COMMAND WORD...: LAUNCHERS processes at the same time,
 * each of which executes COMMAND RUNS times, one after the other, with the % of a word
 * replaced by its number from 1. Prints how many of all commands ended in a second.
 *
 * A status that is not 0 ends it all. Needs no privilege.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/clock.h"

enum { MAX_RUNS = 1000000, MAX_LAUNCHERS = 64, MAX_WORDS = 16, WORD_SIZE = 512 };

/* WORD with its % replaced */
static char *word_of(const char *word, int number)
{
	const char *at = strchr(word, '%');
	char *to = malloc(WORD_SIZE);

	if (!to || strlen(word) + 4 > WORD_SIZE)
		errx(1, "%s: too long", word);
	if (at)
		snprintf(to, WORD_SIZE, "%.*s%d%s", (int)(at - word), word, number,
			 at + 1);
	else
		snprintf(to, WORD_SIZE, "%s", word);
	return to;
}

/* In a launcher */
static int launch(char **argv, int runs, int number, FILE *errors)
{
	char *own[MAX_WORDS + 1] = { NULL };
	int status;
	pid_t pid;

	for (int i = 0; argv[i]; i++)
		own[i] = word_of(argv[i], number);
	for (int i = 0; i < runs; i++) {
		pid = vfork();
		if (pid == 0) {
			execv(own[0], own);
			_exit(127);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
			fprintf(errors, "many: launcher %d: a command failed\n", number);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	int runs = 100, launchers = 8, option, status;
	FILE *out, *errors;
	double start;

	while ((option = getopt(argc, argv, "+n:l:")) != -1)
		if (option == 'n')
			runs = whole(optarg, MAX_RUNS);
		else if (option == 'l')
			launchers = whole(optarg, MAX_LAUNCHERS);
		else
			return 2;
	argc -= optind;
	argv += optind;
	if (argc < 1 || argc > MAX_WORDS || !runs || !launchers)
		errx(2, "many [-n RUNS] [-l LAUNCHERS] COMMAND WORD...");
	streams_take(&out, &errors);
	start = now_us();
	for (int i = 1; i <= launchers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid == 0)
			_exit(launch(argv, runs, i, errors));
	}
	for (int i = 0; i < launchers; i++)
		if (wait(&status) < 0 || status != 0)
			return 1;
	fprintf(out, "%.1f\n", runs * launchers / ((now_us() - start) / 1e6));
	return fclose(out) == 0 ? 0 : 1;
}
