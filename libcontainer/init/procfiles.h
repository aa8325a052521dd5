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

/* Write process.oom_score_adj of this process, if the plan has one */
int oom_write(struct inside *in, struct err *e);

#endif
