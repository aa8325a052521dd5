/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file that containers execute first: init's bytes, which are part of this program,
 * in a sealed memory file. Whatever runs in a container, /proc/self/exe is at most this
 * file and never the host's aril (CVE-2019-5736).
 */
#ifndef HOST_INITFILE_H
#define HOST_INITFILE_H

#include <stdbool.h>

#include "base/err.h"

/* An fd for execveat(2); the caller owns it. secret: nobody may read it, so that the
 * kernel makes whoever executes it undumpable, with a memory that belongs to the
 * user namespace of this file (would_dump() in fs/exec.c) and not to a new one: its
 * owner, and plain root of the host without capabilities, cannot look into init. Not
 * for callers who are not the host's root: they could not write the maps then. Where
 * executable memory files are denied (vm.memfd_noexec=2, an outer filter) it is the
 * installed copy below libexec, through a read-only detached clone of its mount. */
int initfile_open(bool secret, struct err *e);

#endif
