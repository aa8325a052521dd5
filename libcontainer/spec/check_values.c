/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules for single values, which the rules of sections are made of. Runs in the
 * program. */
#include <string.h>

#include "base/fmt.h"
#include "libcontainer/spec/check_rules.h"

static void unknown_word(const struct check *c, const char *path, const char *value,
			 const char *known)
{
	check_error(c->r, path, "unknown word \"%s\": one of %s",
		    check_shown(c->r, value), known);
}

void check_word(const struct check *c, const char *path, const char *value,
		const struct words *words)
{
	char known[ERR_TEXT];

	if (value && word_find(words, value) < 0)
		unknown_word(c, path, value, word_list(words, known, sizeof(known)));
}

bool check_named(const char *const *names, const char *value)
{
	while (*names && strcmp(*names, value) != 0)
		names++;
	return *names;
}

void check_name(const struct check *c, const char *path, const char *value,
		const char *const *names)
{
	char known[ERR_TEXT] = "";
	size_t at = 0;

	if (!value || check_named(names, value))
		return;
	for (size_t i = 0; names[i] && at < sizeof(known); i++)
		at += fmt_text(known + at, sizeof(known) - at, "%s%s", i ? ", " : "",
			       names[i]);
	unknown_word(c, path, value, known);
}

void check_words(const struct check *c, const char *path, const strings_t *values,
		 const struct words *words)
{
	for (size_t i = 0; i < values->n; i++)
		if (word_find(words, values->items[i]) < 0)
			check_word(c, check_at(c->r, "%s[%zu]", path, i),
				   values->items[i], words);
}

void check_names(const struct check *c, const char *path, const strings_t *values,
		 const char *const *names)
{
	for (size_t i = 0; i < values->n; i++)
		if (!check_named(names, values->items[i]))
			check_name(c, check_at(c->r, "%s[%zu]", path, i),
				   values->items[i], names);
}

void check_absolute(const struct check *c, const char *path, const char *value)
{
	if (value && value[0] != '/')
		check_error(c->r, path, "\"%s\" is not an absolute path",
			    check_shown(c->r, value));
}

void check_absolutes(const struct check *c, const char *path, const strings_t *values)
{
	for (size_t i = 0; i < values->n; i++)
		if (values->items[i][0] != '/')
			check_absolute(c, check_at(c->r, "%s[%zu]", path, i),
				       values->items[i]);
}

void check_id(const struct check *c, const char *path, uint64_t id)
{
	if (id > CHECK_ID_MAX)
		check_error(c->r, path, "%lu is not an id (0 to %u)", (unsigned long)id,
			    CHECK_ID_MAX);
}

/* UID_GID_MAP_MAX_EXTENTS of the kernel since 4.15 */
#define IDMAP_LINES_MAX 340

static bool ranges_meet(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

static void check_idmap_line(const struct check *c, const char *path,
			     const spec_idmaps_t *maps, size_t i)
{
	const struct spec_idmap *m = &maps->items[i];

	if (m->size == 0)
		check_error(c->r, check_at(c->r, "%s[%zu].size", path, i), "is 0");
	if (m->container_id + m->size > CHECK_ID_MAX + 1UL)
		check_error(c->r, check_at(c->r, "%s[%zu].containerID", path, i),
			    "the range ends above the last id, %u", CHECK_ID_MAX);
	if (m->host_id + m->size > CHECK_ID_MAX + 1UL)
		check_error(c->r, check_at(c->r, "%s[%zu].hostID", path, i),
			    "the range ends above the last id, %u", CHECK_ID_MAX);
	for (size_t k = 0; k < i; k++) {
		const struct spec_idmap *o = &maps->items[k];

		if (ranges_meet(m->container_id, m->size, o->container_id, o->size))
			check_error(c->r, check_at(c->r, "%s[%zu].containerID", path, i),
				    "the range overlaps with line %zu", k);
		if (ranges_meet(m->host_id, m->size, o->host_id, o->size))
			check_error(c->r, check_at(c->r, "%s[%zu].hostID", path, i),
				    "the range overlaps with line %zu", k);
	}
}

void check_idmaps(const struct check *c, const char *path, const spec_idmaps_t *maps)
{
	if (maps->n > IDMAP_LINES_MAX) {
		check_error(c->r, path, "has %zu lines, the kernel takes %d", maps->n,
			    IDMAP_LINES_MAX);
		return; /* nor is it worth comparing so many with each other */
	}
	for (size_t i = 0; i < maps->n; i++)
		check_idmap_line(c, path, maps, i);
}

bool check_digits(const char *text, const char *more)
{
	for (; *text; text++)
		if ((*text < '0' || *text > '9') && !strchr(more, *text))
			return false;
	return true;
}
