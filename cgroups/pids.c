/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes of a cgroup and of those below it: listed, signalled. Runs in the
 * program. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "cgroups/cgroup.h"

#define DIR_FLAGS  (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
#define PROCS_MAX  (16UL << 20) /* bytes of one cgroup.procs */
#define WALK_MS	   10000
#define SIGNAL_MAX 128 /* processes that are held at once: we may have 1024 fds */

static int pids_parse(const char *text, struct arena *a, pids_t *pids, struct err *e)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		uint64_t pid;

		if (!str_u64n(text, n, INT32_MAX, &pid))
			return err_set(e, EINVAL, "read cgroup.procs: \"%.*s\"", (int)n,
				       text);
		/* 0: a process that this PID namespace doesn't see */
		if (pid)
			*list_add(a, pids) = (pid_t)pid;
		text += n + (text[n] == '\n');
	}
	return 0;
}

/* The processes of one cgroup. A threaded one has no cgroup.procs to read (EOPNOTSUPP),
 * but threads. */
static int pids_of(int dir, struct arena *a, pids_t *pids, struct err *e)
{
	char *text = file_read(a, dir, "cgroup.procs", PROCS_MAX, NULL, e);

	if (!text && e->num == EOPNOTSUPP) {
		*e = (struct err)ERR_NONE;
		text = file_read(a, dir, "cgroup.threads", PROCS_MAX, NULL, e);
	}
	if (text)
		return pids_parse(text, a, pids, e);
	if (e->num != ENOENT && e->num != ENODEV) /* removed meanwhile */
		return -1;
	*e = (struct err)ERR_NONE;
	return 0;
}

struct entry { /* struct linux_dirent64, of getdents64(2) */
	uint64_t ino;
	int64_t off; /* where the next one is read */
	uint16_t size;
	uint8_t type;
	char name[];
};

/* The next cgroup below `dir` from the position *at on, opened; -1: no more */
static int child_open(int dir, int64_t *at)
{
	_Alignas(struct entry) char list[2048];
	long n;

	if (sys_lseek(dir, *at, SEEK_SET) < 0)
		return -1;
	while ((n = sys_getdents64(dir, list, sizeof(list))) > 0)
		for (long i = 0; i < n;) {
			const struct entry *entry = (struct entry *)(void *)(list + i);
			int fd = -1;

			i += entry->size;
			*at = entry->off;
			if (entry->type == DT_DIR && strcmp(entry->name, ".") != 0 &&
			    strcmp(entry->name, "..") != 0)
				fd = openat(dir, entry->name, DIR_FLAGS);
			if (fd >= 0)
				return fd;
		}
	return -1;
}

/* By steps down and up, as the removal: where to read on is remembered for each level */
static int pids_below(int top, struct arena *a, pids_t *pids, struct err *e)
{
	autofd dir = openat(top, ".", DIR_FLAGS);
	int64_t end = clock_ms() + WALK_MS, at = 0;
	LIST(int64_t) above = { NULL, 0 };

	if (dir < 0)
		return errno == ENOENT || errno == ENODEV ? 0
							  : err_sys(e, "open a cgroup");
	if (pids_of(dir, a, pids, e) < 0)
		return -1;
	for (;;) {
		int next = child_open(dir, &at);

		if (next >= 0) {
			*list_add(a, &above) = at;
			at = 0;
		} else if (above.n == 0) {
			return 0;
		} else {
			next = openat(dir, "..", DIR_FLAGS);
			at = above.items[--above.n];
		}
		if (next < 0)
			return err_sys(e, "open a cgroup");
		fd_close(&dir);
		dir = next;
		if (at == 0 && pids_of(dir, a, pids, e) < 0)
			return -1;
		if (clock_ms() > end)
			return err_set(e, ETIMEDOUT, "list the processes");
	}
}

int cgroup_pids(const struct cgroup *c, struct arena *a, pids_t *pids, struct err *e)
{
	*pids = (pids_t){ NULL, 0 };
	if (pids_below(c->fd, a, pids, e) < 0)
		return err_wrap(e, "cgroup %s", c->path);
	return 0;
}

static bool pids_has(const pids_t *pids, pid_t pid)
{
	LIST_EACH (at, pids)
		if (*at == pid)
			return true;
	return false;
}

/*
 * A pid that was listed may be another process's by now. So: get a hold of what has it
 * (pidfd), list again, and signal those that are still there: either it is what we hold,
 * or what we hold has ended and gets no signal.
 */
static int signal_some(const struct cgroup *c, const pid_t *pids, size_t n, int sig,
		       struct arena *a, struct err *e)
{
	int fds[SIGNAL_MAX];
	pids_t now;
	int ret;

	/* EINVAL, ENOENT: a thread of a threaded cgroup; its process is listed above */
	for (size_t i = 0; i < n; i++)
		fds[i] = (int)sys_pidfd_open(pids[i], 0);
	ret = cgroup_pids(c, a, &now, e);
	for (size_t i = 0; i < n; i++) {
		long num = 0;

		if (ret == 0 && fds[i] >= 0 && pids_has(&now, pids[i]))
			num = sys_pidfd_send_signal(fds[i], sig);
		else if (ret == 0 && (fds[i] == -EMFILE || fds[i] == -ENFILE))
			num = fds[i];
		if (num < 0 && num != -ESRCH)
			ret = err_set(e, (int)-num, "send signal %d to process %d", sig,
				      pids[i]);
		fd_close(&fds[i]);
	}
	return ret;
}

int cgroup_signal(const struct cgroup *c, int sig, struct arena *a, struct err *e)
{
	pids_t pids;
	int ret = 0;

	if (cgroup_pids(c, a, &pids, e) < 0)
		return -1;
	for (size_t i = 0; i < pids.n; i += SIGNAL_MAX) {
		size_t n = pids.n - i < SIGNAL_MAX ? pids.n - i : SIGNAL_MAX;
		struct err one = ERR_NONE;

		if (signal_some(c, pids.items + i, n, sig, a, &one) < 0 && ret == 0) {
			*e = one;
			ret = -1;
		}
	}
	return ret;
}
