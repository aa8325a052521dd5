/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of `aril ps`, as ps(1) would show it, read from /proc. Runs in the
 * program. */
#ifndef SRC_PS_TABLE_H
#define SRC_PS_TABLE_H

#include "base/arena.h"
#include "base/err.h"
#include "cgroups/cgroup.h"
#include "src/ps_columns.h"

/* Print one line for each process to stdout, after a header. Processes that are gone are
 * left out; a command of more than 4095 bytes is cut. The arena is as before: the
 * container decides how many there are. */
int ps_table_print(const pids_t *pids, const struct ps_columns *columns, struct arena *a,
		   struct err *e);

#endif
