/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers from text and small questions about strings. A number is parsed whole or
 * refused: no sign unless wanted, no blanks, no leading '+', nothing behind it, no
 * overflow (crun's CVE-2026-30892 read a user that was no number as 0).
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Decimal digits only; false when text is not wholly a number of at most max */
bool str_u64(const char *text, uint64_t max, uint64_t *v);
bool str_u64n(const char *text, size_t len, uint64_t max, uint64_t *v);

/* The value of a hexadecimal digit, of either case; -1: it is none */
int str_hex(char c);

/* None may be NULL where it is not said */
bool str_starts(const char *text, const char *head);
bool str_ends(const char *text, const char *tail);
bool str_eq(const char *a, const char *b); /* NULL equals only NULL */
/* NULL or "". Here, so that compilers and their analysers see what it excludes. */
static inline bool str_empty(const char *text)
{
	return !text || !*text;
}

/* The parts of text between separators, as copies in the arena; an empty text has one
 * empty part. */
strings_t str_split(struct arena *a, const char *text, char separator);

/* Add a string to a list; it is lent, not copied */
void strings_add(struct arena *a, strings_t *list, char *text);

/* Whether the text is among the items */
bool strings_has(const strings_t *list, const char *text);

/* A NULL-terminated copy of the list, as execve wants it */
char **strings_vector(struct arena *a, const strings_t *list);

/* The value of NAME= in an environment list, the last one; NULL when there is none */
const char *env_get(const strings_t *env, const char *name);

#endif
