/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * struct kit: what was opened for a plan. It lies in the plan's arena next to the
 * plan, so init finds the numbers of the fds that it inherited there. The host owns
 * the fds in its own process (kit_done() in host/prepare.h), init those in its own.
 *
 * struct handoff is the first thing in a shared arena.
 */
#ifndef PLAN_KIT_H
#define PLAN_KIT_H

#include <linux/filter.h>
#include <stdint.h>

#include "libcontainer/plan/plan.h"

struct kit {
	int sync;     /* init's end of the sync socket */
	int start;    /* listening start socket; -1: not held */
	/* first_process: the end to read of a pipe that its runtime keeps open while it
	 * lives; -1: nobody waits for the end */
	int life;
	int proc;     /* the runtime's /proc, O_PATH: verified, no image can shadow it */
	int root;     /* detached clone of the rootfs; -1: init makes it itself */
	int pidfd;    /* enter: the container's init; else -1 */
	/* for what hooks that init runs print; -1: a memory file */
	int hook_out, hook_err;
	int *mounts;  /* as many as plan->mounts; -1: init makes it */
	/* as many as plan->devices: detached clones of nodes; -1: init makes it */
	int *devices;
	int *joins;   /* as many as plan->joins: namespaces */
	struct {
		struct sock_filter *code; /* NULL: none */
		uint16_t n;
		uint32_t flags; /* SECCOMP_FILTER_FLAG_* */
		bool sends; /* sendmsg(2) and close(2) are let through: of a listener */
	} filter;
};

#define HANDOFF_MAGIC 0x6172696c00000001ULL

struct handoff {
	/* HANDOFF_MAGIC: also the version; program and init are built together */
	uint64_t magic;
	uint64_t used;	/* bytes of the arena in use */
	const struct plan *plan;
	const struct kit *kit;
};

#endif
