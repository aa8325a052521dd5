/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attempts at mounts, at files outside, and at devices; see try.h. /ro and /rw are
 * directories of the host, bound read-only and with nosuid,nodev; the facts are `file`, a
 * path of the host, and `says`, what is in that file.
 */
#include "tests/probe/try.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/probe/probe.h"

#define SPARE "/tmp/aril-try" /* where a mount would do no harm */

static long mount_new(const struct try *t, char **facts)
{
	(void)facts;
	mkdir(SPARE, 0700);
	return mount("none", SPARE, t->path, 0, t->number ? "lowerdir=/:/tmp" : NULL);
}

static long mount_bind(const struct try *t, char **facts)
{
	(void)facts;
	mkdir(SPARE, 0700);
	return mount(t->path, SPARE, NULL, MS_BIND | (unsigned long)t->number, NULL);
}

/* Root of a user namespace of one's own may mount in its mount namespace */
static long mount_in_userns(const struct try *t, char **facts)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return -1;
	return mount_new(t, facts);
}

static long mount_remount(const struct try *t, char **facts)
{
	(void)facts;
	return mount(NULL, t->path, NULL, MS_REMOUNT | MS_BIND, NULL);
}

static long mount_away(const struct try *t, char **facts)
{
	(void)facts;
	return umount2(t->path, MNT_DETACH);
}

static long mount_root(const struct try *t, char **facts)
{
	(void)facts;
	(void)t;
	mkdir(SPARE, 0700);
	/* who may, learns that this is no mount */
	if (syscall(SYS_pivot_root, SPARE, SPARE) < 0)
		return errno == EINVAL ? 0 : -1;
	return 0;
}

static long mount_fsopen(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(SYS_fsopen, t->path, 0);
}

static long mount_tree(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(SYS_open_tree, AT_FDCWD, t->path, 1 /* OPEN_TREE_CLONE */);
}

static long mount_pick(const struct try *t, char **facts)
{
	(void)facts;
	return syscall(SYS_fspick, AT_FDCWD, t->path, 0);
}

/* Of the root: what is read-only becomes writable */
static long mount_attributes(const struct try *t, char **facts)
{
	struct mount_attr attr = { .attr_clr = MOUNT_ATTR_RDONLY };

	(void)facts;
	return syscall(SYS_mount_setattr, AT_FDCWD, t->path, 0, &attr, sizeof(attr));
}

static long mount_move(const struct try *t, char **facts)
{
	(void)facts;
	mkdir(SPARE, 0700);
	return mount(t->path, SPARE, NULL, MS_MOVE, NULL);
}

const struct try try_mounts[] = {
	{ "mount.proc", mount_new, "proc", 0 },
	{ "mount.sysfs", mount_new, "sysfs", 0 },
	{ "mount.tmpfs", mount_new, "tmpfs", 0 },
	{ "mount.cgroup2", mount_new, "cgroup2", 0 },
	{ "mount.overlay", mount_new, "overlay", 1 },
	{ "mount.bind", mount_bind, "/", 0 },
	{ "mount.rbind", mount_bind, "/", MS_REC },
	{ "mount.bind.proc", mount_bind, "/proc/sys", 0 },
	{ "mount.move", mount_move, "/rw", 0 },
	{ "userns.mount", mount_in_userns, "tmpfs", 0 },
	{ "userns.overlay", mount_in_userns, "overlay", 1 },
	{ "remount.ro", mount_remount, "/ro", 0 },
	{ "remount.sys", mount_remount, "/sys", 0 },
	{ "remount.proc.sys", mount_remount, "/proc/sys", 0 },
	{ "umount.kcore", mount_away, "/proc/kcore", 0 },
	{ "umount.firmware", mount_away, "/sys/firmware", 0 },
	{ "umount.proc.sys", mount_away, "/proc/sys", 0 },
	{ "umount.proc", mount_away, "/proc", 0 },
	{ "pivot_root", mount_root, NULL, 0 },
	{ "fsopen", mount_fsopen, "tmpfs", 0 },
	{ "open_tree", mount_tree, "/", 0 },
	{ "fspick", mount_pick, "/", 0 },
	{ "mount_setattr", mount_attributes, "/ro", 0 },
	{ 0 },
};

