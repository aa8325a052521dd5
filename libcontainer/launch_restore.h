/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two files of restore share, launch_restore.c and launch_restore_opts.c;
 * nobody else includes it. Runs in the program. */
#ifndef LIBCONTAINER_LAUNCH_RESTORE_H
#define LIBCONTAINER_LAUNCH_RESTORE_H

#include "libcontainer/host/rdt.h"
#include "libcontainer/launch_cgroup.h"
#include "libcontainer/launch_criu.h"
#include "libcontainer/launch_net.h"

#define RESTORE_LOG  "restore.log"
#define RESTORE_ROOT "criu-root" /* in the box: where criu finds the new root */

/* One restore on its way */
struct back {
	const struct launch *how;
	const struct criu_wish *wish;
	struct box *box;
	struct launched *to;
	struct arena *arena;
	struct facts facts;
	struct spec *spec;
	struct plan *plan;
	struct nest nest;
	struct rdt rdt;
	struct launch_net net;
	struct child init; /* pid 0: there is none yet */
	struct criu_dirs dirs;
	struct criu_opts opts;
	LIST(int) files; /* namespaces, for criu, from CRIU_FIRST_FILE on; owned */
	bool hooks_ran, pid_written, done;
};

/* Fill t->opts, and t->files with what they name, when box, cgroup and plan are there */
int restore_opts(struct back *t, struct err *e);

#endif
