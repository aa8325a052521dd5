/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the drivers share. README.md says how one is made. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

/* Longer texts are cut: nothing new is in them */
#define FUZZ_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must be so; else the input is a find, and the process ends */
#define claim(ok) ((ok) ? (void)0 : claim_wrong(__FILE__, __LINE__, #ok))

static inline void claim_wrong(const char *file, int line, const char *text)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, text);
	abort();
}

/* A refusal has a number and a sentence, and the sentence ends */
static inline void claim_refusal(const struct err *e)
{
	claim(e->num > 0 && e->text[0] && memchr(e->text, '\0', sizeof(e->text)));
}

static inline void fuzz_arena(struct arena *a, bool shared)
{
	struct err e = ERR_NONE;

	claim(arena_open(a, shared, &e) == 0);
}

/* The input as a text, in the arena */
static inline char *fuzz_text(struct arena *a, const uint8_t *data, size_t size)
{
	return arena_strndup(a, (const char *)data, size < FUZZ_MAX ? size : FUZZ_MAX);
}

/* The next line of *at, cut off; NULL at the end */
static inline char *fuzz_line(char **at)
{
	char *line = *at;
	size_t n = strcspn(line, "\n");

	if (!*line)
		return NULL;
	*at = line + n + (line[n] == '\n');
	line[n] = '\0';
	return line;
}

/* The next part of *at, which ends at a line "---"; NULL at the end */
static inline char *fuzz_part(char **at)
{
	char *part = *at, *end = strstr(part, "---\n");

	if (!*part)
		return NULL;
	while (end && end != part && end[-1] != '\n')
		end = strstr(end + 1, "---\n");
	*at = end ? end + 4 : part + strlen(part);
	if (end)
		*end = '\0';
	return part;
}

#endif
