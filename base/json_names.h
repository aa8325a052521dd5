/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names that were seen in the objects of a JSON document, to find one that is given
 * twice. Only a keyed hash of (object, name) is kept, 8 bytes each, so that a hostile
 * document costs linear time and bounded memory; two different names pass for one with a
 * chance below 2^-24 for the largest document (a million names), and nobody can aim at
 * it.
 *
 * For json_read.c, and for the names of variables in plan/. Runs in the program.
 */
#ifndef BASE_JSON_NAMES_H
#define BASE_JSON_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_NAMES_FIRST 128

struct json_names {
	uint64_t key[2];
	uint64_t *slots; /* `first` until it is too small, then from the heap */
	size_t size, used;
	uint64_t first[JSON_NAMES_FIRST];
};

/* Start with a new key, of the kernel's random bytes; give the memory back */
void json_names_open(struct json_names *names);
void json_names_done(struct json_names *names);

/* Note a name of the object number `object`. false when it was there before. Out of
 * memory ends the process, as in the arena. */
bool json_names_add(struct json_names *names, uint64_t object, const char *name,
		    size_t len);

/* SipHash-1-3 (Aumasson, Bernstein 2012) of a text, started from `object` too */
uint64_t json_names_hash(const uint64_t key[2], uint64_t object, const char *name,
			 size_t len);

#endif
