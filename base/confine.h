/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process gives up what it does not need any more, for good. Runs in the program: in a
 * foreground run that has nothing to do but wait.
 *
 * Theory. no_new_privs comes first, so that a filter needs no privilege. Fewer
 * capabilities alone would weaken us: who has the same ids and no fewer of them may trace
 * us (ptrace(2)), and a container that shares our PID namespace does have a few. So the
 * process becomes undumpable before: then only CAP_SYS_PTRACE in our user namespace
 * counts. The filter is the last: it does not let any of this be done again.
 */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* What may still be done */
struct confine {
	const uint16_t *calls;	  /* numbers of system calls */
	size_t n;		  /* at most CONFINE_MAX */
	const uint32_t *requests; /* of ioctl(2), which is not among calls */
	size_t requests_n;	  /* at most CONFINE_MAX */
	const int *files;	  /* what stays open; the others are closed, -1 is none */
	size_t files_n;
	uint64_t caps; /* that stay, if they are there */
};
#define CONFINE_MAX 64

/* Do it. All other system calls get EPERM from now on; one of another architecture ends
 * the process. Fails where the kernel or an outer filter denies a part; what was given up
 * until then stays so. Sources: prctl(2), seccomp(2), capset(2). */
int confine_self(const struct confine *c, struct err *e);

#endif
