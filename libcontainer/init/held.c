/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See held.h. Runs in init, before pivot_root. */
#include "libcontainer/init/held.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>

#include "base/sys.h"
#include "libcontainer/init/root.h"

#define TRIES 128 /* of an openat2 that says EAGAIN */

/* Both are clean. What is left of `path` below `dir`: "" when they are the same, NULL
 * when it is not below. */
static const char *below(const char *path, const char *dir)
{
	for (; *dir; path++, dir++)
		if (*path != *dir)
			return NULL;
	if (!*path)
		return path;
	return *path == '/' ? path + 1 : NULL;
}

static bool any_below(const strings_t *paths, const char *dir)
{
	LIST_EACH (path, paths)
		if (below(*path, dir))
			return true;
	return false;
}

bool held_wanted(const struct plan *p, const struct plan_mount *m)
{
	if (p->enter)
		return false;
	if (m->late_readonly || any_below(&p->masked, m->target) ||
	    any_below(&p->readonly, m->target))
		return true;
	LIST_EACH (d, &p->devices)
		if (below(d->path, m->target))
			return true;
	LIST_EACH (l, &p->links)
		if (below(l->path, m->target))
			return true;
	return plan_wants(p, STEP_CONSOLE) && below("/dev/console", m->target);
}

int held_keep(struct inside *in, const struct plan_mount *m, int fd, struct err *e)
{
	if (in->n_held == HELD_MAX)
		return err_set(e, E2BIG,
			       "more than %d mounts have masked or read-only paths or "
			       "devices in them",
			       HELD_MAX);
	in->held[in->n_held].mount = m;
	in->held[in->n_held].fd = fd;
	in->n_held++;
	return 0;
}

int held_fd(const struct inside *in, const struct plan_mount *m)
{
	for (size_t i = 0; i < in->n_held; i++)
		if (in->held[i].mount == m)
			return in->held[i].fd;
	return -1;
}

int held_dir(const struct inside *in, const char *path, const char **rest)
{
	/* a later mount covers an earlier one */
	for (size_t i = in->n_held; i-- > 0;) {
		*rest = below(path, in->held[i].mount->target);
		if (*rest && **rest)
			return in->held[i].fd;
	}
	*rest = path;
	return in->root;
}

/* The last mount on this very path, -1: none */
static int mounted_at(const struct inside *in, const char *path)
{
	for (size_t i = in->n_held; i-- > 0;) {
		const char *rest = below(path, in->held[i].mount->target);

		if (rest)
			return *rest ? -1 : in->held[i].fd;
	}
	return -1;
}

long held_open(const struct inside *in, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	const char *rest = ".";
	int dir = mounted_at(in, path);
	long fd = -EAGAIN;

	if (dir < 0)
		dir = held_dir(in, path, &rest);
	if (dir == in->root)
		return root_try(in->root, path, O_PATH, 0);
	for (int i = 0; fd == -EAGAIN && i < TRIES; i++)
		fd = sys_openat2(dir, rest, &how);
	/* a mount of a file has no "." */
	if (fd == -EXDEV || (fd == -ENOTDIR && !strcmp(rest, ".")))
		return root_try(in->root, path, O_PATH, 0);
	return fd;
}
