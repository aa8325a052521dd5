/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * PATH lookup. Runs in init, in the container, as the container's user: what it reports
 * is what execve(2) would meet. It opens nothing and executes nothing.
 */
#include "libcontainer/init/lookup.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"

/* The phrases of strerror(3) that may be said about the user's program and its working
 * directory, and of nothing else */
static const struct {
	int num;
	const char *prose;
} phrases[] = {
	{ ENOENT, "no such file or directory" },
	{ EACCES, "permission denied" },
	{ EPERM, "operation not permitted" },
	{ ENOTDIR, "not a directory" },
	/* the kernel tells EACCES, whose words Docker takes for status 126 */
	{ EISDIR, "is a directory: permission denied" },
	{ ELOOP, "too many levels of symbolic links" },
	{ ENAMETOOLONG, "file name too long" },
	{ ENOEXEC, "exec format error" },
	{ ETXTBSY, "text file busy" },
	{ E2BIG, "argument list too long" },
};

const char *lookup_phrase(int num)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].num == num)
			return phrases[i].prose;
	return NULL;
}

/* 0, or -errno; *stat_failed tells who said it */
static long check(const char *path, bool *stat_failed)
{
	struct statx st;
	long r;

	r = sys_statx(AT_FDCWD, path, 0, STATX_TYPE | STATX_MODE, &st);
	*stat_failed = r < 0;
	if (r < 0)
		return r;
	if (S_ISDIR(st.stx_mode))
		return -EISDIR;
	if (!(st.stx_mode & 0111))
		return -EACCES; /* root, too: access(2) would tell it the same */
	r = sys_faccessat2(AT_FDCWD, path, X_OK, AT_EACCESS);
	/* the filter of a container around us may not know the call: execve will tell */
	return r == -ENOSYS || r == -EPERM ? 0 : r;
}

static int explain(const char *name, const char *path, int num, bool stat_failed,
		   struct err *e)
{
	const char *prose = lookup_phrase(num);

	if (!prose)
		return err_set(e, num, "exec: \"%s\": %s%s", name,
			       stat_failed ? "stat " : "", path);
	if (stat_failed)
		return err_plain(e, num, "exec: \"%s\": stat %s: %s", name, path, prose);
	return err_plain(e, num, "exec: \"%s\": %s", name, prose);
}

/* dir/name in buf; false when it does not fit */
static bool join(char *buf, size_t size, const char *dir, size_t dir_len,
		 const char *name)
{
	size_t n = strlen(name);

	if (dir_len + n + 2 > size)
		return false;
	memcpy(buf, dir, dir_len);
	buf[dir_len] = '/';
	memcpy(buf + dir_len + 1, name, n + 1);
	return true;
}

const char *lookup_program(const char *name, const char *path, char *buf, size_t size,
			   struct err *e)
{
	bool stat_failed;
	size_t n;
	long r;

	if (strchr(name, '/')) {
		r = check(name, &stat_failed);
		if (r == 0)
			return name;
		explain(name, name, (int)-r, stat_failed, e);
		return NULL;
	}
	for (; *name && path && *path; path += n + (path[n] == ':')) {
		const char *colon = strchr(path, ':');

		n = colon ? (size_t)(colon - path) : strlen(path);
		if (path[0] == '/' && join(buf, size, path, n, name) &&
		    check(buf, &stat_failed) == 0)
			return buf;
	}
	err_plain(e, ENOENT, "exec: \"%s\": executable file not found in $PATH", name);
	return NULL;
}

int lookup_exec_error(const char *name, const char *path, int num, struct err *e)
{
	if (num == ENOEXEC)
		return err_plain(e, num, "exec %s: exec format error", path);
	/* the file was there at lookup: mostly what is missing is what its first line,
	 * or its ELF header, names */
	if (num == ENOENT)
		return err_plain(
			e, num,
			"exec: \"%s\": no such file or directory (%s is gone, or "
			"the interpreter or loader that it names is missing)",
			name, path);
	return explain(name, path, num, num == ENOTDIR, e);
}
