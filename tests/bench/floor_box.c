/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor's container: the kernel's work of setting up the bundle that bundle.sh makes,
 * and nothing else. Runs in the new process, which with `run` shares the parent's memory.
 *
 * The tables must match bundle.sh; floor_check.sh compares a container of the floor with
 * one that aril made of the same bundle. Targets are hard-coded and safe by construction,
 * so they are used as plain paths; a runtime that may not trust its image needs an
 * openat2 for each.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <linux/keyctl.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <linux/stat.h>
#include <sys/resource.h>

#include "tests/bench/floor.h"

#define MS_PRIVATE_ (1 << 18)
#define MNT_DETACH_ 2

#define NOSUID MOUNT_ATTR_NOSUID
#define NODEV  MOUNT_ATTR_NODEV
#define NOEXEC MOUNT_ATTR_NOEXEC
#define RDONLY MOUNT_ATTR_RDONLY

struct option {
	const char *key, *value;
};

static const struct fs {
	const char *type, *target;
	unsigned attrs;
	bool make; /* the directory: it is below /dev, which is new */
	struct option options[4];
} file_systems[] = {
	/* clang-format off */
	{ "proc", "proc", NOSUID | NOEXEC | NODEV, false, { { "source", "proc" } } },
	{ "tmpfs", "dev", NOSUID | MOUNT_ATTR_STRICTATIME, false,
	  { { "source", "tmpfs" }, { "mode", "755" }, { "size", "65536k" } } },
	{ "sysfs", "sys", NOSUID | NOEXEC | NODEV | RDONLY, false,
	  { { "source", "sysfs" } } },
	{ "devpts", "dev/pts", NOSUID | NOEXEC, true,
	  { { "source", "devpts" }, { "ptmxmode", "0666" }, { "mode", "0620" },
	    { "gid", "5" } } },
	{ "mqueue", "dev/mqueue", NOSUID | NOEXEC | NODEV, true,
	  { { "source", "mqueue" } } },
	{ "tmpfs", "dev/shm", NOSUID | NOEXEC | NODEV, true,
	  { { "source", "shm" }, { "mode", "1777" }, { "size", "65536k" } } },
	{ "cgroup2", "sys/fs/cgroup", NOSUID | NOEXEC | NODEV | RDONLY, false,
	  { { "source", "cgroup" } } },
	/* clang-format on */
};

static const struct bind {
	const char *source, *target;
	unsigned flags, attrs;
} binds[] = {
	{ "shared/resolv.conf", "etc/resolv.conf", 0, 0 },
	{ "shared/hosts", "etc/hosts", 0, 0 },
	{ "shared/hostname", "etc/hostname", 0, 0 },
	{ "shared/containerenv", "run/.containerenv", 0, 0 },
	{ "shared/secrets", "run/secrets", 0, 0 },
	{ "shared/data", "srv/data", AT_RECURSIVE, 0 },
	{ "shared/cache", "srv/cache", AT_RECURSIVE, RDONLY },
};

static const struct node {
	const char *path;
	unsigned minor;
	unsigned major;
} nodes[] = {
	{ "dev/null", 3, 1 },	{ "dev/zero", 5, 1 },	 { "dev/full", 7, 1 },
	{ "dev/random", 8, 1 }, { "dev/urandom", 9, 1 }, { "dev/tty", 0, 5 },
};

static const struct option links[] = {
	{ "dev/fd", "/proc/self/fd" },	     { "dev/stdin", "/proc/self/fd/0" },
	{ "dev/stdout", "/proc/self/fd/1" }, { "dev/stderr", "/proc/self/fd/2" },
	{ "dev/core", "/proc/kcore" },	     { "dev/ptmx", "pts/ptmx" },
};

