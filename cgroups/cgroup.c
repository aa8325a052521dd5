/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Making, opening and removing cgroups. Runs in the program.
 *
 * Each step is relative to the directory before it and follows no link, so that a path
 * from config.json cannot leave the tree.
 */
#include "cgroups/cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "cgroups/devices.h"
#include "cgroups/events.h"

#define MARK	  "trusted.aril.box"
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)

/* The next component of a path, as a copy in part; NULL at its end. "." and ".." and
 * names that are too long are an error: *bad. */
static const char *next_part(const char *at, char part[256], bool *bad)
{
	size_t n;

	while (*at == '/')
		at++;
	n = strcspn(at, "/");
	if (n == 0)
		return NULL;
	*bad = n > 255 || (n == 1 && at[0] == '.') ||
	       (n == 2 && at[0] == '.' && at[1] == '.');
	if (!*bad) {
		memcpy(part, at, n);
		part[n] = '\0';
	}
	return at + n;
}

/* Slashes in front and at the end are fine, twice inside is not */
static int path_check(const char *path, struct err *e)
{
	const char *at = path;
	char part[256];
	bool bad = strstr(path, "//") != NULL, any = false;

	while (!bad && (at = next_part(at, part, &bad)) != NULL)
		any = true;
	if (bad || !any)
		return err_set(e, EINVAL, "invalid cgroup path \"%s\"", path);
	return 0;
}

static int cgroup_name(struct cgroup *c, const char *mount, const char *path,
		       struct arena *a, struct err *e)
{
	size_t n = strlen(path);

	*c = (struct cgroup)CGROUP_NONE_OPEN;
	if (path_check(path, e) < 0)
		return -1;
	while (path[n - 1] == '/')
		n--;
	c->mount = arena_strdup(a, mount);
	c->path = arena_strndup(a, path, n);
	return 0;
}

/* A cgroup that was there before us: may a container be put into it? */
static int leaf_check(const struct cgroup *c, struct err *e)
{
	struct cgroup_events now;
	autoarena a = ARENA_NONE;
	pids_t found;
	size_t n;

	if (events_read(c->fd, &now, e) < 0)
		return err_wrap(e, "cgroup %s", c->path);
	if (now.frozen)
		return err_plain(e, EBUSY, "container's cgroup unexpectedly frozen: %s",
				 c->path);
	if (!now.populated)
		return 0;
	if (arena_open(&a, false, e) < 0)
		return -1;
	n = cgroup_pids(c, &a, &found, e) < 0 ? 0 : found.n;
	return err_plain(e, EBUSY,
			 "container's cgroup is not empty: %zu process(es) found in %s",
			 n, c->path);
}

/* Make one directory and step into it */
static int step_make(struct cgroup *c, const char *part, size_t end, struct arena *a,
		     struct err *e)
{
	bool made = mkdirat(c->fd, part, 0755) == 0;
	int next;

	if (!made && errno != EEXIST)
		return err_sys(e, "make cgroup %s%s%.*s", c->mount,
			       *c->path == '/' ? "" : "/", (int)end, c->path);
	if (made && !c->made)
		c->made = arena_strndup(a, c->path, end);
	next = openat(c->fd, part, DIR_FLAGS);
	if (next < 0)
		return err_sys(e, "open cgroup %.*s", (int)end, c->path);
	fd_close(&c->fd);
	c->fd = next;
	return made;
}

int cgroup_make(struct cgroup *c, const char *mount, const char *path, struct arena *a,
		struct err *e)
{
	const char *at;
	char part[256];
	bool bad;
	int made = 0;

	if (cgroup_name(c, mount, path, a, e) < 0)
		return -1;
	c->fd = open(mount, DIR_FLAGS);
	if (c->fd < 0)
		return err_sys(e, "open the cgroup tree %s", mount);
	for (at = c->path; (at = next_part(at, part, &bad)) != NULL;) {
		made = step_make(c, part, (size_t)(at - c->path), a, e);
		if (made < 0)
			break;
	}
	if (made < 0 || (made == 0 && leaf_check(c, e) < 0)) {
		cgroup_done(c);
		return -1;
	}
	return 0;
}

