/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process as /proc tells of it; for the tables of `aril ps`. Runs in the program. */
#ifndef SRC_PS_PROCESS_H
#define SRC_PS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"

/* What is the same for all processes */
struct host {
	struct arena *arena;
	const char *passwd;  /* the text; NULL: none */
	const char *group;   /* the text; NULL: none */
	uint64_t ticks;	     /* of the clock, in a second */
	uint64_t memory;     /* all of it, in KiB; 0: not known */
	uint64_t page;	     /* its size, in KiB */
	int64_t booted, now; /* seconds since 1970 */
};

/* Numbers of proc_pid_stat(5) */
enum {
	STAT_PPID = 4,
	STAT_PGRP = 5,
	STAT_SESSION = 6,
	STAT_TTY = 7,
	STAT_TPGID = 8,
	STAT_UTIME = 14,
	STAT_STIME = 15,
	STAT_PRIORITY = 18,
	STAT_NICE = 19,
	STAT_THREADS = 20,
	STAT_START = 22,
	STAT_VSIZE = 23,
	STAT_RSS = 24,
	STAT_FIELDS = 25
};

struct process {
	pid_t pid;
	char state;		   /* 'R', 'S' ... */
	int64_t stat[STAT_FIELDS]; /* what is no number is 0 */
	char name[64];
	uint64_t rss;		       /* KiB of memory that it has */
	uint32_t ruid, uid, rgid, gid; /* real and effective */
	char command[4096];	       /* without what could steer a terminal */
};

/* Read what is the same for all, into h->arena, which is set by the caller. What cannot
 * be read is NULL or 0. */
void host_read(struct host *h);

/* Read what /proc tells of it. 1, or 0: it is gone; what cannot be read is an error. */
int ps_read(const struct host *h, pid_t pid, struct process *p, struct err *e);

/* Seconds of CPU time, and since it was started */
uint64_t ps_used(const struct host *h, const struct process *p);
uint64_t ps_lived(const struct host *h, const struct process *p);

#endif
