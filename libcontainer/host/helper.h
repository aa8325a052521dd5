/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Short-lived programs of the host that do something for us: newuidmap, newgidmap.
 */
#ifndef HOST_HELPER_H
#define HOST_HELPER_H

#include "base/err.h"

/* Run NAME, found in the fixed directories /usr/bin, /bin, /usr/local/bin (PATH may be
 * empty, and is not ours to trust), with an empty environment, no input, and wait for
 * it for at most 20 s. What it writes to stderr becomes part of the error. */
int helper_run(const char *name, char *const *argv, struct err *e);

#endif
