/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A foreground run or exec: wait for the process, and meanwhile pass signals on to it
 * and copy its terminal. Signals are blocked and read from a signalfd, so nothing can
 * end us before the terminal is set back and the container is deleted. Runs in the
 * program.
 */
#ifndef SRC_SIGNALS_H
#define SRC_SIGNALS_H

#include <signal.h>

#include "base/err.h"
#include "libcontainer/launch_notify.h"

/* From now on the signals that are passed on wait. Returns a signalfd, which the caller
 * owns. Call it when no more children are made that must not inherit the mask. */
int signals_hold(struct err *e);

/* Until the process l has ended: its exit status or 128 + signal, or -1. l->pidfd is
 * lent, l->tty is copied to and from stdio. Other children, which come to us as the
 * subreaper, are reaped. n: the service manager is told, with our pid, when the
 * container is ready; NULL: nobody wants to know. */
int signals_wait(int signal_fd, struct launched *l, const struct notify *n,
		 struct err *e);

#endif
