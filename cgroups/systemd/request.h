/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What aril-systemd is asked, and its answers (cgroups/unit_words.h). Runs in it. */
#ifndef CGROUPS_SYSTEMD_REQUEST_H
#define CGROUPS_SYSTEMD_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct property {
	char *name, *type; /* type: basic, array of basic or of structs of basic */
	strings_t values;
};

struct address {
	char *text;
	bool is_manager; /* not a bus: no daemon is between */
};

struct request {
	const char *unit; /* NULL: none */
	LIST(struct address) addresses;
	LIST(struct property) properties;
	uint64_t process; /* 0: none */
	char *below;	  /* "": the unit's own cgroup */
	char *invocation; /* which start of the unit is meant; NULL: any */
	int64_t end;	  /* clock_ms() when all must be done */
	int sock;
};

/* Read it from r->sock to its end, for at most 10 s; strings in the arena. EPROTO: it is
 * none. */
int request_read(struct request *r, struct arena *a, struct err *e);

#endif
