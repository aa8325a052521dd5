/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attempts to leave a container, or to reach what is beside it. Each runs in a child of
 * its own, with a deadline; `try GROUP` prints a line for each: NAME=ALLOWED where it
 * got what it wanted, else NAME=ERRNO, NAME=KILLED or NAME=TIMEOUT. An attempt is
 * harmless when it succeeds: it writes what was there already, or only opens.
 */
#ifndef TESTS_PROBE_TRY_H
#define TESTS_PROBE_TRY_H

#include <stdbool.h>

/* One attempt. make() returns 0 or more if it succeeded, else -1 and errno. */
struct try {
	const char *name;
	long (*make)(const struct try *t, char **facts);
	const char *path;
	long number;
};

extern const struct try try_mounts[], try_files[], try_devices[]; /* try_files.c */
extern const struct try try_writes[], try_reads[], try_calls[]; /* try_kernel.c */
extern const struct try try_sockets[], try_more_calls[]; /* try_calls.c */
extern const struct try try_peers[], try_network[], try_tasks[]; /* try_peers.c */
extern const struct try try_terminal[]; /* try_peers.c */

/* The value of KEY in the facts (KEY=VALUE words); without one the program ends */
const char *fact(char **facts, const char *key);
long fact_number(char **facts, const char *key);

/* -1 with that errno */
long refused(int error);

/* 0 if a file can be read and holds the text, else -1 and errno (ENODATA: other text) */
long file_says(const char *path, const char *text);

#endif
