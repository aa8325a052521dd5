/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a document for the JSON reader. What it accepts is written, read again and
 * written again: the two texts must be equal, and the reader must accept its own writer.
 * What it refuses must have a message.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "libcontainer/spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void claim(bool ok)
{
	if (!ok)
		abort();
}

/* The object as text, in the arena */
static char *write_text(const struct json_shape *shape, const void *object,
			const char *indent, struct arena *a, size_t *len)
{
	autojson j = JSON_WRITER_NONE;
	struct err e = ERR_NONE;
	const char *text;

	json_start(&j, indent);
	json_write(&j, shape, object);
	text = json_text(&j, len, &e);
	claim(text && !e.num);
	return arena_strndup(a, text, *len);
}

static void read_text(const struct json_shape *shape, const char *text, size_t len,
		      struct arena *a)
{
	void *first = arena_get(a, shape->size), *second = arena_get(a, shape->size);
	size_t n1 = 0, n2 = 0, start = a->used;
	struct err e = ERR_NONE;
	char *t1, *t2;

	if (json_read(text, len, shape, first, a, &e) < 0) {
		claim(e.num && e.text[0] && strchr(e.text, ':'));
		claim(a->used - start <= JSON_ARENA_MAX + (1 << 20));
		return;
	}
	claim(e.num == 0);
	t1 = write_text(shape, first, "  ", a, &n1);
	if (n1 > JSON_SIZE_MAX)
		return; /* numbers that were absent are written: it may have grown */
	claim(json_read(t1, n1, shape, second, a, &e) == 0);
	t2 = write_text(shape, second, "  ", a, &n2);
	claim(n1 == n2 && memcmp(t1, t2, n1) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;

	claim(arena_open(&a, false, &e) == 0);
	read_text(&spec_shape, (const char *)data, size, &a);
	arena_done(&a);
	claim(arena_open(&a, false, &e) == 0);
	read_text(&spec_process_shape, (const char *)data, size, &a);
	arena_done(&a);
	return 0;
}
