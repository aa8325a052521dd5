/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One run of aril-systemd: started, asked, ended. For unit.c. Runs in the program.
 */
#ifndef CGROUPS_UNIT_CALL_H
#define CGROUPS_UNIT_CALL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/helper.h"
#include "base/text.h"
#include "cgroups/unit.h"

struct unit_call {
	const struct unit *unit;
	const char *verb;
	struct helper helper; /* owned */
	struct text lines; /* the request */
	char *answer;	   /* what is behind the answer's word; in the arena */
	char *invocation;  /* what the line before it said; NULL: there was none */
};
#define CALL_NONE                                                                        \
	{                                                                                \
		.helper = HELPER_NONE                                                    \
	}

/* Prepare a request: where the service manager is found, and the deadline. For a user
 * unit fails with ENOENT when the environment does not tell. */
int call_open(struct unit_call *c, const struct unit *u, const char *verb,
	      struct arena *a, struct err *e);

/* Add properties to the request */
void call_properties(struct unit_call *c, const unit_properties_t *properties);

/* Start the helper, ask, wait for the answer, which must begin with `word` */
int call_ask(struct unit_call *c, const char *word, struct err *e);

/* Let c be about the helper that h has held; h is empty */
void call_take(struct unit_call *c, struct unit_hold *h);

/* Close the socket, wait for the end of the helper; kill one that takes too long. It is
 * reaped in either case; ETIMEDOUT when even that cannot be. */
int call_end(struct unit_call *c, struct err *e);

/* call_end() without a word */
void call_done(struct unit_call *c);
#define autocall __attribute__((cleanup(call_done))) struct unit_call

#endif
