/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A foreground run, restore or exec, once the program runs: the wait for its end, and
 * what comes then.
 *
 * Theory. We may wait for years, and copy meanwhile what a container writes. So who waits
 * longer than a moment gives up all it does not need for that (base/confine.h): it can
 * open nothing, run nothing, and send signals to the container only. That can not be
 * undone, and what is done at the end needs more: cgroups are removed, and hooks are
 * programs of the host. So a second process is made before, the keeper, which holds
 * still, reads nothing that comes from the container, and does the rest when it is told
 * how the container has ended: it returns to the caller, and the one that waited exits
 * with the status of the keeper. When either is killed, the other one ends, and the
 * container is left as it was, to be deleted by `delete`.
 *
 * Runs in the program.
 */
#ifndef SRC_FOREGROUND_H
#define SRC_FOREGROUND_H

#include "libcontainer/launch_notify.h"
#include "src/call.h"

/* Until the process l (lent) has ended, passing signals on (signal_fd is lent, of
 * signals_hold()) and copying its terminal: its exit status or 128 + signal, or -1. It
 * may return in another process than it was called in, which has the same files but none
 * of its children. n: see struct waiting; NULL is fine. how: warnings; that a process
 * could not be confined is one. */
int foreground_wait(int signal_fd, struct launched *l, const struct notify *n,
		    const struct launch *how, struct err *e);

/* Delete the container that the first word names; it may be gone already */
int foreground_delete(const struct call *c, const char *id, struct err *e);

#endif
