/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The seccomp filter of a launch: its program into the kit, its listener to the agent.
 * launch.c and launch_end.c call this. Runs in the program.
 */
#ifndef LIBCONTAINER_LAUNCH_FILTER_H
#define LIBCONTAINER_LAUNCH_FILTER_H

#include "libcontainer/box/box.h"
#include "libcontainer/launch.h"
#include "libcontainer/plan/kit.h"

/* Compile the document's profile into the kit, in its arena. Names of system calls that
 * nobody knows are a warning, or, if the document wants that, an error. */
int filter_into_kit(const struct launch *how, const struct spec *spec, struct kit *k,
		    struct arena *a, struct err *e);

/* A process that is about to begin, and what its beginning is told by */
struct beginning {
	int sync;	/* lent */
	int timeout_ms; /* from one message to the next; -1: none */
	pid_t pid;
	enum box_status status; /* of the container */
};

/* Connect to the agent, if the filter has a listener: before the process begins, so that
 * nothing has happened when there is no agent. *agent is the caller's; -1: none. */
int agent_connect(const struct box *b, int *agent, struct err *e);

/* Pass the listener on to the agent, if there is one, and wait until execve(2) is done.
 * Errors are those of sync_begun(), and name the agent's path. */
int begin_wait(struct box *b, const struct beginning *begin, int *agent, struct err *e);

#endif
