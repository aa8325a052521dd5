/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The processes of a cgroup and of those below it: listed, signalled. Runs in the
 * program.
 *
 * A container chooses how many cgroups and processes there are, how wide and how deep. So
 * the walk takes no memory for a cgroup or a process, 8 bytes for each level, and fails,
 * rather than to end us, if there are none.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "cgroups/cgroup.h"

#define DIR_FLAGS  (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
#define LIST_MS	   10000
#define SIGNAL_MS  10000
#define SIGNAL_MAX 128	      /* that are held at once: we may have 1024 fds */
#define PIDS_MAX   (4U << 20) /* that are kept: the largest pid that there can be */

struct walk {
	int64_t end; /* of clock_ms() */
	cgroup_see see;
	void *to;
	int64_t *above; /* where to read on in each of the cgroups above; owned */
	size_t depth;
};

static void walk_done(struct walk *w)
{
	free(w->above);
}

/* Remember where we were */
static int walk_down(struct walk *w, int64_t at, struct err *e)
{
	/* room for the next power of two */
	if ((w->depth & (w->depth - 1)) == 0) {
		size_t n = w->depth ? 2 * w->depth : 1;
		int64_t *more = reallocarray(w->above, n, sizeof(*more));

		if (!more)
			return err_sys(e, "list %zu cgroups below each other", w->depth);
		w->above = more;
	}
	w->above[w->depth++] = at;
	return 0;
}

static int walk_late(const struct walk *w, struct err *e)
{
	if (clock_ms() <= w->end)
		return 0;
	return err_set(e, ETIMEDOUT, "list the processes");
}

/* A line of which there may be more in what is read next */
struct line {
	uint64_t pid;
	size_t digits;
};

static int line_end(const struct walk *w, struct line *l, struct err *e)
{
	pid_t pid = (pid_t)l->pid;

	if (l->digits == 0)
		return err_set(e, EINVAL, "read cgroup.procs: an empty line");
	*l = (struct line){ .pid = 0 };
	if (walk_late(w, e) < 0)
		return -1;
	/* 0: a process that this PID namespace doesn't see */
	return pid ? w->see(w->to, pid, e) : 0;
}

static int line_byte(const struct walk *w, struct line *l, char c, struct err *e)
{
	if (c == '\n')
		return line_end(w, l, e);
	if (c < '0' || c > '9')
		return err_set(e, EINVAL, "read cgroup.procs: byte 0x%02x in a number",
			       (unsigned char)c);
	l->pid = l->pid * 10 + (uint64_t)(c - '0');
	l->digits++;
	if (l->pid > INT32_MAX)
		return err_set(e, EINVAL, "read cgroup.procs: %llu... is no process",
			       (unsigned long long)l->pid);
	return 0;
}

