/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See given.h. Runs in the program. */
#include "libcontainer/host/given.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "libcontainer/plan/sync.h"

/* /dev/ptmx and pts/ptmx: Documentation/admin-guide/devices.txt */
#define MASTER_MAJOR 5
#define MASTER_MINOR 2

/* Only masters have this line in their fdinfo (ptm_unix98_ops). 1, 0, or -1. */
static int is_master(int fd, struct err *e)
{
	char path[40], text[1024];
	struct stat st;

	fmt_text(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (file_get(AT_FDCWD, path, text, sizeof(text), e) < 0)
		return -1;
	if (!strstr(text, "\ntty-index:\t"))
		return 0;
	if (fstat(fd, &st) < 0)
		return err_sys(e, "examine what init sent");
	return S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(MASTER_MAJOR, MASTER_MINOR);
}

/* What has no path has this in the place of one, without a slash. 1, 0, or -1. */
static int is_listener(int fd, struct err *e)
{
	char path[40], text[64];
	ssize_t n;

	fmt_text(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, text, sizeof(text) - 1);
	if (n < 0)
		return err_sys(e, "examine what init sent");
	text[n] = '\0';
	return str_eq(text, "anon_inode:seccomp notify");
}

static int take(int sock, enum sync_kind kind, int timeout_ms, int *to, const char *what,
		int (*check)(int fd, struct err *e), struct err *e)
{
	autofd fd = -1;
	int is;

	if (sync_expect(sock, kind, timeout_ms, &fd, NULL, e) < 0)
		return -1;
	if (fd < 0)
		return err_set(e, EPROTO, "init sent no %s", what);
	is = check(fd, e);
	if (is < 0)
		return -1;
	if (!is)
		return err_set(e, EPROTO, "init sent what is no %s", what);
	*to = fd_take(&fd);
	return 0;
}

int given_terminal(int sock, int timeout_ms, int *master, struct err *e)
{
	return take(sock, SYNC_TTY, timeout_ms, master, "master of a terminal", is_master,
		    e);
}

int given_listener(int sock, int timeout_ms, int *listener, struct err *e)
{
	return take(sock, SYNC_LISTENER, timeout_ms, listener, "listener of a filter",
		    is_listener, e);
}