char *cgroup_missing(const char *mount, const char *path, struct arena *a)
{
	autofd dir = open(mount, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *at = path;
	char part[256];
	bool bad;

	while (dir >= 0 && (at = next_part(at, part, &bad)) != NULL && !bad) {
		char *so_far = arena_strndup(a, path, (size_t)(at - path));

		if (faccessat(dir, so_far + strspn(so_far, "/"), F_OK, 0) < 0)
			return so_far;
	}
	return NULL;
}

int cgroup_open(struct cgroup *c, const char *mount, const char *path, struct arena *a,
		struct err *e)
{
	const char *name;

	if (cgroup_name(c, mount, path, a, e) < 0)
		return -1;
	name = arena_fmt(a, "%s/%s", mount, path + strspn(path, "/"));
	c->fd = open(name, DIR_FLAGS);
	if (c->fd < 0)
		return err_sys(e, "open cgroup %s", name);
	return 0;
}

int cgroup_open_below(struct cgroup *c, const struct cgroup *above, const char *sub,
		      struct arena *a, struct err *e)
{
	const struct open_how how = {
		.flags = DIR_FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	const char *name = sub + strspn(sub, "/");
	long fd = sys_openat2(above->fd, *name ? name : ".", &how);

	*c = (struct cgroup)CGROUP_NONE_OPEN;
	if (fd < 0)
		return err_set(e, (int)-fd, "open cgroup %s below %s", sub, above->path);
	c->fd = (int)fd;
	c->mount = above->mount;
	c->path = *name ? arena_fmt(a, "%s/%s", above->path, name) : above->path;
	c->keep = true;
	return 0;
}

int cgroup_mark(const struct cgroup *c, const char *mark, struct err *e)
{
	if (fsetxattr(c->fd, MARK, mark, strlen(mark), 0) < 0)
		return err_sys(e, "mark cgroup %s", c->path);
	return 0;
}

bool cgroup_marked(const struct cgroup *c, const char *mark)
{
	char text[256];
	ssize_t n = fgetxattr(c->fd, MARK, text, sizeof(text));

	return n >= 0 && (size_t)n == strlen(mark) && memcmp(text, mark, (size_t)n) == 0;
}

uint64_t cgroup_id(const struct cgroup *c)
{
	struct stat st;

	return fstat(c->fd, &st) < 0 ? 0 : st.st_ino;
}

void cgroup_done(struct cgroup *c)
{
	struct err ignored = ERR_NONE;

	if (c->made && !c->keep)
		cgroup_remove(c, 1000, &ignored);
	else if (!c->keep)
		devices_detach(c);
	fd_close(&c->filter);
	fd_close(&c->fd);
	c->made = NULL;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Remove the children of an open cgroup that have none themselves. The first that has,
 * or that processes are in (the kernel says EBUSY for both), is opened: *busy. *any: it
 * had children. 0 or an errno value. */
static int remove_children(int dir, int *busy, bool *any)
{
	int copy = openat(dir, ".", DIR_FLAGS);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	int num = 0;

	if (!d) {
		num = errno;
		fd_close(&copy);
		return num == ENOENT ? 0 : num;
	}
	while (num == 0 && *busy < 0 && (entry = readdir(d)) != NULL) {
		if (entry->d_type != DT_DIR || is_dots(entry->d_name))
			continue;
		*any = true;
		if (unlinkat(dir, entry->d_name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			continue;
		num = errno;
		if (num != EBUSY)
			break;
		*busy = openat(dir, entry->d_name, DIR_FLAGS);
		num = *busy < 0 && errno != ENOENT ? errno : 0;
	}
	closedir(d);
	return num;
}

/*
 * What is below an open cgroup, deepest first, by steps down and up: the container chose
 * how deep it is. cgroup2 has no rename, so that ".." leads back. A cgroup without
 * children that could not be removed has processes: EBUSY. 0 or an errno value.
 */
static int remove_below(int top, int64_t end)
{
	autofd dir = openat(top, ".", DIR_FLAGS);
	bool fresh = false; /* we came from above, as it could not be removed */
	size_t depth = 0;

	while (dir >= 0) {
		int next = -1, num;
		bool any = false;

		num = remove_children(dir, &next, &any);
		if (num || (fresh && !any))
			return num ? num : EBUSY;
		if (next < 0 && depth == 0)
			return 0;
		if (clock_ms() > end) {
			fd_close(&next);
			return ETIMEDOUT;
		}
		fresh = next >= 0;
		depth = fresh ? depth + 1 : depth - 1;
		if (!fresh)
			next = openat(dir, "..", DIR_FLAGS);
		fd_close(&dir);
		dir = next;
	}
	return errno == ENOENT ? 0 : errno;
}

/* One cgroup with what is below it. 0 or an errno value. */
static int remove_tree(int dir, const char *name, int64_t end)
{
	autofd fd = -1;
	int num;

	if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY)
		return errno;
	fd = openat(dir, name, DIR_FLAGS);
	if (fd < 0)
		return errno == ENOENT ? 0 : errno;
	num = remove_below(fd, end);
	if (num)
		return num;
	return unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? errno : 0;
}

/* The parents that cgroup_make() made, as far as they are empty */
static void remove_parents(const struct cgroup *c, int tree)
{
	size_t top = c->made ? strlen(c->made) : SIZE_MAX, n = strlen(c->path);
	char path[4096];

	if (n >= sizeof(path) || !c->made || !str_starts(c->path, c->made))
		return;
	memcpy(path, c->path, n + 1);
	while (n > top) {
		while (n > 0 && path[n - 1] != '/')
			n--;
		while (n > 0 && path[n - 1] == '/')
			n--;
		path[n] = '\0';
		if (n < top || unlinkat(tree, path + strspn(path, "/"), AT_REMOVEDIR) < 0)
			return;
	}
}

int cgroup_remove(struct cgroup *c, int timeout_ms, struct err *e)
{
	int64_t end = clock_ms() + timeout_ms;
	const char *name = c->path + strspn(c->path, "/");
	autofd tree = open(c->mount, DIR_FLAGS);
	int num;

	if (tree < 0)
		return err_sys(e, "open the cgroup tree %s", c->mount);
	while ((num = remove_tree(tree, name, end)) == EBUSY) {
		int64_t left = end - clock_ms();

		/* a process that has exited is counted until it is off its last CPU;
		 * the event comes for populated 0, so an empty one is tried again at
		 * once */
		if (left <= 0 || cgroup_wait_empty(c, (int)left, e) < 0)
			break;
	}
	if (num == EBUSY && e->num)
		return err_wrap(e, "remove cgroup %s", c->path);
	if (num)
		return err_set(e, num, "remove cgroup %s", c->path);
	remove_parents(c, tree);
	fd_close(&c->fd);
	c->made = NULL;
	return 0;
}
