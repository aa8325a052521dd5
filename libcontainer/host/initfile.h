/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file that containers execute first: init's bytes, which are part of this program,
 * in a sealed memory file. Whatever runs in a container, /proc/self/exe is at most this
 * file and never the host's aril (CVE-2019-5736).
 */
#ifndef HOST_INITFILE_H
#define HOST_INITFILE_H

#include "base/err.h"

/* An fd for execveat(2); the caller owns it. Where executable memory files are denied
 * (vm.memfd_noexec=2, an outer filter) it is the installed copy below libexec, through a
 * read-only detached clone of its mount. */
int initfile_open(struct err *e);

#endif