/* --- files ---------------------------------------------------------------------- */

static long file_read(const struct try *t, char **facts)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s%s", t->path, fact(facts, "file"));
	return file_says(path, fact(facts, "says"));
}

/* The classic one: a root below the working directory is no root for it */
static long file_chroot(const struct try *t, char **facts)
{
	(void)t;
	mkdir(SPARE, 0700);
	if (chdir("/") < 0 || chroot(SPARE) < 0)
		return -1;
	for (int i = 0; i < 64; i++)
		if (chdir("..") < 0)
			return -1;
	if (chroot(".") < 0)
		return -1;
	return file_says(fact(facts, "file"), fact(facts, "says"));
}

/* Whether the host's file can be had by way of any open file or directory */
static long file_leaked(const struct try *t, char **facts)
{
	const char *path = fact(facts, "file"), *name = strrchr(path, '/') + 1;
	char buf[512];

	(void)t;
	for (int fd = 3; fd < 256; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			continue;
		snprintf(buf, sizeof(buf), "/proc/self/fd/%d/%s", fd, name);
		if (file_says(buf, fact(facts, "says")) == 0)
			return 0;
		snprintf(buf, sizeof(buf), "/proc/self/fd/%d", fd);
		if (file_says(buf, fact(facts, "says")) == 0)
			return 0;
		snprintf(buf, sizeof(buf), "/proc/self/fd/%d%s", fd, path);
		if (file_says(buf, fact(facts, "says")) == 0)
			return 0;
	}
	return refused(EBADF);
}

static long file_create(const struct try *t, char **facts)
{
	int fd = open(t->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)facts;
	return fd;
}

/* open_by_handle_at("shocker"): the root directory of a file system of the host */
static long file_handle(const struct try *t, char **facts)
{
	struct {
		struct file_handle head;
		unsigned char bytes[MAX_HANDLE_SZ];
	} h = { .head = { .handle_bytes = MAX_HANDLE_SZ } };
	int id, at = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)facts;
	if (at < 0 || name_to_handle_at(AT_FDCWD, t->path, &h.head, &id, 0) < 0)
		return -1;
	return open_by_handle_at(at, &h.head, O_RDONLY | O_CLOEXEC);
}

static long file_link(const struct try *t, char **facts)
{
	(void)facts;
	unlink("/rw/linked");
	return link(t->path, "/rw/linked");
}

static long file_rename(const struct try *t, char **facts)
{
	(void)facts;
	return rename(t->path, "/rw/renamed");
}

