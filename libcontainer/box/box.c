/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directory of a box: made, opened, listed, removed. Runs in the program. All below
 * ROOT goes through directory fds and follows no link; ROOT itself may be reached
 * through links (/var/run), as the administrator names it.
 *
 * Theory. What has the name of an id is a whole box with a lock. A new one is made and
 * locked under a hidden name, then renamed; an old one is renamed, under its lock, to a
 * hidden name, then emptied. So nobody who removes one box can meet another one that got
 * its id meanwhile. Hidden ones that nobody holds were left by commands that died. They
 * are all in one directory, so that nobody reads the names of all boxes to find them.
 */
#include "libcontainer/box/box.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h> /* renameat(2) */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "libcontainer/box/parts.h"

#define ID_MAX	  255
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define HIDDEN	  ".tmp"
#define TRIES	  5 /* when others come in between */

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
	b->name = box_id(b);
	return box_check_id(id, e);
}

/* Whoever may write there chooses hooks, process ids and cgroups for our commands */
int box_owner_check(int fd, const char *path, struct err *e)
{
	uid_t us = geteuid();
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "examine %s", path);
	if (st.st_uid != us || (st.st_mode & 022))
		return err_set(e, EPERM,
			       "%s must belong to user %u, and nobody else may write to "
			       "it",
			       path, us);
	return 0;
}

int box_open_own(const struct box *b, const char *name, struct err *e)
{
	/* neither a fifo nor a device makes us wait */
	autofd fd = openat(b->dir, name,
			   O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "open %s", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, "open %s: not a regular file", name);
	if (box_owner_check(fd, arena_fmt(b->arena, "%s/%s", b->path, name), e) < 0)
		return -1;
	return fd_take(&fd);
}

/* Open ROOT, for those who change what is below it: "/" by another name is refused,
 * too */
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
	if (box_owner_check(fd, root, e) < 0)
		return -1;
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

/* Below HIDDEN, which no id is: it has a dot in front. No two processes have the same pid
 * at the same time but in different PID namespaces. */
static const char *hidden_name(struct arena *a)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return arena_fmt(a, HIDDEN "/%d.%lld.%09ld", getpid(), (long long)t.tv_sec,
			 t.tv_nsec);
}

