/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of `aril ps`: what `ps -ef` shows, read from /proc. Runs in the program. */
#ifndef SRC_PS_TABLE_H
#define SRC_PS_TABLE_H

#include "base/arena.h"
#include "cgroups/cgroup.h"

/* One line for each process, after a header, in the arena. Processes that are gone are
 * left out. */
char *ps_table(const pids_t *pids, struct arena *a);

#endif
