/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening and making names inside the container's root. Runs in init.
 *
 * Theory. openat2(2) with RESOLVE_IN_ROOT does all of the resolving when a name exists.
 * When it does not, its missing part is made one component at a time. The walk keeps the
 * path so far as text without links ("done"): every look at it starts at the root again,
 * with RESOLVE_NO_SYMLINKS. Somebody who swaps a directory for a link between two looks
 * makes the second one fail with ELOOP; who moves a directory elsewhere still leaves us
 * inside the root. mkdirat and O_EXCL never follow a link in the last component.
 */
#include "libcontainer/init/root.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <string.h>

#include "base/fd.h"
#include "base/sys.h"

#define TRIES	  128  /* of an openat2 that says EAGAIN */
#define MAX_LINKS 40   /* the kernel's own limit */
#define MAX_STEPS 4096 /* of one walk: links can make a path longer, but not for ever */

long root_try(int root, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = resolve | RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -EAGAIN;

	for (int i = 0; fd == -EAGAIN && i < TRIES; i++)
		fd = sys_openat2(root, path, &how);
	return fd;
}

int root_open(int root, const char *path, uint64_t flags, uint64_t resolve, struct err *e)
{
	long fd = root_try(root, path, flags, resolve);

	if (fd < 0)
		return err_set(e, (int)-fd, "open %s in the container", path);
	return (int)fd;
}

struct walk {
	int root;
	enum root_kind kind;
	bool follow;
	int links;
	size_t done_len;
	char done[PATH_MAX]; /* "a/b": exists, has no links; empty: the root */
	char rest[PATH_MAX]; /* what is left */
};

/* Take the first component of the rest; NULL at its end. *last: nothing follows. */
static char *walk_next(char **rest, bool *last)
{
	char *name = *rest, *end;

	while (*name == '/')
		name++;
	if (!*name)
		return NULL;
	for (end = name; *end && *end != '/'; end++)
		;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	for (end = *rest; *end == '/'; end++)
		;
	*last = !*end;
	return name;
}

static void walk_pop(struct walk *w)
{
	while (w->done_len && w->done[w->done_len - 1] != '/')
		w->done_len--;
	if (w->done_len)
		w->done_len--; /* the slash */
	w->done[w->done_len] = '\0';
}

static bool walk_push(struct walk *w, const char *name)
{
	size_t n = strlen(name);

	if (w->done_len + n + 2 > sizeof(w->done))
		return false;
	if (w->done_len)
		w->done[w->done_len++] = '/';
	memcpy(w->done + w->done_len, name, n + 1);
	w->done_len += n;
	return true;
}

static long walk_open(const struct walk *w, uint64_t flags)
{
	return root_try(w->root, w->done_len ? w->done : ".", flags, RESOLVE_NO_SYMLINKS);
}

static long make_at(int parent, const char *name, enum root_kind kind)
{
	autofd file = -1;

	if (kind == ROOT_DIR)
		return sys_mkdirat(parent, name, 0755);
	file = (int)sys_openat(parent, name,
			       O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC,
			       0644);
	return file < 0 ? file : 0;
}

/* Make w->done/name; 0 or -errno, also 0 when somebody else has just made it */
static long walk_make(const struct walk *w, const char *name, bool last)
{
	autofd parent = (int)walk_open(w, O_PATH | O_DIRECTORY);
	long r;

	if (parent < 0)
		return parent;
	r = make_at(parent, name, last ? w->kind : ROOT_DIR);
	return r == -EEXIST ? 0 : r;
}

/* fd is a symlink: 1 when its text was put in front of the rest, 0 when it is none */
static long walk_link(struct walk *w, int fd, char **rest)
{
	char text[PATH_MAX];
	long n = sys_readlinkat(fd, "", text, sizeof(text) - 1);
	size_t left;

	if (n < 0) /* ENOENT: not a link */
		return n == -ENOENT || n == -EINVAL ? 0 : n;
	if (!w->follow || ++w->links > MAX_LINKS)
		return -ELOOP;
	left = strlen(*rest);
	if ((size_t)n + left + 2 > sizeof(w->rest))
		return -ENAMETOOLONG;
	memmove(w->rest + n + 1, *rest, left + 1);
	memcpy(w->rest, text, (size_t)n);
	w->rest[n] = '/';
	*rest = w->rest;
	if (text[0] == '/')
		w->done[w->done_len = 0] = '\0';
	return 1;
}

/* Enter one component. An O_PATH fd of what it is, or -errno, or *again: go on with
 * what is left. */
