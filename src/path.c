/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths made absolute; runs in the program */
#include "src/path.h"

#include "base/sys.h"
#include "libcontainer/plan/path.h"

char *path_from_cwd(struct arena *a, const char *path, struct err *e)
{
	char cwd[4096] = "/";

	if (path[0] != '/') {
		long n = sys_getcwd(cwd, sizeof(cwd));

		/* "(unreachable)/x": outside our root, where no path leads */
		if (n < 0 || cwd[0] != '/') {
			err_set(e, n < 0 ? (int)-n : ENOENT,
				"find the working directory");
			return NULL;
		}
	}
	return path_absolute(a, cwd, path);
}