static int see_lines(const struct walk *w, int dir, const char *name, struct err *e)
{
	autofd fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct line l = { .pid = 0 };
	char text[4096];
	ssize_t n = -1;

	while (fd >= 0 && (n = TEMP_FAILURE_RETRY(read(fd, text, sizeof(text)))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			int ret = line_byte(w, &l, text[i], e);

			if (ret)
				return ret;
		}
	if (n < 0)
		return err_sys(e, "read %s", name);
	return l.digits ? line_end(w, &l, e) : 0;
}

/* The processes of one cgroup. A threaded one has no cgroup.procs to read (EOPNOTSUPP),
 * but threads. */
static int see_cgroup(const struct walk *w, int dir, struct err *e)
{
	struct err why = ERR_NONE;
	int ret = walk_late(w, e);

	if (ret == 0)
		ret = see_lines(w, dir, "cgroup.procs", &why);
	if (ret < 0 && why.num == EOPNOTSUPP) {
		why = (struct err)ERR_NONE;
		ret = see_lines(w, dir, "cgroup.threads", &why);
	}
	if (why.num == ENOENT || why.num == ENODEV) /* removed meanwhile */
		return 0;
	if (why.num)
		*e = why;
	return ret;
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
static int walk_all(struct walk *w, int top, struct err *e)
{
	autofd dir = openat(top, ".", DIR_FLAGS);
	int64_t at = 0;
	int ret;

	if (dir < 0)
		return errno == ENOENT || errno == ENODEV ? 0
							  : err_sys(e, "open a cgroup");
	while ((ret = at == 0 ? see_cgroup(w, dir, e) : walk_late(w, e)) == 0) {
		autofd next = child_open(dir, &at);

		if (next >= 0) {
			if (walk_down(w, at, e) < 0)
				return -1;
			at = 0;
		} else if (w->depth == 0) {
			return 0;
		} else {
			next = openat(dir, "..", DIR_FLAGS);
			at = w->above[--w->depth];
		}
		if (next < 0)
			return err_sys(e, "open a cgroup");
		fd_close(&dir);
		dir = fd_take(&next);
	}
	return ret;
}

int cgroup_each(const struct cgroup *c, int timeout_ms, cgroup_see see, void *to,
		struct err *e)
{
	struct walk w = { .end = clock_ms() + timeout_ms, .see = see, .to = to };
	int ret = walk_all(&w, c->fd, e);

	walk_done(&w);
	return ret < 0 ? err_wrap(e, "cgroup %s", c->path) : ret;
}

struct kept {
	struct arena *arena;
	pids_t *pids;
};

static int keep(void *to, pid_t pid, struct err *e)
{
	struct kept *k = to;

	if (k->pids->n == PIDS_MAX)
		return err_set(e, E2BIG, "list more than %u processes", PIDS_MAX);
	*list_add(k->arena, k->pids) = pid;
	return 0;
}

static int list(const struct cgroup *c, int timeout_ms, struct arena *a, pids_t *pids,
		struct err *e)
{
	struct kept k = { a, pids };

	*pids = (pids_t){ NULL, 0 };
	return cgroup_each(c, timeout_ms, keep, &k, e);
}

int cgroup_pids(const struct cgroup *c, struct arena *a, pids_t *pids, struct err *e)
{
	return list(c, LIST_MS, a, pids, e);
}

struct held {
	pid_t pid;
	int fd; /* owned; < 0: -errno */
	bool seen;
};
struct batch {
	struct held held[SIGNAL_MAX]; /* in the order of their pids */
	size_t n, unseen;
};

static int by_pid(const void *a, const void *b)
{
	const struct held *one = a, *other = b;

	return (one->pid > other->pid) - (one->pid < other->pid);
}

/* 1, the end: there is nobody else to look for */
static int see_held(void *to, pid_t pid, struct err *e)
{
	struct held key = { .pid = pid }, *h;
	struct batch *b = to;

	(void)e;
	h = bsearch(&key, b->held, b->n, sizeof(key), by_pid);
	if (h && !h->seen) {
		h->seen = true;
		b->unseen -= h->fd >= 0;
	}
	return b->unseen == 0;
}

static void batch_hold(struct batch *b, const pid_t *pids, size_t n)
{
	*b = (struct batch){ .n = n };
	for (size_t i = 0; i < n; i++) {
		struct held *h = &b->held[i];

		h->pid = pids[i];
		h->fd = (int)sys_pidfd_open(h->pid, 0);
		b->unseen += h->fd >= 0;
	}
	qsort(b->held, n, sizeof(b->held[0]), by_pid);
}

/*
 * A pid that was listed may be another process's by now. So: get a hold of what has it
 * (pidfd), list again, and signal those that are still there: either it is what we hold,
 * or what we hold has ended and gets no signal. ENOENT or EINVAL of pidfd_open(2): a
 * thread of a threaded cgroup; its process is listed above.
 */
static int signal_some(const struct cgroup *c, const pid_t *pids, size_t n, int sig,
		       int64_t end, struct err *e)
{
	int64_t left = end - clock_ms();
	struct batch b;
	int ret = 0;

	batch_hold(&b, pids, n);
	if (b.unseen > 0)
		ret = cgroup_each(c, left > 0 ? (int)left : 0, see_held, &b, e);
	for (size_t i = 0; i < n; i++) {
		struct held *h = &b.held[i];
		long num = 0;

		if (h->fd >= 0 && h->seen)
			num = sys_pidfd_send_signal(h->fd, sig);
		else if (h->fd == -EMFILE || h->fd == -ENFILE)
			num = h->fd;
		if (num < 0 && num != -ESRCH && ret >= 0)
			ret = err_set(e, (int)-num, "send signal %d to process %d", sig,
				      h->pid);
		fd_close(&h->fd);
	}
	return ret < 0 ? -1 : 0;
}

int cgroup_signal(const struct cgroup *c, int sig, struct arena *a, struct err *e)
{
	int64_t end = clock_ms() + SIGNAL_MS;
	pids_t pids;
	/* those that were found get it, even if others could not be */
	int ret = list(c, SIGNAL_MS / 2, a, &pids, e);

	for (size_t i = 0; i < pids.n; i += SIGNAL_MAX) {
		size_t n = pids.n - i < SIGNAL_MAX ? pids.n - i : SIGNAL_MAX;
		struct err one = ERR_NONE;

		if (clock_ms() > end) {
			if (ret == 0)
				ret = err_set(e, ETIMEDOUT,
					      "send signal %d: %zu of %zu processes "
					      "were not reached",
					      sig, pids.n - i, pids.n);
			break;
		}
		if (signal_some(c, pids.items + i, n, sig, end, &one) < 0 && ret == 0) {
			*e = one;
			ret = -1;
		}
	}
	return ret;
}