/* Kept, as it costs more to make than to have */
static int hidden_make(const struct box *b)
{
	return mkdirat(b->root, HIDDEN, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

/* Make and lock the directory under a hidden name; b->made is set, so that box_done()
 * cleans up. ENOENT when somebody's sweep was faster than the lock. */
static int box_furnish(struct box *b, struct err *e)
{
	b->name = hidden_name(b->arena);
	if (mkdirat(b->root, b->name, 0711) < 0 &&
	    (hidden_make(b) < 0 || mkdirat(b->root, b->name, 0711) < 0))
		return err_sys(e, "make directory %s", b->path);
	b->dir = openat(b->root, b->name, DIR_FLAGS | O_NOFOLLOW);
	if (b->dir < 0) {
		err_sys(e, "open %s", b->path);
		unlinkat(b->root, b->name, AT_REMOVEDIR);
		return -1;
	}
	b->made = true;
	if (fchmod(b->dir, 0711) < 0) /* whatever the umask */
		return err_sys(e, "set the mode of %s", b->path);
	return box_lock(b, true, e);
}

/* Empty a locked directory through its fd, and take it away. Who opened it before it was
 * hidden may make a new lock in it, sees then that it is gone, and leaves. */
static int box_empty(struct box *b, struct err *e)
{
	static const char *const files[] = { "start.sock",  "config.json", "state.json",
					     "resolv.conf", "netns",	   "slirp.sock",
					     "lock" };

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		unlinkat(b->dir, files[i], 0);
	if (unlinkat(b->root, b->name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	for (int i = 0; i < TRIES; i++) {
		*e = (struct err)ERR_NONE;
		if (dir_remove_all(b->root, b->name, e) == 0)
			return 0;
	}
	return -1;
}

static int box_take_away(struct box *b, struct err *e)
{
	const char *hidden = hidden_name(b->arena);
	int in_place = box_in_place(b, e);

	if (in_place <= 0) /* 0: removed before; what has its name now is not it */
		return in_place;
	if (hidden_make(b) < 0)
		return err_sys(e, "make directory " HIDDEN);
	if (renameat(b->root, b->name, b->root, hidden) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "rename directory %s", b->path);
	b->name = hidden;
	return box_empty(b, e);
}

/* Remove what a command that died while it made or removed a box has left */
static void sweep_one(int root, const char *entry, struct arena *a)
{
	struct err ignored = ERR_NONE;
	autobox b = BOX_NONE;

	b.arena = a;
	b.name = arena_fmt(a, HIDDEN "/%s", entry);
	b.path = arena_fmt(a, "/%s", entry);
	b.root = fcntl(root, F_DUPFD_CLOEXEC, 3);
	b.dir = openat(root, b.name, DIR_FLAGS | O_NOFOLLOW);
	if (b.root >= 0 && b.dir >= 0 && box_lock(&b, false, &ignored) == 0)
		box_take_away(&b, &ignored);
}

static void sweep(const struct box *b)
{
	int fd = openat(b->root, HIDDEN, DIR_FLAGS | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!d) {
		fd_close(&fd);
		return;
	}
	while ((entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			sweep_one(b->root, entry->d_name, b->arena);
	closedir(d);
}

/* A box is never empty: it has its lock, so that rename(2) does not replace it */
static int box_publish(struct box *b, struct err *e)
{
	if (renameat(b->root, b->name, b->root, box_id(b)) < 0) {
		if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR)
			return err_plain(e, EEXIST,
					 "container with given ID already exists: %s",
					 box_id(b));
		return err_sys(e, "make directory %s", b->path);
	}
	b->name = box_id(b);
	return 0;
}

static int box_build(struct box *b, struct err *e)
{
	int ret = box_furnish(b, e);

	for (int i = 1; i < TRIES && ret < 0 && e->num == ENOENT; i++) {
		*e = (struct err)ERR_NONE;
		fd_close(&b->dir);
		b->made = false;
		ret = box_furnish(b, e);
	}
	return ret < 0 ? -1 : box_publish(b, e);
}

int box_make(struct box *b, const char *root, const char *id, struct arena *a,
	     struct err *e)
{
	if (box_name(b, root, id, a, e) < 0 || root_make(b, e) < 0)
		return -1;
	b->root = root_open(b, e);
	if (b->root < 0)
		return -1;
	sweep(b);
	if (box_build(b, e) < 0) {
		box_done(b);
		return -1;
	}
	b->state.id = arena_strdup(a, id);
	b->state.created = box_now(a);
	b->state.creator = getpid();
	return 0;
}

bool box_broken(const struct err *e)
{
	return e->num == ENOENT || e->num == ELOOP || e->num == EINVAL ||
	       e->num == E2BIG || e->num == EFBIG;
}

static int box_enter(struct box *b, bool lock, bool broken_ok, struct err *e)
{
	b->root = root_open(b, e);
	if (b->root < 0)
		return -1;
	b->dir = openat(b->root, b->name, DIR_FLAGS | O_NOFOLLOW);
	if (b->dir < 0 && errno == ENOENT) {
		err_plain(e, ENOENT, "container does not exist");
		/* a command that died may have left it under a hidden name */
		if (lock)
			sweep(b);
		return -1;
	}
	if (b->dir < 0)
		return err_sys(e, "open %s", b->path);
	if (box_owner_check(b->dir, b->path, e) < 0)
		return -1;
	if (lock && box_lock(b, true, e) < 0)
		return -1;
	if (box_load(b, e) < 0) {
		/* a create that died has left none, and nobody. From one that is there
		 * and says nothing, nobody knows who still runs. */
		if (broken_ok && e->num != ENOENT)
			return err_wrap(e, "its processes may still run, so %s is kept",
					b->path);
		if (!broken_ok)
			return -1;
		b->state = (struct box_state){ .pid = 0 };
		*e = (struct err)ERR_NONE;
	}
	return box_find(b, e);
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
	return box_find(b, e);
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
	if (box_take_away(b, e) < 0)
		return err_wrap(e, "remove container %s", box_id(b));
	sweep(b);
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
