/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container from its making to its end, in the foreground: run and sandbox. Runs in the
 * program. */
#ifndef SRC_ONCE_H
#define SRC_ONCE_H

#include "src/call.h"

struct once {
	bool detach;	   /* do not wait for its end */
	bool keep;	   /* do not delete it then */
	bool no_subreaper; /* orphans of the container are not for us */
};

/* Make and start the container, wait for it, passing signals and the terminal on, and
 * delete it. Its exit status, or 0 when detached. Nothing is left when it fails. */
int once_run(const struct call *c, const struct launch *how, const struct once *o,
	     struct err *e);

#endif
