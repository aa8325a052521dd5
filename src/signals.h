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
#include "src/tty.h"

/* From now on the signals that are passed on wait. Returns a signalfd, which the caller
 * owns. Call it when no more children are made that must not inherit the mask. */
int signals_hold(struct err *e);

/* A process that is waited for */
struct waiting {
	int signal_fd;	    /* lent: of signals_hold() */
	struct launched *l; /* lent */
	/* the service manager is told, with our pid, when the container is ready; NULL:
	 * nobody wants to know (any more) */
	const struct notify *n;
	struct tty tty; /* ours is copied to l->tty, and back */
};

/* The three in this order; signals_done() in any case. Our terminal becomes raw. */
int signals_begin(struct waiting *w, struct err *e);

/* Until the process has ended: 1; or for at most ms, -1 for ever: 0. Other children,
 * which come to us as the subreaper, are reaped. */
int signals_wait(struct waiting *w, int ms, struct err *e);

/* It has ended: copy what it left in its terminal, and reap it. Its exit status or
 * 128 + signal. */
int signals_end(struct waiting *w, struct err *e);

/* Set our terminal back, if it was changed */
void signals_done(struct waiting *w);

#endif
