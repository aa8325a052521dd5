/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints what aril reads, from the tables that read it, one name a line: each property of
 * config.json ("property mounts[].source"), each word that a mount's options may have
 * ("option rbind"), and each annotation that is not somebody else's. tests/support.sh
 * compares it with docs/support.md.
 */
#include <stdio.h>

#include "libcontainer/plan/build.h"
#include "libcontainer/spec/annotations.h"
#include "libcontainer/spec/spec.h"

#define DEPTH_MAX 16

struct trail {
	const char *parts[DEPTH_MAX]; /* "linux", ".", "devices", "[]" ... */
	size_t n;
};

static void show(const struct trail *t)
{
	fputs("property ", stdout);
	for (size_t i = 0; i < t->n; i++)
		fputs(t->parts[i], stdout);
	putchar('\n');
}

static void push(struct trail *t, const char *part)
{
	if (t->n < DEPTH_MAX)
		t->parts[t->n++] = part;
}

/* What stands behind the name of a member that holds objects; NULL: it holds none */
static const char *holds_objects(enum json_kind kind)
{
	switch (kind) {
	case JSON_OBJ:
		return ".";
	case JSON_OBJS:
		return "[].";
	case JSON_MAP_OBJS:
		return ".*.";
	default:
		return NULL;
	}
}

/* NOLINTNEXTLINE(misc-no-recursion): the document's depth */
static void walk(const struct json_shape *shape, struct trail *t)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct json_member *m = &shape->members[i];
		const char *inner = holds_objects(m->kind);
		size_t back = t->n;

		push(t, m->key);
		show(t);
		if (inner) {
			push(t, inner);
			walk(m->shape, t);
		}
		t->n = back;
	}
}

int main(void)
{
	struct trail t = { .n = 0 };

	walk(&spec_shape, &t);
	for (const char *const *word = mount_option_names; *word; word++)
		printf("option %s\n", *word);
	for (size_t i = 0; i < ANNOTATION_COUNT; i++)
		printf("annotation %s\n", annotation_rows[i].name);
	return fflush(stdout) == 0 ? 0 : 1;
}
