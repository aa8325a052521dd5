/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The copy for tmpcopyup. Runs in init, on directories of the image: every name is one
 * component below an open directory, is opened with O_NOFOLLOW, and is checked after it
 * was opened. Nothing is attached yet when this runs, so nobody else sees the target.
 */
#include "libcontainer/init/copyup.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/dev.h"

#define DEPTH 64
#define BUFFER 32768 /* for all: entries of a level are read again after a descent */
#define MANY_ENTRIES (1U << 20)

struct copy {
	char *buf; /* BUFFER bytes for data and attributes */
	struct err *e;
};

struct entry { /* struct linux_dirent64, of getdents64(2) */
	uint64_t ino;
	int64_t off;
	uint16_t size;
	uint8_t type;
	char name[];
};

static int copy_dir(struct copy *c, int from, int to, int depth);

static int failed(struct copy *c, long r, const char *doing, const char *name)
{
	return err_set(c->e, (int)-r, "copy up: %s %s", doing, name);
}

/* All extended attributes that can be had and given; what a tmpfs does not know, or what
 * needs a privilege, is left out, as cp --preserve does. */
static void copy_attributes(struct copy *c, int from, int to)
{
	char *names = c->buf, *value = c->buf + BUFFER / 2;
	long n, size;

	n = SYS_(__NR_flistxattr, from, names, BUFFER / 2, 0, 0, 0);
	for (char *name = names; n > 0 && name < names + n; name += strlen(name) + 1) {
		size = SYS_(__NR_fgetxattr, from, name, value, BUFFER / 2, 0, 0);
		if (size >= 0)
			SYS_(__NR_fsetxattr, to, name, value, size, 0, 0);
	}
}

/* Owner first: a change of owner takes the set-id bits and the capabilities away */
static int copy_meta(struct copy *c, int from, int to, const struct statx *st,
		     const char *name)
{
	long r;

	r = sys_fchownat(to, "", st->stx_uid, st->stx_gid, AT_EMPTY_PATH);
	/* EINVAL: an owner that the user namespace does not map; then it is ours, and may
	 * not lend our ids to whoever executes it */
	if (r < 0 && r != -EINVAL)
		return failed(c, r, "give the owner to", name);
	r = sys_fchmod(to, st->stx_mode & (r < 0 ? 01777 : 07777));
	if (r < 0)
		return failed(c, r, "set the mode of", name);
	copy_attributes(c, from, to);
	return 0;
}

static int copy_bytes(struct copy *c, int from, int to, const char *name)
{
	long n, w;

	for (;;) {
		n = sys_read(from, c->buf, BUFFER);
		if (n == 0)
			return 0;
		if (n < 0)
			return failed(c, n, "read", name);
		for (long at = 0; at < n; at += w) {
			w = sys_write(to, c->buf + at, (size_t)(n - at));
			if (w <= 0)
				return failed(c, w ? w : -EIO, "write", name);
		}
	}
}

