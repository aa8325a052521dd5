/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same for several containers: named one by one, or by a pattern. Runs in the
 * program. */
#ifndef SRC_EACH_H
#define SRC_EACH_H

#include "src/call.h"

/* What is done with one of them: 0, or -1 with the error */
typedef int each_fn(const struct call *c, const char *id, const void *options,
		    struct err *e);

/* Call fn for each id, also behind one that fails. The first error is told, with the id
 * if there are several, and the number of those that failed as well. */
int each_id(const struct call *c, const strings_t *ids, each_fn *fn, const void *options,
	    struct err *e);

/* Add the ids of all containers that the pattern fits somewhere in them: a POSIX extended
 * regular expression (regex(7)), as crun has it. One that is in the list is not
 * added again. Returns how many it fits. Fails with EINVAL (plain) for what is no such
 * expression. */
int each_matching(const struct call *c, const char *pattern, strings_t *ids,
		  struct err *e);

#endif