static const char *const masked_files[] = {
	"/proc/interrupts",    "/proc/kcore",	    "/proc/keys",
	"/proc/latency_stats", "/proc/sched_debug", "/proc/timer_list",
	"/proc/timer_stats",
};
static const char *const masked_dirs[] = {
	"/proc/acpi",	 "/proc/asound", "/proc/scsi", "/sys/devices/virtual/powercap",
	"/sys/firmware",
};
static const char *const readonly[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

/* those that exist in every network namespace, and the process's own */
static const struct option settings[] = {
	{ "/proc/sys/net/ipv4/ping_group_range", "0 0" },
	{ "/proc/sys/net/ipv4/ip_unprivileged_port_start", "0" },
	{ "/proc/self/oom_score_adj", "0" },
};

static const struct {
	int what;
	uint64_t soft, hard;
} limits[] = { { RLIMIT_NOFILE, 1024, 1024 }, { RLIMIT_NPROC, 512, 512 } };

static const uint8_t caps[] = {
	CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FSETID,	CAP_FOWNER,	      CAP_MKNOD,
	CAP_NET_RAW, CAP_SETGID,       CAP_SETUID,	CAP_SETFCAP,	      CAP_SETPCAP,
	CAP_KILL,    CAP_SYS_CHROOT,   CAP_AUDIT_WRITE, CAP_NET_BIND_SERVICE,
};

static char *const environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
	"HOSTNAME=bench", "container=bench", NULL
};

#define EACH(p, table)                                                                   \
	for (__typeof__(&(table)[0]) p = (table);                                        \
	     p < (table) + sizeof(table) / sizeof(*p); p++)

static size_t text_size(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

static bool exists(const char *path)
{
	return sys_faccessat2(AT_FDCWD, path, 0, 0) == 0;
}

static void write_file(const char *path, const char *text)
{
	int fd = floor_check(sys_openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0), path);

	floor_check(sys_write(fd, text, text_size(text)), path);
	sys_close(fd);
}

static void bring_up_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = floor_check(sys_socket(1 /* AF_UNIX */, 2 | O_CLOEXEC, 0), "socket");

	floor_check(sys_ioctl(fd, SIOCSIFFLAGS, &request), "lo");
	sys_close(fd);
}

