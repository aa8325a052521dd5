/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes on disk: a pid, and what tells it from a later process with that number. Runs
 * in the program. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "libcontainer/box/parts.h"

#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

#define ROW(kind, member, key) JSON_ROW(kind, struct box_process, member, key)
static const struct json_member process_members[] = {
	ROW(INT, pid, "pid"),
	ROW(UINT, start_time, "startTime"),
	ROW(UINT, pidfd_id, "pidfdId"),
};
const struct json_shape box_process_shape =
	JSON_SHAPE(struct box_process, process_members);

/* Field 22 of /proc/PID/stat, counted from behind the last ')': the name in field 2 may
 * hold blanks and parentheses */
static int start_time(int64_t pid, uint64_t *time, struct err *e)
{
	char path[40], text[1024];
	const char *at;

	fmt_text(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (file_get(AT_FDCWD, path, text, sizeof(text), e) < 0)
		return -1;
	at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at || !str_u64n(at + 1, strcspn(at + 1, " "), UINT64_MAX, time))
		return err_set(e, EPROTO, "read %s", path);
	return 0;
}

/* What the kernel says of a number that no process has. A thread may have it: EINVAL, and
 * since Linux 6.15 ENOENT. All else says nothing of the process. */
static bool is_gone(int num)
{
	return num == ESRCH || num == EINVAL || num == ENOENT;
}

/* 1: it is that process; 0: it is another one */
static int is_same(const struct box_process *p, int fd, struct err *e)
{
	struct stat st;
	uint64_t time;

	if (p->pidfd_id)
		return fstat(fd, &st) < 0 ? err_sys(e, "identify a process")
					  : st.st_ino == p->pidfd_id;
	return start_time(p->pid, &time, e) < 0 ? -1 : time == p->start_time;
}

int box_process_open(const struct box_process *p, int *pidfd, struct err *e)
{
	struct err why = ERR_NONE;
	autofd fd = -1;
	int same;

	*pidfd = -1;
	if (p->pid <= 0 || p->pid > INT32_MAX)
		return 0;
	fd = (int)sys_pidfd_open((int)p->pid, 0);
	if (fd < 0 && is_gone(-fd))
		return 0;
	if (fd < 0)
		return err_set(e, -fd, "open a pidfd of process %lld", (long long)p->pid);
	same = is_same(p, fd, &why);
	if (same < 0 && !is_gone(why.num)) {
		*e = why;
		return -1;
	}
	if (same > 0)
		*pidfd = fd_take(&fd);
	return 0;
}

int box_process_mark(struct box_process *p, pid_t pid, int pidfd, struct err *e)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(pidfd, &fs) < 0 || fstat(pidfd, &st) < 0)
		return err_sys(e, "identify process %d", pid);
	*p = (struct box_process){ .pid = pid };
	/* before pidfs, all pidfds share one inode */
	if (fs.f_type == PID_FS_MAGIC)
		p->pidfd_id = st.st_ino;
	else
		return start_time(pid, &p->start_time, e);
	return 0;
}
