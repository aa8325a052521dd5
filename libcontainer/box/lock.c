/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lock of a box. Runs in the program. flock(2) has no timeout: ticks interrupt it.
 */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/fmt.h"
#include "base/tick.h"
#include "libcontainer/box/parts.h"

#define LOCK_SECONDS 10

/* flock() within LOCK_SECONDS: 0 or an errno value */
static int flock_timed(int fd)
{
	int64_t end = clock_ms() + LOCK_SECONDS * 1000L;
	struct tick tick;
	int num;

	tick_start(&tick, LOCK_SECONDS * 1000);
	do
		num = flock(fd, LOCK_EX) < 0 ? errno : 0;
	while (num == EINTR && clock_ms() < end);
	tick_stop(&tick);
	return num == EINTR ? EWOULDBLOCK : num;
}

int box_in_place(const struct box *b, struct err *e)
{
	struct stat dir, named;

	if (fstat(b->dir, &dir) < 0)
		return err_sys(e, "examine %s", b->path);
	if (fstatat(b->root, b->name, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "examine %s", b->path);
	return dir.st_ino == named.st_ino && dir.st_dev == named.st_dev;
}

int box_lock(struct box *b, bool wait, struct err *e)
{
	autofd fd =
		openat(b->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int in_place, num;
	struct stat st;

	if (fd < 0 && errno == ENOENT) /* the directory is gone */
		return err_plain(e, ENOENT, "container does not exist");
	if (fd < 0)
		return err_sys(e, "open %s/lock", b->path);
	if (box_owner_check(fd, arena_fmt(b->arena, "%s/lock", b->path), e) < 0)
		return -1;
	num = flock(fd, LOCK_EX | LOCK_NB) < 0 ? errno : 0;
	if (wait && (num == EWOULDBLOCK || num == EINTR))
		num = flock_timed(fd);
	if (num == EWOULDBLOCK)
		return err_set(e, EBUSY,
			       "container %s is busy: another command holds %s/lock",
			       box_id(b), b->path);
	if (num)
		return err_set(e, num, "lock %s/lock", b->path);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "examine %s/lock", b->path);
	/* the verb that had it may have been delete */
	in_place = st.st_nlink == 0 ? 0 : box_in_place(b, e);
	if (in_place == 0)
		return err_plain(e, ENOENT, "container does not exist");
	if (in_place < 0)
		return -1;
	b->lock = fd_take(&fd);
	return 0;
}

void box_unlock(struct box *b)
{
	fd_close(&b->lock);
}

bool box_locked(const struct box *b)
{
	char path[4096 + 8];
	autofd fd = -1;
	int dir = AT_FDCWD;
	const char *name = path;

	if (b->dir >= 0) {
		dir = b->dir;
		name = "lock";
	} else if (fmt_text(path, sizeof(path), "%s/lock", b->path) >= sizeof(path)) {
		return false;
	}
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}
