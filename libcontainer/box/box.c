/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directory of a box: made, opened, listed, removed. Runs in the program. All below
 * ROOT goes through directory fds and follows no link; ROOT itself may be reached
 * through links (/var/run), as the administrator names it.
 */
#include "libcontainer/box/box.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "libcontainer/box/parts.h"

#define ID_MAX	  255
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static bool id_valid(const char *id)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+.-";
	size_t n = strspn(id, chars);

	return n > 0 && n <= ID_MAX && id[n] == '\0' && id[0] != '.';
}

int box_check_id(const char *id, struct err *e)
{
	if (!id || !id_valid(id))
		return err_plain(e, EINVAL, "invalid container ID format: %s",
				 str_empty(id) ? "\"\"" : id);
	return 0;
}

const char *box_id(const struct box *b)
{
	return strrchr(b->path, '/') + 1;
}

/* Set the fields that need no call: nothing is open yet */
static int box_name(struct box *b, const char *root, const char *id, struct arena *a,
		    struct err *e)
{
	size_t n = strlen(root);

	*b = (struct box)BOX_NONE;
	b->arena = a;
	while (n > 1 && root[n - 1] == '/')
		n--;
	if (n == 0 || (n == 1 && root[0] == '/') || n > 3800)
		return err_plain(e, EINVAL, "invalid root directory: \"%s\"", root);
	b->path = arena_fmt(a, "%.*s/%s", (int)n, root, id);
	return box_check_id(id, e);
}

/* Open ROOT, for those who remove below it: "/" by another name is refused, too */
static int root_open(const struct box *b, struct err *e)
{
	const char *root =
		arena_strndup(b->arena, b->path, (size_t)(box_id(b) - b->path) - 1);
	autofd fd = open(root, DIR_FLAGS);
	struct stat st, top;

	if (fd < 0 && errno == ENOENT)
		return err_plain(e, ENOENT, "container does not exist");
	if (fd < 0)
		return err_sys(e, "open %s", root);
	if (fstat(fd, &st) < 0 || stat("/", &top) < 0)
		return err_sys(e, "examine %s", root);
	if (st.st_ino == top.st_ino && st.st_dev == top.st_dev)
		return err_plain(e, EINVAL, "invalid root directory: \"%s\"", root);
	return fd_take(&fd);
}

static int root_make(const struct box *b, struct err *e)
{
	char *root = arena_strndup(b->arena, b->path, (size_t)(box_id(b) - b->path) - 1);
	char *slash = strrchr(root, '/');

	if (mkdir(root, 0700) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT || !slash || slash == root)
		return err_sys(e, "make directory %s", root);
	*slash = '\0';
	if (dir_make_all(AT_FDCWD, root, 0755, e) < 0)
		return -1;
	*slash = '/';
	if (mkdir(root, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "make directory %s", root);
	return 0;
}

/* In the new directory; b->made is set, so that box_done() cleans up */
static int box_furnish(struct box *b, struct err *e)
{
	b->dir = openat(b->root, box_id(b), DIR_FLAGS | O_NOFOLLOW);
	if (b->dir < 0)
		return err_sys(e, "open %s", b->path);
	if (fchmod(b->dir, 0711) < 0) /* whatever the umask */
		return err_sys(e, "set the mode of %s", b->path);
	return box_lock(b, e);
}

int box_make(struct box *b, const char *root, const char *id, struct arena *a,
	     struct err *e)
{
	if (box_name(b, root, id, a, e) < 0 || root_make(b, e) < 0)
		return -1;
	b->root = root_open(b, e);
	if (b->root < 0)
		return -1;
	if (mkdirat(b->root, id, 0711) < 0) {
		if (errno == EEXIST)
			err_plain(e, EEXIST, "container with given ID already exists: %s",
				  id);
		else
			err_sys(e, "make directory %s", b->path);
		box_done(b);
		return -1;
	}
	b->made = true;
	if (box_furnish(b, e) < 0) {
		box_done(b);
		return -1;
	}
	b->state.id = arena_strdup(a, id);
	b->state.created = box_now(a);
	return 0;
}

static int box_enter(struct box *b, bool lock, bool broken_ok, struct err *e)
{
	if (lock || broken_ok) {
		b->root = root_open(b, e);
		if (b->root < 0)
			return -1;
		b->dir = openat(b->root, box_id(b), DIR_FLAGS | O_NOFOLLOW);
	} else {
		b->dir = open(b->path, DIR_FLAGS | O_NOFOLLOW);
	}
	if (b->dir < 0 && errno == ENOENT)
		return err_plain(e, ENOENT, "container does not exist");
	if (b->dir < 0)
		return err_sys(e, "open %s", b->path);
	if (lock && box_lock(b, e) < 0)
		return -1;
	if (box_load(b, e) < 0) {
		if (!broken_ok)
			return -1;
		b->state = (struct box_state){ .pid = 0 };
		*e = (struct err)ERR_NONE;
	}
	box_find(b);
	return 0;
}

int box_open(struct box *b, const char *root, const char *id, bool lock, bool broken_ok,
	     struct arena *a, struct err *e)
{
	if (box_name(b, root, id, a, e) < 0)
		return -1;
	if (box_enter(b, lock, broken_ok, e) < 0) {
		box_done(b);
		return -1;
	}
	return 0;
}

int box_peek(struct box *b, const char *root, const char *id, struct arena *a,
	     struct err *e)
{
	if (box_name(b, root, id, a, e) < 0 || box_load(b, e) < 0)
		return -1;
	box_find(b);
	return 0;
}

void box_done(struct box *b)
{
	struct err ignored = ERR_NONE;

	if (b->made && !b->keep)
		box_remove(b, &ignored);
	b->made = false;
	fd_close(&b->pidfd);
	fd_close(&b->dir);
	fd_close(&b->root);
	fd_close(&b->lock);
}

int box_remove(struct box *b, struct err *e)
{
	/* the lock last: until then nobody else is in */
	static const char *const files[] = { "start.sock", "config.json", "state.json",
					     "lock" };

	if (b->root < 0) {
		b->root = root_open(b, e);
		if (b->root < 0)
			return -1;
	}
	if (b->dir >= 0)
		for (size_t i = 0; i < ARRAY_LEN(files); i++)
			unlinkat(b->dir, files[i], 0);
	if (unlinkat(b->root, box_id(b), AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (dir_remove_all(b->root, box_id(b), e) < 0)
		return err_wrap(e, "remove container %s", box_id(b));
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int box_list(const char *root, struct arena *a, strings_t *ids, struct err *e)
{
	DIR *d = opendir(root);
	struct dirent *entry;

	*ids = (strings_t){ NULL, 0 };
	if (!d && errno == ENOENT)
		return 0;
	if (!d)
		return err_sys(e, "open %s", root);
	errno = 0;
	while ((entry = readdir(d)) != NULL)
		if (id_valid(entry->d_name) &&
		    (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN))
			strings_add(a, ids, arena_strdup(a, entry->d_name));
	if (errno) {
		err_sys(e, "read %s", root);
		closedir(d);
		return -1;
	}
	closedir(d);
	if (ids->n)
		qsort(ids->items, ids->n, sizeof(*ids->items), compare);
	return 0;
}