static int new_mount(const char *type, const struct option *options, size_t n,
		     unsigned attrs)
{
	int fs = floor_check(sys_fsopen(type, FSOPEN_CLOEXEC), type);
	int fd;

	for (size_t i = 0; i < n && options[i].key; i++)
		floor_check(sys_fsconfig(fs, FSCONFIG_SET_STRING, options[i].key,
					 options[i].value, 0),
			    options[i].key);
	floor_check(sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
	fd = floor_check(sys_fsmount(fs, FSMOUNT_CLOEXEC, attrs), type);
	sys_close(fs);
	return fd;
}

/* Attach the detached mount fd, which stays open only as long */
static void attach(int fd, int dir, const char *target)
{
	floor_check(sys_move_mount(fd, "", dir, target, MOVE_MOUNT_F_EMPTY_PATH), target);
	sys_close(fd);
}

static int clone_tree(int dir, const char *path, unsigned flags, unsigned attrs)
{
	int fd = floor_check(
		sys_open_tree(dir, path, OPEN_TREE_CLONE | O_CLOEXEC | flags), path);
	struct mount_attr a = { .attr_set = attrs };

	if (attrs)
		floor_check(sys_mount_setattr(fd, "", AT_EMPTY_PATH | flags, &a), path);
	return fd;
}

static void mount_all(int root)
{
	EACH (fs, file_systems) {
		if (fs->make)
			floor_check(sys_mkdirat(root, fs->target, 0755), fs->target);
		attach(new_mount(fs->type, fs->options, 4, fs->attrs), root, fs->target);
	}
	EACH (b, binds)
		attach(clone_tree(AT_FDCWD, b->source, b->flags, b->attrs), root,
		       b->target);
}

static void fill_dev(int root)
{
	EACH (n, nodes)
		floor_check(sys_mknodat(root, n->path, S_IFCHR | 0666,
					n->major << 8 | n->minor),
			    n->path);
	EACH (l, links)
		floor_check(sys_symlinkat(l->value, root, l->key), l->key);
}

static void enter_root(int root)
{
	floor_check(sys_fchdir(root), "chdir to the root");
	floor_check(sys_pivot_root(".", "."), "pivot_root");
	floor_check(sys_umount2(".", MNT_DETACH_), "umount the old root");
	floor_check(sys_chdir("/"), "chdir");
}

static void hide_paths(void)
{
	const char *hidden = NULL; /* where the empty directory is attached already */

	EACH (path, readonly)
		if (exists(*path))
			attach(clone_tree(AT_FDCWD, *path, AT_RECURSIVE, RDONLY),
			       AT_FDCWD, *path);
	EACH (path, masked_files)
		if (exists(*path))
			attach(clone_tree(AT_FDCWD, "/dev/null", 0, 0), AT_FDCWD, *path);
	EACH (path, masked_dirs) {
		if (!exists(*path))
			continue;
		attach(hidden ? clone_tree(AT_FDCWD, hidden, 0, 0)
			      : new_mount("tmpfs", NULL, 0, RDONLY),
		       AT_FDCWD, *path);
		hidden = *path;
	}
}

static void drop_privileges(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t keep = 0;

	EACH (cap, caps)
		keep |= 1ULL << *cap;
	for (unsigned cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!(keep >> cap & 1))
			floor_check(sys_prctl(PR_CAPBSET_DROP, cap, 0, 0, 0),
				    "bounding set");
	floor_check(sys_setgroups(0, NULL), "setgroups");
	data[0].effective = data[0].permitted = keep;
	data[1].effective = data[1].permitted = keep >> 32;
	floor_check(sys_capset(&head, data), "capset");
	floor_check(sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

static void set_limits(void)
{
	EACH (l, limits)
		floor_check(sys_prlimit64(0, l->what, (const void *)&l->soft, NULL),
			    "rlimit");
}

static void wait_for_start(struct floor_child *child)
{
	if (child->listener < 0)
		return;
	floor_check(sys_write(child->ready, "r", 1), "report ready");
	sys_close(child->ready);
	/* stays open until the exec: its end tells `start` */
	floor_check(sys_accept4(child->listener, O_CLOEXEC), "accept");
}

static void run_program(struct floor_child *child)
{
	struct sock_fprog program = { child->filter->n,
				      (struct sock_filter *)child->filter->code };

	floor_check(sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
	floor_check(sys_execveat(AT_FDCWD, child->argv[0], child->argv, environment, 0),
		    child->argv[0]);
}

int floor_box(void *arg)
{
	struct floor_child *child = arg;
	struct mount_attr private = { .propagation = MS_PRIVATE_ };
	int root;

	floor_check(sys_setsid(), "setsid");
	floor_check(sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0), "keyring");
	bring_up_loopback();
	EACH (s, settings)
		write_file(s->key, s->value);
	floor_check(sys_unshare(CLONE_NEWCGROUP), "cgroup namespace");

	floor_check(sys_mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &private), "private");
	root = clone_tree(AT_FDCWD, "rootfs", AT_RECURSIVE, 0);
	floor_check(sys_move_mount(root, "", AT_FDCWD, "rootfs", MOVE_MOUNT_F_EMPTY_PATH),
		    "rootfs");
	sys_umask(0);
	mount_all(root);
	fill_dev(root);
	sys_umask(022);
	enter_root(root);
	hide_paths();
	floor_check(sys_sethostname("bench", 5), "hostname");
	set_limits();
	drop_privileges();
	sys_close_range(3, ~0U, SYS_CLOSE_RANGE_CLOEXEC);
	wait_for_start(child);
	run_program(child);
	return 1;
}

int floor_enter(void *arg)
{
	floor_check(sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0), "keyring");
	set_limits();
	drop_privileges();
	sys_close_range(3, ~0U, SYS_CLOSE_RANGE_CLOEXEC);
	run_program(arg);
	return 1;
}
