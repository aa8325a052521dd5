/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A container that `events` watches: what is kept open of it, and the events that are
 * printed about it, each a JSON object on one line of stdout in the form of runc's. Runs
 * in the program.
 */
#ifndef SRC_WATCHED_H
#define SRC_WATCHED_H

#include <stdbool.h>

#include "cgroups/watch.h"
#include "src/call.h"

struct watched {
	const char *id; /* lent */
	int64_t pid;	/* of init */
	int pidfd;	/* owned; -1: it has stopped */
	struct cgroup cgroup;
	struct watch oom;
	struct box_state state; /* strings lent by the call's arena */
	bool own_network; /* not the runtime's network namespace */
	bool told;	  /* that its network devices cannot be read */
};
#define WATCHED_NONE                                                                     \
	{                                                                                \
		.pidfd = -1, .cgroup = CGROUP_NONE_OPEN, .oom = WATCH_NONE               \
	}

/* Open a container by its id, which must live as long. ESRCH: "container not running" */
int watched_open(struct watched *w, const struct call *c, const char *id, struct err *e);
void watched_done(struct watched *w);

/* Print its statistics, if it has not stopped meanwhile. Network devices that cannot be
 * read are left out, with a warning, once: the container decides how many there are.
 * EPIPE: nobody reads the statistics any more. */
int watched_print_stats(struct watched *w, const struct out *out, struct err *e);

/* Print "oom" if processes were killed for lack of memory since the last call */
int watched_print_oom(struct watched *w, struct err *e);

#endif
