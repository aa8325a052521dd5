/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of a root that is in memory. Runs in init, before anything is mounted there. */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/root.h"

/* Nothing but our own tmpfs can be reached yet */
static int make_file(const struct inside *in, const struct plan_file *f, struct err *e)
{
	size_t n = strlen(f->text);
	const char *name;
	autofd parent = root_parent(in->root, f->path, RESOLVE_NO_SYMLINKS, &name, e);
	autofd file = -1;
	long r;

	if (parent < 0)
		return -1;
	file = (int)sys_openat(parent, name,
			       O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC,
			       0644);
	if (file < 0)
		return err_set(e, -file, "make %s", f->path);
	r = sys_write(file, f->text, n);
	if (r != (long)n)
		return err_set(e, r < 0 ? (int)-r : ENOSPC, "write %s", f->path);
	return 0;
}

int step_FILES(struct inside *in, struct err *e)
{
	LIST_EACH (file, &in->plan->files)
		if (make_file(in, file, e) < 0)
			return -1;
	return 0;
}
