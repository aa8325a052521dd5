/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole files; runs in the program only */
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/sys.h"

char *file_read_fd(struct arena *a, int fd, const char *what, size_t max, size_t *len,
		   struct err *e)
{
	size_t size = 16384, n = 0;
	char *buf = arena_get(a, size);
	ssize_t got;

	for (;;) {
		if (n + 1 == size) {
			char *larger = arena_get(a, size * 2);

			memcpy(larger, buf, n);
			buf = larger;
			size *= 2;
		}
		got = TEMP_FAILURE_RETRY(read(fd, buf + n, size - 1 - n));
		if (got < 0)
			return err_sys(e, "read %s", what), NULL;
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > max)
			return err_set(e, EFBIG, "read %s: more than %zu bytes", what,
				       max),
			       NULL;
	}
	if (len)
		*len = n;
	return buf;
}

char *file_read(struct arena *a, int dir, const char *path, size_t max, size_t *len,
		struct err *e)
{
	/* neither a fifo nor a device may make us wait, or do what opening it does */
	autofd fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "open %s", path), NULL;
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, "open %s: not a regular file", path), NULL;
	return file_read_fd(a, fd, path, max, len, e);
}

int file_get(int dir, const char *path, char *buf, size_t size, struct err *e)
{
	autofd fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	n = TEMP_FAILURE_RETRY(read(fd, buf, size - 1));
	if (n < 0)
		return err_sys(e, "read %s", path);
	if (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return (int)n;
}

bool file_may(const char *path, int mode)
{
	long r = sys_faccessat2(AT_FDCWD, path, mode, AT_EACCESS);

	return r == -ENOSYS || r == -EPERM ? access(path, mode) == 0 : r == 0;
}

int file_put(int dir, const char *path, const char *text, struct err *e)
{
	autofd fd = openat(dir, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	n = TEMP_FAILURE_RETRY(write(fd, text, len));
	if (n < 0)
		return err_sys(e, "write \"%s\" to %s", text, path);
	if ((size_t)n != len)
		return err_set(e, EIO, "write \"%s\" to %s: %zd bytes taken", text, path,
			       n);
	return 0;
}

int file_replace(int dir, const char *path, unsigned mode, const void *text, size_t len,
		 struct err *e)
{
	const char *slash = strrchr(path, '/');
	int head = slash ? (int)(slash - path) + 1 : 0;
	char tmp[4096];
	autofd fd = -1;

	/* a hidden name beside it, as runc writes pid files: readers never see half of
	 * one */
	if (fmt_text(tmp, sizeof(tmp), "%.*s.%s.%d", head, path, path + head, getpid()) >=
	    sizeof(tmp))
		return err_set(e, ENAMETOOLONG, "write %s", path);
	fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0 && errno == EEXIST) { /* left by a killed process that had our pid */
		unlinkat(dir, tmp, 0);
		fd = openat(dir, tmp,
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	}
	if (fd < 0)
		return err_sys(e, "create %s", path);
	if (fd_write_all(fd, text, len, e) < 0) {
		unlinkat(dir, tmp, 0);
		return err_wrap(e, "%s", path);
	}
	if (renameat(dir, tmp, dir, path) < 0) {
		err_sys(e, "rename %s into place", path);
		unlinkat(dir, tmp, 0);
		return -1;
	}
	return 0;
}
