/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The probe: a static program that says, from the inside of a container, what it sees.
 * Each command prints `key=value` lines; an error is the symbol of its errno. A part of
 * the commands (bed.c) is for the test's side: to wait, to reap, to be the other end of a
 * terminal.
 */
#ifndef TESTS_PROBE_PROBE_H
#define TESTS_PROBE_PROBE_H

#include <stdbool.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A command. argv[0] is its name, argv[argc] is NULL. Returns the exit status. */
struct command {
	const char *name;
	int min, max; /* arguments behind the name; max -1: any number */
	int (*run)(int argc, char **argv);
	const char *usage;
};

extern const struct command fact_commands[]; /* facts.c */
extern const struct command file_commands[]; /* files.c */
extern const struct command call_commands[]; /* calls.c */
extern const struct command kernel_commands[]; /* kernel.c */
extern const struct command count_commands[]; /* count.c */
extern const struct command load_commands[]; /* loads.c */
extern const struct command bed_commands[];  /* bed.c */
extern const struct command mute_commands[]; /* mute.c */
extern const struct command resctrl_commands[]; /* resctrl.c */
extern const struct command socket_commands[]; /* sockets.c */
extern const struct command net_commands[];  /* net.c */
extern const struct command agent_commands[];  /* agent.c */
extern const struct command spy_commands[];  /* spy.c */
extern const struct command race_commands[]; /* race.c */
extern const struct command refuse_commands[];  /* refuse.c */
extern const struct command try_commands[]; /* try.c */
extern const struct command victim_commands[]; /* victim.c */
extern const struct command witness_commands[]; /* witness.c */

/* "ok" for 0 and above, else the symbol of errno ("EPERM") */
const char *outcome(long result);

/* Print "KEY=" and what a file says (at most 4 KiB), newlines as "|"; or why it can't */
void print_file(const char *key, const char *path);

/* A whole number in [0, max]; anything else ends the program */
unsigned long number(const char *text, unsigned long max);

/* The new file PATH, with our pid in it, says that we are there */
void tell(const char *path);

/* Of bed.c: a clock, waiting for an fd with a deadline of it, a socket that listens */
long clock_ms(void);
bool wait_readable(int fd, long deadline);
int socket_listen(const char *path);

/* Receive a message into text and give its one fd; -1: none came. The other one prints
 * the message and how many fds there were. */
int socket_message(int s, char *text, unsigned long size, int *count);
int socket_fd(int s);

/* The same of the first connection, s; -1 also when nobody connects */
int socket_first_fd(int listener, long deadline, int *s);

/* Print what went wrong to stderr and exit with 99 */
void give_up(const char *what) __attribute__((noreturn));

#endif