static long walk_enter(struct walk *w, const char *name, bool last, char **rest,
		       bool *again)
{
	size_t before = w->done_len;
	long fd, r;

	*again = false;
	for (int i = 0;; i++) {
		if (!walk_push(w, name))
			return -ENAMETOOLONG;
		fd = walk_open(w, O_PATH | O_NOFOLLOW);
		if (fd != -ENOENT || i > 2)
			break;
		w->done[w->done_len = before] = '\0';
		r = walk_make(w, name, last);
		if (r < 0)
			return r;
	}
	if (fd < 0)
		return fd;
	/* a relative link starts at the directory that holds it */
	w->done[before] = '\0';
	w->done_len = before;
	r = walk_link(w, (int)fd, rest);
	if (r != 0) {
		sys_close((int)fd);
		*again = r > 0;
		return r;
	}
	walk_push(w, name);
	return fd;
}

static long walk_run(struct walk *w)
{
	char *rest = w->rest, *name;
	bool last, again;
	long fd;

	for (int i = 0; i < MAX_STEPS; i++) {
		name = walk_next(&rest, &last);
		if (!name)
			return walk_open(w, O_PATH);
		if (!strcmp(name, "."))
			continue;
		if (!strcmp(name, "..")) {
			walk_pop(w);
			continue;
		}
		fd = walk_enter(w, name, last, &rest, &again);
		if (again)
			continue;
		if (fd < 0 || last)
			return fd;
		sys_close((int)fd);
	}
	return -ELOOP;
}

static long make_all(int root, const char *path, enum root_kind kind, uint64_t resolve)
{
	struct walk w;
	size_t n = strlen(path);

	if (n >= sizeof(w.rest))
		return -ENAMETOOLONG;
	w.root = root;
	w.kind = kind;
	w.follow = !(resolve & RESOLVE_NO_SYMLINKS);
	w.links = 0;
	w.done_len = 0;
	w.done[0] = '\0';
	memcpy(w.rest, path, n + 1);
	return walk_run(&w);
}

/* The directory that holds a name, "." at the end, and the name's last component */
static long split(const char *path, char parent[PATH_MAX], const char **last)
{
	const char *slash = strrchr(path, '/');
	size_t n;

	*last = slash ? slash + 1 : path;
	n = (size_t)(*last - path);
	if (!**last || !strcmp(*last, ".") || !strcmp(*last, ".."))
		return -EINVAL;
	if (n + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(parent, path, n);
	memcpy(parent + n, ".", 2); /* also right for "/x" and "x" */
	return 0;
}

/* Mostly all but the last component is there. What else it may be, a link to nothing
 * among it, is for the walk. */
static void make_last(int root, const char *path, enum root_kind kind, uint64_t resolve)
{
	char above[PATH_MAX];
	autofd parent = -1;
	const char *name;

	if (split(path, above, &name) < 0)
		return;
	parent = (int)root_try(root, above, O_PATH | O_DIRECTORY, resolve);
	if (parent >= 0)
		make_at(parent, name, kind);
}

static long make_try(int root, const char *path, enum root_kind kind, uint64_t resolve)
{
	long fd = root_try(root, path, O_PATH, resolve);

	if (fd == -ENOENT) {
		make_last(root, path, kind, resolve);
		fd = root_try(root, path, O_PATH, resolve);
	}
	return fd == -ENOENT ? make_all(root, path, kind, resolve) : fd;
}

int root_make(int root, const char *path, enum root_kind kind, uint64_t resolve,
	      struct err *e)
{
	long fd = make_try(root, path, kind, resolve);

	if (fd < 0)
		return err_set(e, (int)-fd, "make %s in the container", path);
	return (int)fd;
}

int root_parent(int root, const char *path, uint64_t resolve, const char **name,
		struct err *e)
{
	char above[PATH_MAX];
	long fd = split(path, above, name);

	if (fd == -EINVAL)
		return err_set(e, EINVAL, "%s names no file", path);
	if (fd < 0)
		return err_set(e, (int)-fd, "%s", path);
	/* the root itself need not be looked for */
	if (!strcmp(above, ".") || !strcmp(above, "/."))
		fd = sys_fcntl(root, F_DUPFD_CLOEXEC, 3);
	else
		fd = make_try(root, above, ROOT_DIR, resolve);
	if (fd < 0)
		return err_set(e, (int)-fd, "make the directory of %s in the container",
			       path);
	return (int)fd;
}
