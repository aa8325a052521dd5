/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a box is doing now: asked of the kernel each time, through a pidfd. Runs in the
 * program. No scan of /proc, and no signal is sent.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "cgroups/cgroup.h"
#include "libcontainer/box/parts.h"

const char *const box_status_names[] = {
	[BOX_CREATING] = "creating", [BOX_CREATED] = "created", [BOX_RUNNING] = "running",
	[BOX_PAUSED] = "paused",     [BOX_STOPPED] = "stopped",
};

/* NULL: it cannot be read */
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

	return pidfd >= 0 && poll(&p, 1, 0) <= 0;
}

bool box_same_boot(const struct box *b)
{
	const char *then = b->state.boot_id, *now = then ? boot_id(b->arena) : NULL;

	return !now || str_eq(then, now);
}

int box_find(struct box *b, struct err *e)
{
	const struct box_state *s = &b->state;
	const struct box_process init = { s->pid, s->start_time, s->pidfd_id };

	if (s->pid <= 0 || !box_same_boot(b))
		return 0;
	return box_process_open(&init, &b->pidfd, e);
}

int box_set_pid(struct box *b, pid_t pid, int pidfd, struct err *e)
{
	autofd copy = fcntl(pidfd, F_DUPFD_CLOEXEC, 3);
	struct box_state *s = &b->state;
	struct box_process init;

	if (copy < 0)
		return err_sys(e, "identify process %d", pid);
	if (box_process_mark(&init, pid, copy, e) < 0)
		return -1;
	s->pidfd_id = init.pidfd_id;
	s->start_time = init.start_time;
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
	struct stat st;

	/* libc's faccessat() is faccessat2(2), which a filter around us may not know */
	if (b->dir >= 0)
		return fstatat(b->dir, "start.sock", &st, AT_SYMLINK_NOFOLLOW) == 0;
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
