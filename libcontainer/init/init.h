/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program inside the container. What its files share: struct inside, and one function
 * for each step of plan/steps.h.
 *
 * Runs in init only: freestanding, so no libc function is called. The plan and the kit
 * are mapped read-only; what init finds out on its way is in struct inside.
 */
#ifndef INIT_INIT_H
#define INIT_INIT_H

#include <linux/limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "libcontainer/plan/kit.h"
#include "libcontainer/plan/plan.h"

#define HELD_MAX 256 /* held.h */

struct inside {
	const struct plan *plan;
	const struct kit *kit;
	/* where messages and errors go: the sync socket, then the one of `start` */
	int sync;
	int proc;  /* kit->proc, verified; -1 when it is not needed any more */
	int root;  /* the container's root, O_PATH or a mount's fd; -1: not there yet */
	int early; /* the procfs that is mount `early_at`, made before its turn; or -1 */
	size_t early_at;
	int state; /* memory file for the hooks of init; -1: none came */
	/* enter: of plan->mounts, what was opened early, and then what is attached: a
	 * mount's fd; -1: none */
	int mounts[ENTER_MOUNTS_MAX];
	bool joined_user; /* enter: the container's user namespace is joined already */
	size_t mounted;	  /* so many of them are attached */
	/* mounts that later steps look into, in their order */
	struct {
		const struct plan_mount *mount;
		int fd;
	} held[HELD_MAX];
	size_t n_held;
	uint32_t umask; /* of the caller; while init makes files it is 0 */
	bool umask_saved;
	bool in_cwd; /* the working directory was entered before the ids changed */
	struct plan_caps caps; /* what is left when the filter is loaded */
	bool caps_late;	       /* until then there is CAP_SYS_ADMIN, too */
	char **envp;	       /* the plan's, or a copy with HOME */
	const char *program;   /* what is executed; in argv[0] or in `found` */
	char home[256];	       /* "HOME=..." */
	char listen_pid[32];   /* "LISTEN_PID=..." */
	char listen_id[40];    /* "LISTEN_PIDFDID=..." */
	char found[PATH_MAX];
};

/* Run the steps that the plan wants, to the end: on success the user's program has
 * replaced this one, so it returns -1 only, with *e set. */
int init_run(struct inside *in, struct err *e);

/* One for each step; 0, or -1 with *e set */
#define PLAN_STEP_FUNCTION(name, doing) int step_##name(struct inside *in, struct err *e);
PLAN_STEPS(PLAN_STEP_FUNCTION)
#undef PLAN_STEP_FUNCTION

/* Make files with the mode that is asked for: umask 0. The caller's comes back with
 * umask_restore(). */
void umask_clear(struct inside *in);
void umask_restore(struct inside *in);

/* Say whether others may look into this process (see start.c). The kernel always can, but
 * a filter around us might not let it: then a container could look. */
int dumpable_set(bool on, struct err *e);

/* Add what only this process knows to the environment of the program: HOME, if the plan
 * has none, LISTEN_PID and LISTEN_PIDFDID. The working directory is the root. */
int environment_finish(struct inside *in, struct err *e);

/* Whether /proc/PID files of init must be writable for a runtime that is not the
 * host's root: while its new user namespace has no maps. True only between clone and
 * IDS. */
static inline bool plan_needs_dumpable(const struct plan *p)
{
	return p->new_userns && p->ids.way != MAP_NONE && !p->by_host_root;
}

#endif
