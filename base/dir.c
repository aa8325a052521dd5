/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories made and removed; runs in the program only */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"

int dir_make_all(int dir, const char *path, unsigned mode, struct err *e)
{
	char part[4096];
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(part))
		return err_set(e, n ? ENAMETOOLONG : ENOENT, "make directory %s", path);
	if (mkdirat(dir, path, mode) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT)
		return err_sys(e, "make directory %s", path);
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdirat(dir, part, mode) < 0 && errno != EEXIST)
			return err_sys(e, "make directory %s", part);
	}
	return 0;
}

static int remove_below(int fd, int depth, struct err *e);

static int remove_entry(int dir, const char *name, int depth, struct err *e)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV };
	autofd fd = -1;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_sys(e, "remove %s", name);
	fd = (int)sys_openat2(dir, name, &how);
	if (fd == -ENOENT) /* somebody else removes it, too */
		return 0;
	if (fd < 0)
		return err_set(e, -fd, "open %s to remove it", name);
	if (remove_below(fd, depth + 1, e) < 0)
		return err_wrap(e, "%s", name);
	if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, "remove directory %s", name);
	return 0;
}

static int remove_below(int fd, int depth, struct err *e)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	int ret = 0;

	if (!d) {
		fd_close(&copy);
		return err_sys(e, "read directory");
	}
	if (depth > 64)
		ret = err_set(e, ELOOP, "remove a tree of more than 64 levels");
	while (ret == 0 && (entry = readdir(d)) != NULL) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		ret = remove_entry(fd, entry->d_name, depth, e);
	}
	closedir(d);
	return ret;
}

int dir_remove_all(int dir, const char *path, struct err *e)
{
	autofd fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_sys(e, "open %s", path);
	if (remove_below(fd, 0, e) < 0)
		return err_wrap(e, "%s", path);
	if (unlinkat(dir, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, "remove directory %s", path);
	return 0;
}
