/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one clone3(2): from plan and kit to a process that runs init.
 *
 * Theory. The child shares our memory and we are suspended until it executes init
 * (CLONE_VM | CLONE_VFORK): no page table is copied, and it has a stack of its own. It
 * only makes system calls: it lets the kit's fds survive, in a new user namespace keeps
 * its capabilities over execve (its uid has no mapping yet, so the kernel would drop
 * them all; the ambient set survives), and executes init from a sealed memory file.
 * What goes wrong there is told on the sync socket like everything that init tells.
 *
 * A new time namespace cannot be had with CLONE_VM, and an exec must not wait for what a
 * container can stop: then it is a plain copy.
 */
#ifndef HOST_SPAWN_H
#define HOST_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "libcontainer/plan/kit.h"

struct child {
	pid_t pid; /* 0: none */
	int pidfd; /* owned */
	int sync;  /* the host's end; owned */
	bool keep; /* child_done() does not kill and reap it */
};
#define CHILD_NONE                                                                       \
	{                                                                                \
		.pidfd = -1, .sync = -1                                                  \
	}

/* Where a child is born */
struct birthplace {
	int cgroup; /* directory of a cgroup; -1: our own. Lent. */
	/* Called when the kernel refuses the cgroup, with its errno value: sets
	 * another one; false when there is none to be tried. NULL: there is none. */
	bool (*move)(struct birthplace *place, int num);
	void *to; /* move()'s own */
};

/* Make the child. The arena must be shared, with the plan, the kit and a handoff at
 * its start; it is sealed here. kit_done() must follow: only then does the end of init
 * read as end of file on child->sync. On success the child runs, or will tell why not
 * on child->sync. In shape JOIN it is the middle process. */
int spawn(const struct plan *p, struct kit *k, struct arena *a, struct birthplace *place,
	  struct child *c, struct err *e);

/* Shape JOIN: wait for the true init, on a socket that comes from the middle process,
 * and reap that one. EPROTO: what came is no child of ours. 10 s for each. */
int child_meet(struct child *c, struct err *e);

/* Something that was done to init went wrong, maybe because init has gone (its files in
 * /proc say EACCES then): if it has said why, that becomes *e; if it went without a
 * word, e's number is ECONNRESET, for child_lost(). Returns -1. */
int child_said(const struct child *c, struct err *e);

/* The other side of the sync socket went without a word (e is ECONNRESET or EPIPE):
 * put in front how it ended. Other errors stay as they are. Returns -1. */
int child_lost(struct child *c, struct err *e);

/* It has failed (e is set): kill it unless kept, and reap it. One that does not end
 * within ms is named in front of the text, and left to who adopts it. Returns -1. */
#define CHILD_END_MS 10000
int child_fail(struct child *c, int ms, struct err *e);

/* Kill it unless kept, and reap it if it ends within 10 s; close its fds */
void child_done(struct child *c);
#define autochild __attribute__((cleanup(child_done))) struct child

/* Wait until a process has ended: its exit status, or 128 + the signal. For children. */
int child_wait(int pidfd, struct err *e);

#endif
