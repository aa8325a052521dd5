/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing JSON: by hand (json_map_begin, json_key, json_str, ...) or a whole struct
 * through the same tables that json_read() uses. `/` is not escaped: readers of hooks'
 * input have broken on that. Strings must be UTF-8.
 *
 * The calls don't fail one by one: the first mistake (two values without a key, bad
 * UTF-8, a map that is not closed) is kept and json_text() reports it.
 *
 * Runs in the program (hosted), never in init.
 */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json_read.h"

/* A text in the making. Owns memory: declare it as
 * `autojson j = JSON_WRITER_NONE;` and call json_start(). */
struct json_writer {
	struct yajl_gen_t *gen;
	int status;   /* the first yajl_gen_status that is not ok */
	int depth;    /* maps and lists that are open */
	char pending; /* '{' or '[': opened, with nothing in it yet */
};
#define JSON_WRITER_NONE                                                                 \
	{                                                                                \
		.gen = NULL                                                              \
	}
#define autojson __attribute__((cleanup(json_done))) struct json_writer

/* Start a text. indent: "  " or "    " for one member per line, NULL for all on one line.
 * The string is kept by reference. */
void json_start(struct json_writer *j, const char *indent) __attribute__((nonnull(1)));
void json_done(struct json_writer *j) __attribute__((nonnull));

/* One piece each. In a map every value comes behind a key. */
void json_map_begin(struct json_writer *j);
void json_map_end(struct json_writer *j);
void json_list_begin(struct json_writer *j);
void json_list_end(struct json_writer *j);
void json_key(struct json_writer *j, const char *key);
void json_str(struct json_writer *j, const char *text); /* NULL writes null */
void json_int(struct json_writer *j, int64_t v);
void json_uint(struct json_writer *j, uint64_t v);
/* v / 100, as short as it can be written: 0, 12.5, 0.07 */
void json_hundredths(struct json_writer *j, uint64_t v);
/* A number as its text stands ("12.345"), or "null" */
void json_number(struct json_writer *j, const char *text);
void json_bool(struct json_writer *j, bool v);

/* A key and its value in one call */
void json_put_str(struct json_writer *j, const char *key, const char *text);
void json_put_int(struct json_writer *j, const char *key, int64_t v);
void json_put_uint(struct json_writer *j, const char *key, uint64_t v);
void json_put_hundredths(struct json_writer *j, const char *key, uint64_t v);
void json_put_bool(struct json_writer *j, const char *key, bool v);
/* A list of strings and a map of strings to strings, as values */
void json_strs(struct json_writer *j, const strings_t *list);
void json_pairs(struct json_writer *j, const pairs_t *map);

/*
 * Write a struct as an object. Left out is what is absent (NULL, an opt_ that is not set,
 * a list without items pointer) and `false` unless the row is required; plain numbers are
 * always written. What json_read() reads back is equal.
 */
void json_write(struct json_writer *j, const struct json_shape *shape, const void *object)
	__attribute__((nonnull));

/* The finished text, ending in NUL, with a newline behind it if it is indented; valid
 * until json_done(). NULL with EINVAL when a call before was wrong or something is open.
 * *len (may be NULL) gets its length. */
const char *json_text(struct json_writer *j, size_t *len, struct err *e)
	__attribute__((nonnull(1, 3)));

#endif
