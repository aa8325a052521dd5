/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directories of overlays. Runs in the program; pure.
 *
 * Theory. fsconfig(2) takes strings of at most 255 bytes, which is less than the lower
 * directories of an image have together. Since Linux 6.7 an overlay takes them one by one
 * as well ("lowerdir+"), without colons and backslashes that mean something.
 */
#include "libcontainer/plan/mount_overlay.h"

#include <string.h>

/* The directories of an overlay, between colons; a backslash takes a colon's meaning.
 * "a::b" has a part that is empty (the layers behind it are for data only). */
static bool dirs_are_absolute(const char *dirs)
{
	bool first = true;

	for (const char *c = dirs; *c; c++) {
		if (first && *c != '/' && (*c != ':' || c == dirs))
			return false;
		first = *c == ':';
		if (*c == '\\' && c[1])
			c++;
	}
	return *dirs == '/';
}

/* init's working directory is the image when it makes the mount: there a relative path
 * would be the image's to choose */
static int check_dirs(const struct plan_mount *m, struct err *e)
{
	static const char *const options[] = {
		"lowerdir=", "lowerdir+=", "datadir+=", "upperdir=", "workdir=",
	};

	LIST_EACH (option, &m->data)
		for (size_t i = 0; i < ARRAY_LEN(options); i++)
			if (str_starts(*option, options[i]) &&
			    !dirs_are_absolute(*option + strlen(options[i])))
				return err_plain(e, EINVAL,
						 "%s: option \"%s\": a directory of an "
						 "overlay must be an absolute path",
						 m->where, *option);
	return 0;
}

static char *unescape(struct draft *d, const char *text, size_t n)
{
	char *copy = arena_strndup(d->a, text, n), *to = copy;

	for (const char *from = copy; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return copy;
}

/* One option for each; those behind "::" are for data only */
static void split_lower(struct draft *d, const char *dirs, strings_t *options)
{
	bool data = false;

	for (const char *start = dirs, *c = dirs;; c++) {
		if (*c == '\\' && c[1]) {
			c++;
			continue;
		}
		if (*c && *c != ':')
			continue;
		if (c > start)
			strings_add(d->a, options,
				    arena_fmt(d->a, "%s+=%s",
					      data ? "datadir" : "lowerdir",
					      unescape(d, start, (size_t)(c - start))));
		data = c == start;
		start = c + 1;
		if (!*c)
			return;
	}
}

int mount_overlay(struct draft *d, struct plan_mount *m, struct err *e)
{
	static const char lower[] = "lowerdir=";
	strings_t options = { NULL, 0 };

	if (!str_eq(m->type, "overlay"))
		return 0;
	if (check_dirs(m, e) < 0)
		return -1;
	LIST_EACH (option, &m->data) {
		const char *dirs = *option + strlen(lower);

		if (str_starts(*option, lower) && strlen(dirs) > MOUNT_VALUE_MAX)
			split_lower(d, dirs, &options);
		else
			strings_add(d->a, &options, *option);
	}
	m->data = options;
	return 0;
}
