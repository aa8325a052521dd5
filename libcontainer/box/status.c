/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a box is doing now: asked of the kernel each time, through a pidfd. Runs in the
 * program. No scan of /proc, and no signal is sent.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "cgroups/cgroup.h"
#include "libcontainer/box/parts.h"

#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

const char *const box_status_names[] = {
	[BOX_CREATING] = "creating", [BOX_CREATED] = "created", [BOX_RUNNING] = "running",
	[BOX_PAUSED] = "paused",     [BOX_STOPPED] = "stopped",
};

/* Field 22 of /proc/PID/stat, counted from behind the last ')': the name in field 2 may
 * hold blanks and parentheses */
static bool start_time(int64_t pid, uint64_t *time)
{
	struct err ignored = ERR_NONE;
	char path[40], text[1024];
	const char *at;

	fmt_text(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (file_get(AT_FDCWD, path, text, sizeof(text), &ignored) < 0)
		return false;
	at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at && str_u64n(at + 1, strcspn(at + 1, " "), UINT64_MAX, time);
}

/* NULL: there is none to be read */
static char *boot_id(struct arena *a)
{
	struct err ignored = ERR_NONE;
	char text[64];

	if (file_get(AT_FDCWD, "/proc/sys/kernel/random/boot_id", text, sizeof(text),
		     &ignored) < 0)
		return NULL;
	return arena_strdup(a, text);
}

/* Has the process not exited? A zombie has: its pidfd is readable. */
static bool lives(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return pidfd >= 0 && poll(&p, 1, 0) == 0;
}

void box_find(struct box *b)
{
	const struct box_state *s = &b->state;
	autofd fd = -1;
	struct stat st;
	uint64_t time;

	if (s->pid <= 0 || s->pid > INT32_MAX)
		return;
	if (s->boot_id && !str_eq(s->boot_id, boot_id(b->arena)))
		return;
	fd = (int)sys_pidfd_open((int)s->pid, 0);
	if (fd < 0)
		return;
	if (s->pidfd_id) {
		if (fstat(fd, &st) < 0 || st.st_ino != s->pidfd_id)
			return;
	} else if (!start_time(s->pid, &time) || time != s->start_time) {
		return;
	}
	b->pidfd = fd_take(&fd);
}

int box_set_pid(struct box *b, pid_t pid, int pidfd, struct err *e)
{
	autofd copy = fcntl(pidfd, F_DUPFD_CLOEXEC, 3);
	struct box_state *s = &b->state;
	struct statfs fs;
	struct stat st;

	if (copy < 0 || fstatfs(copy, &fs) < 0 || fstat(copy, &st) < 0)
		return err_sys(e, "identify process %d", pid);
	s->pidfd_id = 0;
	s->start_time = 0;
	/* before pidfs, all pidfds share one inode */
	if (fs.f_type == PID_FS_MAGIC)
		s->pidfd_id = st.st_ino;
	else if (!start_time(pid, &s->start_time))
		return err_set(e, ESRCH, "read the start time of process %d", pid);
	s->boot_id = boot_id(b->arena);
	s->pid = pid;
	fd_close(&b->pidfd);
	b->pidfd = fd_take(&copy);
	return 0;
}

/* Does init still wait for its start? */
static bool waits(const struct box *b)
{
	char path[4096 + 16];

	if (b->dir >= 0)
		return faccessat(b->dir, "start.sock", F_OK, 0) == 0;
	return fmt_text(path, sizeof(path), "%s/start.sock", b->path) < sizeof(path) &&
	       access(path, F_OK) == 0;
}

static enum box_status unfinished(const struct box *b)
{
	if (b->made || (b->lock < 0 && box_locked(b)))
		return BOX_CREATING;
	return BOX_STOPPED;
}

enum box_status box_status(struct box *b)
{
	const struct box_state *s = &b->state;

	if (!s->is_created)
		return unfinished(b);
	if (!lives(b->pidfd))
		return BOX_STOPPED;
	if (waits(b))
		return BOX_CREATED;
	if (s->cgroup_path && cgroup_path_frozen(s->cgroup_mount, s->cgroup_path))
		return BOX_PAUSED;
	return BOX_RUNNING;
}