/* A file without a name, in a place that may be written, gets one where none may be */
static long file_unnamed(const struct try *t, char **facts)
{
	int fd = open("/rw", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char path[64];

	(void)facts;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? -1 : linkat(AT_FDCWD, path, AT_FDCWD, t->path, AT_SYMLINK_FOLLOW);
}

/* A file open for reading is opened again for writing */
static long file_reopen(const struct try *t, char **facts)
{
	int fd = open(t->path, O_RDONLY | O_CLOEXEC);
	char path[64];

	(void)facts;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? -1 : open(path, O_WRONLY | O_CLOEXEC);
}

/* Writable once it has another mode? */
static long file_mode(const struct try *t, char **facts)
{
	(void)facts;
	return chmod(t->path, 0666);
}

static long file_program(const struct try *t, char **facts)
{
	(void)facts;
	return open(t->path, O_WRONLY | O_CLOEXEC);
}

const struct try try_files[] = {
	{ "host.path", file_read, "", 0 },
	{ "host.self.root", file_read, "/proc/self/root", 0 },
	{ "host.1.root", file_read, "/proc/1/root", 0 },
	{ "host.1.cwd", file_read, "/proc/1/cwd", 0 },
	{ "host.upwards", file_read, "/../../../../../../../../../..", 0 },
	{ "host.cwd.upwards", file_read, "/proc/self/cwd/../../../../../../..", 0 },
	{ "host.chroot", file_chroot, NULL, 0 },
	{ "host.leaked", file_leaked, NULL, 0 },
	{ "ro.create", file_create, "/ro/new", 0 },
	{ "ro.write", file_create, "/ro/file", 0 },
	{ "ro.self.root", file_create, "/proc/self/root/ro/file", 0 },
	{ "ro.1.root", file_create, "/proc/1/root/ro/file", 0 },
	{ "ro.self.cwd", file_create, "/proc/self/cwd/../ro/file", 0 },
	{ "ro.reopen", file_reopen, "/ro/file", 0 },
	{ "ro.link", file_link, "/ro/file", 0 },
	{ "ro.rename", file_rename, "/ro/file", 0 },
	{ "ro.unnamed", file_unnamed, "/ro/unnamed", 0 },
	{ "ro.mode", file_mode, "/ro/file", 0 },
	{ "handle.root", file_handle, "/", 0 },
	{ "handle.ro", file_handle, "/ro", 0 },
	{ "exe.1", file_program, "/proc/1/exe", 0 },
	{ "exe.self", file_program, "/proc/self/exe", 0 },
	{ 0 },
};

/* --- devices -------------------------------------------------------------------- */

static long device_open(const struct try *t, char **facts)
{
	(void)facts;
	return open(t->path, (int)t->number | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

static long device_make(const struct try *t, char **facts)
{
	mode_t kind = t->number >> 32 ? S_IFBLK : S_IFCHR;
	dev_t number = makedev((unsigned int)(t->number >> 8 & 0xff),
			       (unsigned int)(t->number & 0xff));

	(void)facts;
	unlink(t->path);
	return mknod(t->path, kind | 0666, number);
}

/* A node that is there may still be used by nobody */
static long device_use(const struct try *t, char **facts)
{
	if (device_make(t, facts) < 0)
		return -1;
	return open(t->path, O_RDWR | O_CLOEXEC);
}

#define BLOCK (1L << 32)
#define CHAR_MEM (1 << 8 | 1)

const struct try try_devices[] = {
	{ "mknod.mem", device_make, "/tmp/aril-node", CHAR_MEM },
	{ "mknod.kmsg", device_make, "/tmp/aril-node", 1 << 8 | 11 },
	{ "mknod.disk", device_make, "/tmp/aril-node", BLOCK | 254 << 8 },
	{ "mknod.dev", device_make, "/dev/aril-node", CHAR_MEM },
	{ "mknod.bind", device_use, "/rw/aril-node", 1 << 8 | 3 },
	{ "dev.mem", device_open, "/dev/mem", O_RDONLY },
	{ "dev.kmsg", device_open, "/dev/kmsg", O_RDONLY },
	{ "dev.port", device_open, "/dev/port", O_RDONLY },
	{ "dev.disk", device_open, "/dev/vda", O_RDONLY },
	{ "dev.loop", device_open, "/dev/loop-control", O_RDWR },
	{ "dev.kvm", device_open, "/dev/kvm", O_RDWR },
	{ "dev.fuse", device_open, "/dev/fuse", O_RDWR },
	{ "dev.tun", device_open, "/dev/net/tun", O_RDWR },
	{ "dev.uinput", device_open, "/dev/uinput", O_RDWR },
	{ "dev.tty0", device_open, "/dev/tty0", O_RDWR },
	{ "dev.hwrng", device_open, "/dev/hwrng", O_RDONLY },
	{ "dev.console", device_open, "/dev/console", O_RDWR },
	{ 0 },
};
