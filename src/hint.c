/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of advice; runs in the program */
#include "src/hint.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/sys.h"

/* A setting of this host that makes the difference: a file and what it says. No file: it
 * is that a seccomp filter is around us. */
struct fact {
	const char *path, *text;
};

static const struct fact apparmor_userns = {
	"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"
};
static const struct fact userns_off = { "/proc/sys/kernel/unprivileged_userns_clone",
					"0" };
static const struct fact no_userns = { "/proc/sys/user/max_user_namespaces", "0" };
static const struct fact noexec_memfd = { "/proc/sys/vm/memfd_noexec", "2" };
static const struct fact filtered = { NULL, NULL };

/* The first row that fits is taken. needle: part of the text; num: 0 is any; who: whose
 * euid; fact: NULL is none. */
static const struct {
	const char *needle;
	int num;
	enum { ANYBODY, USER } who;
	const struct fact *fact;
	const char *advice;
} hints[] = {
	{ "clone into new namespaces", EPERM, USER, &apparmor_userns,
	  "AppArmor denies user namespaces to this program: load its profile "
	  "(apparmor_parser -r /etc/apparmor.d/aril, see aril(8)), or "
	  "set kernel.apparmor_restrict_unprivileged_userns=0" },
	{ "clone into new namespaces", EPERM, USER, &userns_off,
	  "user namespaces are switched off for users: set "
	  "kernel.unprivileged_userns_clone=1" },
	{ "clone into new namespaces", EPERM, ANYBODY, &filtered,
	  "the seccomp filter of a container around aril may deny it" },
	{ "clone into new namespaces", EPERM, USER, NULL,
	  "without root a container needs a user namespace (see aril spec --rootless)" },
	{ "clone into new namespaces", EPERM, ANYBODY, NULL,
	  "aril lacks CAP_SYS_ADMIN here, or an outer container denies it" },
	{ "clone into new namespaces", ENOSPC, ANYBODY, &no_userns,
	  "user namespaces are switched off: raise user.max_user_namespaces" },
	{ "clone into new namespaces", ENOSPC, ANYBODY, NULL,
	  "a limit of namespaces is reached: see /proc/sys/user/max_*_namespaces" },
	{ "clone into new namespaces", EAGAIN, ANYBODY, NULL,
	  "a limit of processes is reached: see pids.max of the cgroups and ulimit -u" },
	{ "clone into new namespaces", EBUSY, ANYBODY, NULL,
	  "the cgroup has controllers for its children, so it takes no process itself" },
	{ "find newuidmap", ENOENT, ANYBODY, NULL,
	  "ranges of ids need it: install the package uidmap, or map one id only" },
	{ "find newgidmap", ENOENT, ANYBODY, NULL,
	  "ranges of ids need it: install the package uidmap, or map one id only" },
	{ "newuidmap", 0, ANYBODY, NULL,
	  "the ids must be within the ranges of /etc/subuid and /etc/subgid" },
	{ "newgidmap", 0, ANYBODY, NULL,
	  "the ids must be within the ranges of /etc/subuid and /etc/subgid" },
	{ "execute init", EACCES, ANYBODY, &noexec_memfd,
	  "vm.memfd_noexec is 2: aril-init must be installed under libexec" },
	{ "mount proc", EPERM, USER, NULL,
	  "parts of the outer /proc are hidden, so the kernel gives no full one" },
	{ "option lowerdir+=", EINVAL, ANYBODY, NULL,
	  "they are too long for one option together; one by one needs Linux 6.7" },
	{ "JSON specification file", ENOENT, ANYBODY, NULL,
	  "is this the bundle? aril spec writes a config.json" },
	{ "make directory", EACCES, USER, NULL,
	  "set XDG_RUNTIME_DIR, or choose a directory of yours with --root" },
	{ "without setting console socket", 0, ANYBODY, NULL,
	  "give --console-socket, or run without --detach" },
	{ "unable to stat preserved-fd", 0, ANYBODY, NULL,
	  "the caller must open the fds from 3 on, LISTEN_FDS first" },
	{ "which speaks with systemd", ENOENT, ANYBODY, NULL,
	  "ARIL_LIBEXEC may name its directory; --cgroup-manager cgroupfs needs none" },
	{ "which makes network devices", ENOENT, ANYBODY, NULL,
	  "ARIL_LIBEXEC may name its directory" },
	{ "connect to systemd", 0, ANYBODY, NULL,
	  "does systemd run here? --cgroup-manager cgroupfs needs none" },
	{ "device filters of cgroup", EPERM, USER, NULL,
	  "only root may change the rules for devices" },
	{ "Failed to bind any port", 0, ANYBODY, NULL,
	  "another program has the port, or it is below 1024 and this is not root" },
	{ "slirp_add_hostfwd failed", 0, ANYBODY, NULL,
	  "another program has the port, or it is below 1024 and this is not root" },
	{ "join the network namespace", EPERM, USER, NULL,
	  "users can join only one that a user namespace of theirs has, given by path, "
	  "too" },
	{ "the resctrl file system is not mounted", 0, ANYBODY, NULL,
	  "on a CPU with RDT: mount -t resctrl resctrl /sys/fs/resctrl" },
	{ "in the container", EROFS, ANYBODY, NULL,
	  "its root is read-only: make the mount point in the bundle" },
	{ "External interface not usable", 0, ANYBODY, NULL,
	  "pasta needs a default route: --net user,with=slirp4netns does not" },
	{ "is not in the cgroup2 tree", 0, ANYBODY, NULL,
	  "see aril plan: a v1 hierarchy may hold it (/proc/cgroups)" },
	{ "make a session keyring", EDQUOT, ANYBODY, NULL,
	  "this user may have no more keys: raise kernel.keys.maxkeys, or use "
	  "--no-new-keyring" },
	{ "cgroup is not empty", 0, ANYBODY, NULL,
	  "another container has this cgroupsPath, or an old one left processes behind" },
	{ "container init still running", 0, ANYBODY, NULL,
	  "it is in an uninterruptible sleep; delete it again later" },
	{ "memory files may not be executed here", 0, ANYBODY, &noexec_memfd,
	  "vm.memfd_noexec is 2: make install puts aril-init there" },
	{ "join a new session keyring", EPERM, ANYBODY, &filtered,
	  "the seccomp filter of a container around aril denies it: use "
	  "--no-new-keyring" },
	{ "", ENOSYS, ANYBODY, NULL,
	  "the kernel does not have that call, or the filter of a container around aril "
	  "denies it: aril needs Linux 5.14" },
	{ "", EPERM, ANYBODY, &filtered,
	  "the seccomp filter of a container around aril may deny it" },
};

static bool holds(const struct fact *f)
{
	struct err ignored = ERR_NONE;
	char text[64];

	if (!f->path)
		return sys_prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0;
	return file_get(AT_FDCWD, f->path, text, sizeof(text), &ignored) >= 0 &&
	       strcmp(text, f->text) == 0;
}

const char *hint_find(const struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(hints); i++) {
		if (!strstr(e->text, hints[i].needle))
			continue;
		if (hints[i].num && hints[i].num != e->num)
			continue;
		if (hints[i].who == USER && geteuid() == 0)
			continue;
		if (hints[i].fact && !holds(hints[i].fact))
			continue;
		return hints[i].advice;
	}
	return NULL;
}