static int copy_file(struct copy *c, int from, int to, const char *name)
{
	/* O_NONBLOCK: a fifo that took the file's place must not hold us */
	autofd in = (int)sys_openat(from, name,
				    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
	autofd out = -1;
	struct statx st;
	long r;

	if (in < 0)
		return failed(c, in, "open", name);
	r = sys_statx(in, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	if (r < 0 || !S_ISREG(st.stx_mode))
		return failed(c, r < 0 ? r : -ESTALE, "look at", name);
	out = (int)sys_openat(to, name,
			      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return failed(c, out, "make", name);
	if (copy_bytes(c, in, out, name) < 0)
		return -1;
	return copy_meta(c, in, out, &st, name);
}

static int copy_subdir(struct copy *c, int from, int to, const char *name, int depth)
{
	autofd in = -1, out = -1;
	struct statx st;
	long r;

	in = (int)sys_openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
			     0);
	if (in < 0)
		return failed(c, in, "open", name);
	r = sys_statx(in, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	if (r < 0)
		return failed(c, r, "look at", name);
	r = sys_mkdirat(to, name, 0700);
	if (r < 0)
		return failed(c, r, "make", name);
	out = (int)sys_openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
			      0);
	if (out < 0)
		return failed(c, out, "open", name);
	if (copy_dir(c, in, out, depth + 1) < 0)
		return -1;
	return copy_meta(c, in, out, &st, name);
}

static int copy_link(struct copy *c, int from, int to, const char *name,
		     const struct statx *st)
{
	long n = sys_readlinkat(from, name, c->buf, PATH_MAX - 1);

	if (n < 0)
		return failed(c, n, "read the link", name);
	c->buf[n] = '\0';
	n = sys_symlinkat(c->buf, to, name);
	if (n == 0)
		n = sys_fchownat(to, name, st->stx_uid, st->stx_gid, AT_SYMLINK_NOFOLLOW);
	return n < 0 ? failed(c, n, "make the link", name) : 0;
}

static int copy_node(struct copy *c, int to, const char *name, const struct statx *st)
{
	long r;

	r = sys_mknodat(to, name, st->stx_mode,
			dev_number(st->stx_rdev_major, st->stx_rdev_minor));
	if (r == -EPERM && !S_ISFIFO(st->stx_mode))
		return 0; /* a device node in a user namespace */
	if (r == 0)
		r = sys_fchownat(to, name, st->stx_uid, st->stx_gid, AT_SYMLINK_NOFOLLOW);
	return r < 0 ? failed(c, r, "make the node", name) : 0;
}

static int copy_entry(struct copy *c, int from, int to, const char *name, int depth)
{
	struct statx st;
	long r;

	r = sys_statx(from, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &st);
	if (r < 0)
		return failed(c, r, "look at", name);
	if (S_ISREG(st.stx_mode))
		return copy_file(c, from, to, name);
	if (S_ISDIR(st.stx_mode))
		return copy_subdir(c, from, to, name, depth);
	if (S_ISLNK(st.stx_mode))
		return copy_link(c, from, to, name, &st);
	if (S_ISSOCK(st.stx_mode))
		return 0; /* nobody listens on a copy */
	return copy_node(c, to, name, &st);
}

static int copy_dir(struct copy *c, int from, int to, int depth)
{
	char list[2048] __attribute__((aligned(8)));
	long n;

	if (depth > DEPTH)
		return err_set(c->e, ELOOP, "copy up: more than %d directories deep",
			       DEPTH);
	for (unsigned round = 0; round < MANY_ENTRIES; round++) {
		n = sys_getdents64(from, list, sizeof(list));
		if (n == 0)
			return 0;
		if (n < 0)
			return failed(c, n, "list", "a directory");
		for (long at = 0; at < n;) {
			struct entry *d = (struct entry *)(void *)(list + at);

			at += d->size;
			if (!strcmp(d->name, ".") || !strcmp(d->name, ".."))
				continue;
			if (copy_entry(c, from, to, d->name, depth) < 0)
				return -1;
		}
	}
	return err_set(c->e, E2BIG, "copy up: too many entries");
}

int copyup_tree(int from, int to, struct err *e)
{
	struct copy c = { .e = e };
	autofd in = -1, out = -1;
	long r;
	int ret;

	in = (int)sys_openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (in < 0)
		return failed(&c, in, "open", "the directory below");
	out = (int)sys_openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (out < 0)
		return failed(&c, out, "open", "the new file system");
	r = sys_mmap(NULL, BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		     -1, 0);
	if (r < 0 && r > -4096)
		return failed(&c, r, "get memory for", "the copy");
	c.buf = (char *)r;
	ret = copy_dir(&c, in, out, 0);
	SYS_(__NR_munmap, c.buf, BUFFER, 0, 0, 0, 0);
	return ret;
}
