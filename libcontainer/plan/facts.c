/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What this host and this caller can do: reads, and decides nothing. It is on the way of
 * each container, so a file is opened only when its answer can matter. Runs in the
 * program.
 */
#include "libcontainer/plan/facts.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "base/sys.h"
#include "libcontainer/plan/facts_users.h"
#include "libcontainer/plan/path.h"

#define CGROUP_MOUNT	    "/sys/fs/cgroup"
#define CGROUP_MOUNT_HYBRID "/sys/fs/cgroup/unified"

/* The file's text, or "" when it cannot be read: what is absent is not there */
static const char *text_of(const char *path, char *buf, size_t size)
{
	struct err ignored = ERR_NONE;

	if (file_get(AT_FDCWD, path, buf, size, &ignored) < 0)
		buf[0] = '\0';
	return buf;
}

/* The same for what decides how a container is made: fails unless it is absent, or is
 * kept from us */
static int text_get(const char *path, char *buf, size_t size, struct err *e)
{
	struct err why = ERR_NONE;

	if (file_get(AT_FDCWD, path, buf, size, &why) >= 0)
		return 0;
	buf[0] = '\0';
	if (why.num == ENOENT || why.num == ENOTDIR || why.num == EACCES ||
	    why.num == ENODEV || why.num == EOPNOTSUPP)
		return 0;
	*e = why;
	return -1;
}

static bool is_effective(cap_t caps, cap_value_t cap)
{
	cap_flag_value_t set = CAP_CLEAR;

	return cap_get_flag(caps, cap, CAP_EFFECTIVE, &set) == 0 && set == CAP_SET;
}

/* What a container can be given at most: what the kernel knows and nobody dropped */
static int bounding_set(uint64_t *caps, struct err *e)
{
	*caps = 0;
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		int has = cap_get_bound(cap);

		if (has < 0 && errno != EINVAL)
			return err_sys(e, "look for capability %d in the bounding set",
				       cap);
		*caps |= has == 1 ? 1ULL << cap : 0;
	}
	return 0;
}

/* No file: a kernel without user namespaces */
int facts_in_userns(struct err *e)
{
	char map[128];

	if (text_get("/proc/self/uid_map", map, sizeof(map), e) < 0)
		return -1;
	return map[0] && strcmp(map, "         0          0 4294967295") != 0;
}

static int facts_privileges(struct facts *f, struct err *e)
{
	cap_t own = cap_get_proc();
	char groups[16] = "";
	int in_userns;

	if (!own)
		return err_sys(e, "ask for our capabilities");
	f->euid = geteuid();
	f->egid = getegid();
	f->can_mount = is_effective(own, CAP_SYS_ADMIN);
	f->can_raise = is_effective(own, CAP_SYS_RESOURCE);
	cap_free(own);
	in_userns = facts_in_userns(e);
	if (in_userns < 0 || bounding_set(&f->caps, e) < 0)
		return -1;
	f->in_userns = in_userns;
	f->can_raise &= !f->in_userns;
	if (f->in_userns &&
	    text_get("/proc/self/setgroups", groups, sizeof(groups), e) < 0)
		return -1;
	f->setgroups_denied = str_eq(groups, "deny");
	return 0;
}

static int is_cgroup2(const char *path, struct err *e)
{
	struct statfs fs;

	if (statfs(path, &fs) == 0)
		return fs.f_type == CGROUP2_SUPER_MAGIC;
	if (errno == ENOENT || errno == ENOTDIR || errno == EACCES)
		return 0;
	return err_sys(e, "look for cgroups at %s", path);
}

static bool owns_host(const struct facts *f)
{
	return f->euid == 0 && f->can_mount && !f->in_userns;
}

/* The root of the host may make cgroups where it likes, unless the tree is read-only.
 * All others need a place next to their own cgroup, and clone3(2) into it needs write
 * permission for the cgroup.procs of what is above both (kernel/cgroup/cgroup.c,
 * cgroup_procs_write_permission()). */
static bool can_make_cgroups(const struct facts *f, struct arena *a)
{
	const char *above;

	if (owns_host(f))
		return file_may(f->cgroup_mount, W_OK);
	if (!f->cgroup_own || path_climbs(f->cgroup_own))
		return false;
	above = path_clean(a, f->cgroup_mount, path_parent(a, f->cgroup_own) + 1);
	return file_may(above, W_OK) &&
	       file_may(path_clean(a, above, "cgroup.procs"), W_OK);
}

/* "4:memory:/x" is a v1 hierarchy with its controllers, "1:name=systemd:/x" one without,
 * "0::/x" the cgroup2 tree */
