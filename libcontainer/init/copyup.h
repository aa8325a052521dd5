/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copying what lies under a new tmpfs into it ("tmpcopyup"). Runs in init. */
#ifndef INIT_COPYUP_H
#define INIT_COPYUP_H

#include "base/err.h"

/*
 * Copy all that is in directory `from` to directory `to` (both O_PATH will do; lent),
 * whose own mode and owner stay: files, directories, links, fifos, with modes, owners,
 * times left as they become, and extended attributes as far as the target takes them. No
 * link is followed. Sockets are left out, and device nodes that we may not make. Hard
 * links become files of their own. Directories nest at most 64 deep.
 */
int copyup_tree(int from, int to, struct err *e);

#endif
