/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The side of base/helper.h that is asked: what all helper programs do with their socket,
 * and before. Runs in them, not in aril.
 */
#ifndef BASE_ASKED_H
#define BASE_ASKED_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * A process of the host that nobody of the same user can trace or read (it is not
 * dumpable), that gets no privileges any more, and has no fd from `first` on: whatever
 * the caller's caller left open.
 */
int asked_harden(const char *name, unsigned first, struct err *e);

/* Read a request of lines to its last, "end", for at most 10 s. take() gets each, split
 * in place, before that; false: it has no meaning (EPROTO). Texts are in the arena. */
int asked_read(int sock, struct arena *a,
	       bool (*take)(void *to, struct arena *a, const char *word, char *text),
	       void *to, struct err *e);

/* Answer with one line; text may be NULL. Nobody to take it: no error, the end is near
 * anyway. The second is "error NUM TEXT". */
void asked_answer(int sock, const char *word, const char *text);
void asked_error(int sock, const struct err *e);

/* Wait until the other side has closed the socket, or at most ms */
void asked_wait_end(int sock, int ms);

#endif
