/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owning file descriptors and memory: `autofd` closes and `autofree` frees at the end
 * of the scope, whatever return statement ends it. Passing an fd lends it; giving one
 * away is seen at the call, as fd_take(&fd).
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <errno.h>
#include <stddef.h>

#include "base/err.h"
#include "base/sys.h"

/* Close *fd if it is open and leave -1; errno stays what it was */
static inline void fd_close(int *fd)
{
	if (*fd >= 0)
		sys_close(*fd);
	*fd = -1;
}

/* Give *fd away: the caller owns the result, -1 stays behind */
static inline int fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define autofd __attribute__((cleanup(fd_close))) int

/* Close all from `first` on but those in `keep` (in any order; what is below 0 or below
 * `first` counts for nothing). 0 or -errno: then some may be open still. */
long fd_close_others(unsigned first, const int *keep, size_t n);

/* free(3) of *(void **)p */
void mem_free(void *p);
#define autofree __attribute__((cleanup(mem_free)))

/* Write all of it, retried as needed */
int fd_write_all(int fd, const void *text, size_t len, struct err *e);

#endif
