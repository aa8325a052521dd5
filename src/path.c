/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths made absolute; runs in the program */
#include "src/path.h"

#include <string.h>

#include "base/sys.h"

char *path_absolute(struct arena *a, const char *path, struct err *e)
{
	char cwd[4096] = "";
	char *clean, *out;

	if (path[0] != '/') {
		long n = sys_getcwd(cwd, sizeof(cwd));

		/* "(unreachable)/x": outside our root, where no path leads */
		if (n < 0 || cwd[0] != '/') {
			err_set(e, n < 0 ? (int)-n : ENOENT,
				"find the working directory");
			return NULL;
		}
	}
	path = arena_fmt(a, "%s/%s", cwd, path);
	clean = out = arena_strdup(a, path);
	while (*path) {
		size_t n = strcspn(path + 1, "/");

		if (n > 0 && !(n == 1 && path[1] == '.')) {
			memcpy(out, path, n + 1);
			out += n + 1;
		}
		path += n + 1;
	}
	if (out == clean)
		*out++ = '/';
	*out = '\0';
	return clean;
}
