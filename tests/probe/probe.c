/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe COMMAND [ARG...] [, COMMAND [ARG...]]...: see probe.h. The exit status is the
 * last command's that is not 0; 98 for a mistake in the command line, 99 when the probe
 * itself failed. Runs as the program of a container, and beside the runtime under test.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE  98
#define EXIT_BROKEN 99

static const struct command *const tables[] = {
	fact_commands,	 file_commands,	 call_commands,	 count_commands, kernel_commands,
	load_commands,	 bed_commands,	 resctrl_commands, socket_commands,
	net_commands,	 agent_commands,  spy_commands,
	race_commands,	 refuse_commands, try_commands, victim_commands, mute_commands,
	witness_commands
};

const char *outcome(long result)
{
	const char *name;

	if (result >= 0)
		return "ok";
	name = strerrorname_np(errno);
	return name ? name : "E?";
}

void give_up(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, outcome(-1));
	exit(EXIT_BROKEN);
}

unsigned long number(const char *text, unsigned long max)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 0);
	if (errno || *end || end == text || n > max) {
		fprintf(stderr, "probe: not a number up to %lu: %s\n", max, text);
		exit(EXIT_USAGE);
	}
	return n;
}

void print_file(const char *key, const char *path)
{
	char buf[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	printf("%s=", key);
	n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
	if (n < 0) {
		printf("%s\n", outcome(-1));
	} else {
		if (n > 0 && buf[n - 1] == '\n')
			n--;
		for (ssize_t i = 0; i < n; i++)
			putchar(buf[i] == '\n' ? '|' : buf[i]);
		putchar('\n');
	}
	if (fd >= 0)
		close(fd);
}

static const struct command *command_find(const char *name)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct command *c = tables[t]; c->name; c++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

static int usage(void)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct command *c = tables[t]; c->name; c++)
			fprintf(stderr, "probe %s %s\n", c->name, c->usage);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc < 2)
		return usage();
	for (int at = 1, end; at < argc; at = end + 1) {
		const struct command *c = command_find(argv[at]);
		int n, got;

		for (end = at; end < argc && strcmp(argv[end], ",") != 0; end++)
			;
		n = end - at - 1;
		if (!c || n < c->min || (c->max >= 0 && n > c->max)) {
			fprintf(stderr, "probe: bad command %s\n", argv[at]);
			return usage();
		}
		argv[end] = NULL;
		got = c->run(end - at, argv + at);
		if (got)
			status = got;
		fflush(stdout);
	}
	return status;
}
