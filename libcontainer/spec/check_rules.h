/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of rules (check_*.c) share. A rule has the place in the document that it
 * is about and a function that notes each mistake it finds there. Not for other folders.
 */
#ifndef SPEC_CHECK_RULES_H
#define SPEC_CHECK_RULES_H

#include "libcontainer/spec/check.h"
#include "libcontainer/spec/words.h"

struct check {
	const struct spec *spec;	    /* an empty one for the process of an exec */
	const struct spec_process *process; /* NULL: absent */
	const struct spec_linux *linux;	    /* an empty one when absent */
	struct check_report *r;
	long spaces; /* CLONE_NEW* of the namespaces that the document lists */
};

/* Does the document list a namespace of that type? Asked for each sysctl and mount, so it
 * must not search the list. */
bool check_namespace(const struct check *c, const char *type);

struct check_rule {
	const char *path;
	void (*run)(const struct check *c, const char *path);
};

struct check_rules {
	const struct check_rule *items;
	size_t n;
};
#define CHECK_RULES(rows)                                                                \
	{                                                                                \
		(rows), ARRAY_LEN(rows)                                                  \
	}

extern const struct check_rules check_top_rules, check_mount_rules;
extern const struct check_rules
	check_process_rules; /* only run when there is a process */
extern const struct check_rules check_linux_rules, check_sysctl_rules;
extern const struct check_rules check_resource_rules, check_seccomp_rules;

/* Note a mistake or a warning. `path` must live as long as the report: a literal or
 * check_at(). The formats are fmt.h's. */
void check_error(struct check_report *r, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void check_warning(struct check_report *r, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A path made up on the spot. Takes no memory once the report is full. */
const char *check_at(struct check_report *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A text of the document, fit to be shown: its first 64 bytes without control
 * characters */
const char *check_shown(struct check_report *r, const char *text);

/* The value must be a word of a table, or of a list that ends in NULL. Absent is fine. */
void check_word(const struct check *c, const char *path, const char *value,
		const struct words *words);
void check_name(const struct check *c, const char *path, const char *value,
		const char *const *names);
/* The same for each item of a list */
void check_words(const struct check *c, const char *path, const strings_t *values,
		 const struct words *words);
void check_names(const struct check *c, const char *path, const strings_t *values,
		 const char *const *names);

/* The value must begin with a slash. Absent is fine, empty is not. */
void check_absolute(const struct check *c, const char *path, const char *value);
void check_absolutes(const struct check *c, const char *path, const strings_t *values);

/* Ids that exist: 0 to 2^32 - 2. The kernel takes (uid_t)-1 for "unchanged". */
#define CHECK_ID_MAX 4294967294U
void check_id(const struct check *c, const char *path, uint64_t id);

/* The lines of a mapping: at most 340, none empty, no overlap on either side
 * (user_namespaces(7)) */
void check_idmaps(const struct check *c, const char *path, const spec_idmaps_t *maps);

/* Is the text made of digits and the bytes of `more` only? */
bool check_digits(const char *text, const char *more);

/* Is a value among names that end in NULL? */
bool check_named(const char *const *names, const char *value);

#endif
