/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the runtime's /proc that init writes. Runs in init. */
#ifndef INIT_PROCFILES_H
#define INIT_PROCFILES_H

#include "libcontainer/init/init.h"

/* Whether in->proc is the root of a procfs: before anything is written below it */
int proc_check(const struct inside *in, struct err *e);

/* Our number in the PID namespace of that procfs, as text */
int proc_self(const struct inside *in, char *buf, size_t size, struct err *e);

/* Open a file below it for writing, with no link and no mount on the way. An fd, owned by
 * the caller, or -errno. */
long proc_open(int proc, const char *path);

/* One write(2), whole. 0 or -errno. */
long proc_put(int fd, const char *value);

/* The procfs that was made before the turn of mount i, with its attributes, detached; the
 * caller owns it. -1: it is still to be made. */
int procfs_early(struct inside *in, size_t i);

/* Write process.oom_score_adj of this process, if the plan has one */
int oom_write(struct inside *in, struct err *e);

/*
 * The offsets of clocks, if the plan has any: clocks_open() opens the file (*fd, else it
 * stays as it is), before any namespace is joined; clocks_write() writes it when the new
 * time namespace is there. The kernel asks for CAP_SYS_TIME of who opened it in the
 * user namespace that owns the clocks, which who makes that one has, too. Files of an
 * undumpable process belong to root, so that for others it is dumpable meanwhile; nobody
 * of a container can see it yet.
 */
int clocks_open(struct inside *in, int *fd, struct err *e);
int clocks_write(struct inside *in, int fd, struct err *e);

#endif
