/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts that stand alone in a document, as an array. The reader of JSON reads objects,
 * so the array becomes the only member of one. Runs in the program.
 */
#include <string.h>

#include "base/str.h"
#include "libcontainer/spec/spec.h"

static const struct json_member mounts_members[] = {
	JSON_ROW(OBJS, struct spec, mounts, "mounts", .required = true,
		 .shape = &spec_mount_shape),
};
static const struct json_shape mounts_shape = JSON_SHAPE(struct spec, mounts_members);

/* Only the destination counts: other members may be those of `mounts list` */
struct place {
	char *destination;
};
static const struct json_member place_members[] = {
	JSON_ROW(STR, struct place, destination, "destination", .required = true),
};
static const struct json_shape place_shape = JSON_SHAPE(struct place, place_members);

struct places {
	LIST(struct place) mounts;
};
static const struct json_member places_members[] = {
	JSON_ROW(OBJS, struct places, mounts, "mounts", .required = true,
		 .shape = &place_shape),
};
static const struct json_shape places_shape = JSON_SHAPE(struct places, places_members);

struct names {
	strings_t mounts;
};
static const struct json_member names_members[] = {
	JSON_ROW(STRS, struct names, mounts, "mounts", .required = true),
};
static const struct json_shape names_shape = JSON_SHAPE(struct names, names_members);

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n", *p))
		p++;
	return p;
}

/* Where the array that begins at p ends: behind its last bracket */
static const char *array_end(const char *p, const char *end)
{
	bool quoted = false;
	size_t depth = 0;

	for (; p < end; p++) {
		if (quoted && *p == '\\')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == '[' || *p == '{'))
			depth++;
		else if (!quoted && (*p == ']' || *p == '}') && --depth == 0)
			return p + 1;
	}
	return end;
}

static int read_array(const char *text, size_t len, const struct json_shape *shape,
		      void *out, struct arena *a, struct err *e)
{
	const char *end = text + len, *start = skip_blanks(text, end), *last;
	char *object;

	if (start == end || *start != '[')
		return err_plain(e, EINVAL, "a JSON array of mounts is wanted");
	last = array_end(start, end);
	if (skip_blanks(last, end) != end)
		return err_plain(e, EINVAL, "there is more behind the array of mounts");
	object = arena_fmt(a, "{\"mounts\":%.*s}", (int)(last - start), start);
	return json_read(object, strlen(object), shape, out, a, e);
}

int spec_mounts_read(const char *text, size_t len, struct arena *a, struct spec **out,
		     struct err *e)
{
	struct spec *s = arena_new(a, struct spec);

	if (read_array(text, len, &mounts_shape, s, a, e) < 0)
		return -1;
	*out = s;
	return 0;
}

int spec_destinations_read(const char *text, size_t len, struct arena *a,
			   strings_t *destinations, struct err *e)
{
	const char *end = text + len, *p = skip_blanks(text, end);
	struct names names = { .mounts = { NULL, 0 } };
	struct places places = { .mounts = { NULL, 0 } };

	if (p < end)
		p = skip_blanks(p + 1, end);
	if (p < end && *p == '"') {
		if (read_array(text, len, &names_shape, &names, a, e) < 0)
			return -1;
		*destinations = names.mounts;
		return 0;
	}
	if (read_array(text, len, &places_shape, &places, a, e) < 0)
		return -1;
	LIST_EACH (place, &places.mounts)
		strings_add(a, destinations, place->destination);
	return 0;
}