static void read_own_line(struct facts *f, struct arena *a, const char *line, size_t len)
{
	const char *names = memchr(line, ':', len), *path;
	strings_t list;

	if (!names)
		return;
	names++;
	path = memchr(names, ':', len - (size_t)(names - line));
	if (!path)
		return;
	if (path == names) {
		f->cgroup_own =
			arena_strndup(a, path + 1, len - (size_t)(path + 1 - line));
		return;
	}
	if (str_starts(names, "name="))
		return;
	list = str_split(a, arena_strndup(a, names, (size_t)(path - names)), ',');
	LIST_EACH (name, &list)
		strings_add(a, &f->v1_controllers, *name);
}

static void read_own_lines(struct facts *f, struct arena *a, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		read_own_line(f, a, text, len);
		text += len + (text[len] == '\n');
	}
}

/* Does the caller have a service manager of their own, or a bus that leads to one? */
static bool has_user_manager(const char *runtime_dir)
{
	static const char *const sockets[] = { "systemd/private", "bus" };
	char path[4096];

	if (!runtime_dir || runtime_dir[0] != '/')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(sockets); i++)
		if (fmt_text(path, sizeof(path), "%s/%s", runtime_dir, sockets[i]) <
			    sizeof(path) &&
		    access(path, F_OK) == 0)
			return true;
	return false;
}

/* Where we make cgroups: what can come down to them */
static const char *controllers_file(const struct facts *f, struct arena *a)
{
	const char *place = "";

	if (!owns_host(f) && f->cgroup_own && !path_climbs(f->cgroup_own))
		place = path_parent(a, f->cgroup_own) + 1;
	return path_clean(a, path_clean(a, f->cgroup_mount, place), "cgroup.controllers");
}

static int find_tree(struct facts *f, struct arena *a, struct err *e)
{
	static const struct {
		const char *mount;
		enum cgroup_mode mode;
	} trees[] = { { CGROUP_MOUNT, CGROUPS_UNIFIED },
		      { CGROUP_MOUNT_HYBRID, CGROUPS_HYBRID } };
	int found = 0;

	f->cgroups = CGROUPS_NONE;
	for (size_t i = 0; i < ARRAY_LEN(trees) && found == 0; i++) {
		found = is_cgroup2(trees[i].mount, e);
		if (found <= 0)
			continue;
		f->cgroups = trees[i].mode;
		f->cgroup_mount = arena_strdup(a, trees[i].mount);
	}
	return found;
}

static int facts_cgroup(struct facts *f, struct arena *a, struct err *e)
{
	char buf[4096];
	int found;

	if (text_get("/proc/self/cgroup", buf, sizeof(buf), e) < 0)
		return -1;
	read_own_lines(f, a, buf);
	found = find_tree(f, a, e);
	if (found <= 0)
		return found;
	f->cgroup_writable = can_make_cgroups(f, a);
	if (text_get(controllers_file(f, a), buf, sizeof(buf), e) < 0)
		return -1;
	if (*buf)
		f->controllers = str_split(a, buf, ' ');
	return 0;
}

/* As libselinux: its file system is there, not read-only (as in containers, whose
 * processes may not set labels), and a policy was loaded: before that all is "kernel" */
static bool has_selinux(void)
{
	struct statvfs mount;
	struct statfs fs;
	char label[256];

	if (statfs("/sys/fs/selinux", &fs) < 0 || fs.f_type != SELINUX_MAGIC ||
	    statvfs("/sys/fs/selinux", &mount) < 0 || (mount.f_flag & ST_RDONLY))
		return false;
	text_of("/proc/self/attr/current", label, sizeof(label));
	return label[0] && !str_eq(label, "kernel");
}

void facts_labels(struct facts *f, bool apparmor, bool selinux)
{
	char text[16];

	if (apparmor)
		f->apparmor = text_of("/sys/module/apparmor/parameters/enabled", text,
				      sizeof(text))[0] == 'Y';
	if (selinux)
		f->selinux = has_selinux();
}

int facts_read(struct facts *f, const char *runtime_dir, struct arena *a, struct err *e)
{
	*f = (struct facts){ .cgroups = CGROUPS_NONE };
	if (facts_privileges(f, e) < 0)
		return -1;
	if (facts_cgroup(f, a, e) < 0)
		return -1;
	f->user_manager = !owns_host(f) && has_user_manager(runtime_dir);
	/* root needs no ranges: it writes what it likes */
	if (f->euid == 0)
		f->user = arena_strdup(a, "root");
	else if (facts_users(f, a, e) < 0)
		return -1;
	return 0;
}
