/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading JSON into structs, driven by tables: one row for each member that a struct
 * takes from an object. The text is streamed, so there is no tree; all that is decoded
 * lies in the arena of the caller.
 *
 * The reader is strict, since what it reads decides about privileges. Refused are, each
 * with the path of the member (`linux.seccomp.syscalls[3].args[0].index: ...`): a name
 * that is given twice in one object (a checker that sees the first and a runtime that
 * takes the last disagree), a NUL in a string or a name, another type than the table's, a
 * number that is not a whole number in range (1e3 and 1.0 are not), a missing member that
 * is required; and, with line and column, whatever is not JSON in UTF-8, or goes on
 * behind its end. Members that no table names are skipped, but must be sound JSON. null
 * means absent, as Go writes it.
 *
 * Runs in the program (hosted), never in init. json_read.c and json_write.c are the only
 * files that know yajl.
 */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define JSON_DEPTH_MAX 24	    /* nested objects and arrays, the document included */
#define JSON_SIZE_MAX  (4UL << 20)  /* bytes of text */
#define JSON_ARENA_MAX (64UL << 20) /* bytes that one document may take in the arena */

/* What a member is in JSON, and the C type that it has in its struct */
enum json_kind {
	JSON_BOOL,     /* bool */
	JSON_OPT_BOOL, /* struct opt_bool */
	JSON_INT,      /* int64_t */
	JSON_OPT_INT,  /* struct opt_i64 */
	JSON_UINT,     /* uint64_t */
	JSON_OPT_UINT, /* struct opt_u64 */
	JSON_STR,      /* char *; NULL = absent */
	JSON_OBJ,      /* struct x *; NULL = absent; .shape */
	JSON_STRS,     /* strings_t */
	JSON_INTS,     /* ints_t */
	JSON_UINTS,    /* uints_t */
	JSON_OBJS,     /* LIST(struct x); .shape */
	JSON_MAP,      /* pairs_t: an object of free names whose values are strings */
	JSON_MAP_OBJS, /* LIST(struct x), whose first member is `char *key`: an object of
			* free names whose values are objects; .shape */
};
/* Lists and maps that are present have items != NULL, also when they are empty ([] or
 * {}); absent ones have items == NULL. null as an item of a list or map is an error. */

typedef LIST(int64_t) ints_t;
typedef LIST(uint64_t) uints_t;
typedef LIST(struct pair) pairs_t;

struct json_shape;

/* One member. min and max bound numbers, also those of INTS and UINTS; both 0: the
 * whole range of the type. max 0 with a min other than 0: up to the type's end for UINTs,
 * up to 0 for INTs. */
struct json_member {
	const char *key;
	enum json_kind kind;
	bool required; /* reader: must be present; writer: false is written too */
	size_t at;     /* offset in the struct */
	const struct json_shape *shape;
	int64_t min;
	uint64_t max;
};

/* A struct: its members, at most 64, and its size */
struct json_shape {
	const struct json_member *members;
	size_t n;
	size_t size;
};

/* JSON_ROW(STR, struct spec_mount, source, "source", .required = true) */
#define JSON_ROW(kind_, type_, member_, key_, ...)                                       \
	{                                                                                \
		.key = (key_), .kind = JSON_##kind_, .at = offsetof(type_, member_),     \
		##__VA_ARGS__                                                            \
	}
/* The table's length must fit the reader's 64-bit masks: a longer one doesn't compile */
#define JSON_SHAPE(type_, members_)                                                      \
	{                                                                                \
		.members = (members_),                                                   \
		.n = ARRAY_LEN(members_) *                                               \
		     sizeof(char[ARRAY_LEN(members_) <= 64 ? 1 : -1]),                   \
		.size = sizeof(type_),                                                   \
	}

/*
 * Read the object that `text` (len bytes, need not end in NUL) holds into *out, which is
 * `shape->size` zeroed bytes, in the arena or not. Strings, lists and inner structs lie
 * in the arena. Fails with EINVAL for the mistakes above and E2BIG beyond the three
 * limits; *out is then partly filled and of no use.
 */
int json_read(const char *text, size_t len, const struct json_shape *shape, void *out,
	      struct arena *arena, struct err *e) __attribute__((nonnull));

#endif
