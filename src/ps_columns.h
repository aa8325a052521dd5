/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of `aril ps`, under the names that ps(1) has for them, and its arguments as
 * far as they are about columns. Runs in the program. */
#ifndef SRC_PS_COLUMNS_H
#define SRC_PS_COLUMNS_H

#include "base/err.h"
#include "src/ps_process.h"

struct ps_column {
	const char *name; /* for -o */
	const char *head;
	int width; /* to the left if it is negative */
	/* the text in the arena of the host, or static */
	const char *(*cell)(const struct host *h, const struct process *p);
};

struct ps_shown {
	const struct ps_column *column;
	const char *head;
};

struct ps_columns {
	LIST(struct ps_shown) list;
	bool no_head;
};

/*
 * Read arguments of ps: -e, -A, -f, -o LIST, -w, a, u, x, w, h, o LIST, --no-headers,
 * --format LIST, letters together. All processes of the container are shown whatever is
 * said of them. None: as -f. Fails with ENOTSUP (plain) for the others, and with EINVAL
 * for a column that there is not.
 */
int ps_columns_read(char *const *argv, struct arena *a, struct ps_columns *out,
		    struct err *e);

/* The name of row i; NULL behind the last. For the test of the page. */
const char *ps_column_name(size_t i);

#endif
