/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of the command line, read into a struct by a table: one row for each. Forms:
 * --name and -name, -n (the letter), a value behind `=` or as the next word, letters of
 * flags together (-dt), `--` as the end of options.
 *
 * Runs in the program; no system calls.
 */
#ifndef SRC_OPT_H
#define SRC_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum opt_kind {
	OPT_FLAG,   /* bool; --x, --x=true, --x=false */
	OPT_TEXT,   /* const char *; the last one wins */
	OPT_TEXTS,  /* strings_t; all of them */
	OPT_NUMBER, /* struct opt_u64, at most row->max; parsed whole */
	OPT_WORD,   /* const char *: one of row->words */
	OPT_MAYBE,  /* as OPT_WORD, but alone it means the first word of the list, and the
		     * next word is taken only if it is in the list */
};

struct opt {
	const char *name;
	char letter; /* 0: none */
	enum opt_kind kind;
	size_t at;	   /* offset in the struct */
	const char *value; /* what --help calls the value */
	const char *help;  /* NULL: --help does not show it, nor is it suggested */
	const char *const *words; /* ends in NULL */
	uint64_t max;
};

/* OPT_ROW(TEXT, struct create_options, bundle, "bundle", 'b', "DIR", "...") */
#define OPT_ROW(kind_, type_, member_, name_, letter_, value_, help_, ...)               \
	{                                                                                \
		.name = (name_), .letter = (letter_), .kind = OPT_##kind_,               \
		.at = offsetof(type_, member_), .value = (value_), .help = (help_),      \
		##__VA_ARGS__                                                            \
	}

struct opt_table {
	const struct opt *rows;
	size_t n;
	const struct opt_table *outer; /* options before the verb, or NULL */
};
#define OPT_TABLE(rows_)                                                                 \
	{                                                                                \
		.rows = (rows_), .n = ARRAY_LEN(rows_)                                   \
	}

/* What a command line was, besides the options */
struct opt_result {
	strings_t words;
	size_t used; /* how many of argv were read: all, or up to word words_max */
	bool marked; /* `--` was there */
	bool help;   /* --help or -h: the rest was not read */
};

/*
 * Read argv (ends in NULL). `into` has the size of the table's struct and is zeroed or
 * holds defaults. Options are taken between words, too, until words_max words have been
 * taken: reading stops right behind that word. 0: it stops before the first word. After
 * `--` there are only words. Fails with EINVAL (plain) for an option that is not in the
 * table (the nearest one is named, or that it stands before the verb), a value
 * that is missing, not wanted or wrong.
 */
int opt_read(const struct opt_table *t, char *const *argv, size_t words_max, void *into,
	     struct arena *a, struct opt_result *out, struct err *e)
	__attribute__((nonnull));

/* The table as lines for --help, in the arena */
char *opt_help(const struct opt_table *t, struct arena *a) __attribute__((nonnull));

/* How many letters must be changed, added or left out to make b of a; at most 255. For
 * "did you mean". */
unsigned opt_distance(const char *a, const char *b) __attribute__((nonnull));

#endif
