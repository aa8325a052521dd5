/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two halves of the floor program: floor.c has its verbs and runs on the host's side,
 * floor_box.c makes the container and runs in the new process. See README.md for what
 * the floor is. No libc: every call is a raw system call.
 */
#ifndef TESTS_BENCH_FLOOR_H
#define TESTS_BENCH_FLOOR_H

#include <linux/filter.h>

#include <stdbool.h>

#include "base/sys.h"

#define FLOOR_NAMESPACES                                                                 \
	(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

struct floor_filter {
	uint16_t n; /* instructions */
	struct sock_filter code[BPF_MAXINSNS];
};

/* What the new process must know. It shares the parent's memory until it executes. */
struct floor_child {
	char *argv[2];
	const struct floor_filter *filter;
	int listener; /* create: the socket on which `start` comes; -1: do not wait */
	int ready; /* create: write a byte here when only the start is missing; or -1 */
};

/* Print "floor: what: -NUMBER" to stderr and exit with 1; for a result that is no error,
 * return it. */
long floor_check(long result, const char *what);

/* The whole set-up, in a process with the new namespaces, whose working directory is the
 * one that bundle.sh made. Ends in the program. */
int floor_box(void *child);

/* The same in a running container, whose namespaces were joined: for `exec` */
int floor_enter(void *child);

#endif
