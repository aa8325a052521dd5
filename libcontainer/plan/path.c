/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths as text. Runs in the program; pure. */
#include "libcontainer/plan/path.h"

#include <string.h>

/* Add the components of `path` to the clean text of *len bytes in `to` ("" is "/"); with
 * `climb` ".." takes the last one away, else it is one like others */
static void add_components(char *to, size_t *len, const char *path, bool climb)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (climb && n == 2 && path[0] == '.' && path[1] == '.') {
			while (*len && to[--*len] != '/')
				;
		} else if (n && !(n == 1 && path[0] == '.')) {
			to[(*len)++] = '/';
			memcpy(to + *len, path, n);
			*len += n;
		}
		path += n + (path[n] == '/');
	}
}

static char *path_join(struct arena *a, const char *base, const char *path, bool climb)
{
	char *clean = arena_get(a, strlen(base) + strlen(path) + 3);
	size_t len = 0;

	if (path[0] != '/')
		add_components(clean, &len, base, climb);
	add_components(clean, &len, path, climb);
	if (len == 0)
		clean[len++] = '/';
	clean[len] = '\0';
	return clean;
}

char *path_clean(struct arena *a, const char *base, const char *path)
{
	return path_join(a, base, path, true);
}

char *path_absolute(struct arena *a, const char *base, const char *path)
{
	return path_join(a, base, path, false);
}

bool path_climbs(const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.')
			return true;
		path += n + (path[n] == '/');
	}
	return false;
}

bool path_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (strcmp(dir, "/") == 0)
		return path[1] != '\0';
	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

char *path_parent(struct arena *a, const char *path)
{
	const char *last = strrchr(path, '/');
	size_t n = last ? (size_t)(last - path) : 0;

	return n ? arena_strndup(a, path, n) : arena_strdup(a, "/");
}
