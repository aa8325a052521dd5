/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The systemd unit that a container's cgroup is, if it is one: linux.cgroupsPath as
 * "slice:prefix:name", which is how engines write it for that driver, and properties from
 * annotations. Runs in the program; pure.
 */
#include <string.h>

#include "libcontainer/plan/draft.h"

#define UNIT_LETTERS                                                                     \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@"
#define UNIT_MAX 255 /* bytes of a name: systemd, unit-name.c */

static bool is_unit_name(const char *name, const char *tail)
{
	size_t n = strlen(name);

	return n > strlen(tail) && n <= UNIT_MAX && strspn(name, UNIT_LETTERS) == n &&
	       str_ends(name, tail);
}

static int bad_path(const char *path, const char *why, struct err *e)
{
	return err_plain(e, EINVAL, "linux.cgroupsPath: \"%s\": %s", path, why);
}

/* systemd takes ids with other letters as text only; we have to escape those that a name
 * cannot have ("+"), as systemd-escape(1) does */
static char *escaped(struct arena *a, const char *text)
{
	char *out = arena_get(a, strlen(text) * 4 + 1), *at = out;

	for (; *text; text++) {
		if (strchr(UNIT_LETTERS, *text) && *text != '\\' && *text != '@')
			*at++ = *text;
		else
			at += fmt_text(at, 5, "\\x%02x", (unsigned char)*text);
	}
	*at = '\0';
	return out;
}

/* Three parts, as "machine.slice:libpod:0123"; the first may be empty */
static int read_path(struct draft *d, const char *path, struct unit *u, struct err *e)
{
	strings_t parts = str_split(d->a, path, ':');
	const char *name;

	if (parts.n != 3)
		return err_plain(
			e, EINVAL,
			"linux.cgroupsPath: expected cgroupsPath to be of format "
			"\"slice:prefix:name\" for systemd cgroups, got \"%s\" "
			"instead",
			path);
	name = parts.items[2];
	if (!str_empty(parts.items[0]))
		u->slice = parts.items[0];
	if (str_ends(name, ".slice")) {
		u->name = name;
		u->slice = NULL;
	} else {
		u->name = arena_fmt(d->a, "%s-%s.scope", parts.items[1], name);
	}
	if (u->slice && !is_unit_name(u->slice, ".slice"))
		return bad_path(path, "the first part is not the name of a slice", e);
	if (!is_unit_name(u->name, u->slice ? ".scope" : ".slice"))
		return bad_path(path, "it does not make the name of a unit", e);
	return 0;
}

static int read_annotations(struct draft *d, struct err *e)
{
	LIST_EACH (pair, &d->spec->annotations) {
		struct unit_property property;
		int is = unit_property_parse(pair->key, pair->value, d->a, &property, e);

		if (is < 0)
			return -1;
		if (is)
			*list_add(d->a, &d->p->cgroup.properties) = property;
	}
	return 0;
}

struct unit request_unit(const struct request *r, const char *name, bool user,
			 struct arena *a)
{
	struct unit u = {
		.name = name, .user = user, .runtime_dir = r->runtime_dir, .bus = r->bus
	};

	if (r->helpers)
		u.helper = arena_fmt(a, "%s/aril-systemd", r->helpers);
	return u;
}

struct unit *draft_unit_named(struct draft *d, const char *name, bool user)
{
	struct unit *u = arena_new(d->a, struct unit);

	*u = request_unit(d->r, draft_keep(d, name), user, d->a);
	return u;
}

static int name_after_id(struct draft *d, struct unit *u, struct err *e)
{
	u->name = arena_fmt(d->a, "aril-%s.scope", escaped(d->a, d->r->id));
	if (is_unit_name(u->name, ".scope"))
		return 0;
	return err_plain(e, EINVAL,
			 "the container's id is too long for the name of a systemd unit");
}

int draft_unit(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	const char *path = l ? l->cgroups_path : NULL;
	struct unit *u = draft_unit_named(d, NULL, !draft_owns_host(d));
	int ret;

	u->slice = draft_keep(d, u->user ? "user.slice" : "system.slice");
	/* a path of another form was not meant for systemd, when it is only our choice */
	if (str_empty(path) || (d->p->cgroup.unit_may_fail && !strchr(path, ':')))
		ret = name_after_id(d, u, e);
	else
		ret = read_path(d, path, u, e);
	if (ret < 0)
		return -1;
	d->p->cgroup.unit = u;
	return read_annotations(d, e);
}
