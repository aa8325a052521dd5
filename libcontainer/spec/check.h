/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of the OCI document that need no look at the host: ranges, words, paths, what
 * must go together and what must not; and the properties that this version reads but
 * doesn't apply, which are mistakes too (nothing is ever silently ignored). Tables of
 * rules; all mistakes are collected, each with its place in the document.
 *
 * Pure: no system calls. Runs in the program.
 */
#ifndef SPEC_CHECK_H
#define SPEC_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "libcontainer/spec/spec.h"

/* At most so many notes are kept; the rest is counted */
#define CHECK_NOTES_MAX 100

struct check_note {
	bool warning; /* else a mistake that stops the work */
	char *path;   /* "linux.namespaces[2].type" */
	char *what;   /* "unknown word \"nett\": one of pid, network, ..." */
};

struct check_report {
	struct arena *arena; /* set by the caller; holds the notes */
	LIST(struct check_note) notes;
	size_t errors, warnings; /* all, the ones not kept too */
};
#define CHECK_REPORT(arena_)                                                             \
	{                                                                                \
		.arena = (arena_)                                                        \
	}

/* Check a whole document. `process` may be missing (create allows it, start does not). */
void spec_check(const struct spec *s, struct check_report *r) __attribute__((nonnull));

/* Check the process of an exec; paths in notes begin with "process." as in config.json */
void spec_check_process(const struct spec_process *p, struct check_report *r)
	__attribute__((nonnull));

/* Check mounts that stand alone; `linux` of the container that gets them may be NULL */
void spec_check_mounts(const struct spec *s, const struct spec_linux *linux,
		       struct check_report *r) __attribute__((nonnull(1, 3)));

/* Check the limits of an update; paths begin with "linux.resources." as in config.json */
void spec_check_resources(const struct resources *res, struct check_report *r)
	__attribute__((nonnull));

/* 0 when there are no errors (warnings are fine); else -1, and e (EINVAL) has as many of
 * them as fit, "path: what; path: what; and 3 more" */
int check_result(const struct check_report *r, struct err *e) __attribute__((nonnull));

#endif
