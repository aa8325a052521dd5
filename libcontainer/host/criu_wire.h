/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The wire format of protocol buffers, as far as criu's messages need it: numbers as
 * varints (wire type 0), strings and messages with a length in front (2). Others are
 * skipped when read. Pure: works on memory, knows no message.
 */
#ifndef HOST_CRIU_WIRE_H
#define HOST_CRIU_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A message in the making */
struct wire {
	struct arena *arena;
	LIST(unsigned char) bytes;
};
#define WIRE(arena_)                                                                     \
	{                                                                                \
		.arena = (arena_)                                                        \
	}

/* Add a field. A negative int32 is written as 64 bits, as the format wants it. */
void wire_number(struct wire *w, unsigned field, int64_t v);
void wire_text(struct wire *w, unsigned field, const char *text);
void wire_message(struct wire *w, unsigned field, const struct wire *inner);

/* A message that is read: what is left of it */
struct wire_in {
	const unsigned char *at, *end;
};

struct wire_field {
	unsigned field;
	uint64_t number;	/* varints; else 0 */
	const unsigned char *s; /* strings and messages; else NULL. Lent. */
	size_t len;
};

/* The next field that is a number, a string or a message. 1: there is one; 0: the end;
 * -1: this is no message. */
int wire_next(struct wire_in *in, struct wire_field *f);

/* The message inside a field, and its text as a string in the arena (NULL: is none) */
struct wire_in wire_inner(const struct wire_field *f);
char *wire_string(const struct wire_field *f, struct arena *a);

#endif
