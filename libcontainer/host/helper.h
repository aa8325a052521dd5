/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Short-lived programs of the host that do something for us: newuidmap, newgidmap. Runs
 * in the program.
 */
#ifndef HOST_HELPER_H
#define HOST_HELPER_H

#include "base/err.h"

/* Run NAME, which helper_find() of plan/facts_users.h finds, with an empty environment
 * and no input, and wait for it for at most 20 s. The first line of what it writes
 * becomes part of the error (EPERM) when it fails; ETIMEDOUT when it does not end. */
int helper_run(const char *name, char *const *argv, struct err *e);

#endif
