/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel and its settings allow; runs in the program */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mountinfo.h"
#include "base/str.h"
#include "seccomp/filter.h"
#include "src/survey.h"

/* The floor: what is newer is used when it is there, what is older is not asked for */
#define FLOOR_MAJOR 5
#define FLOOR_MINOR 14

void survey_kernel(const struct survey *s, const char *arg, struct finding *f)
{
	(void)arg;
	if (survey_since(s, FLOOR_MAJOR, FLOOR_MINOR))
		survey_fine(s, f, "Linux %s", s->release);
	else
		survey_lacks(s, f, survey_install(s, "linux-image-generic", "kernel"),
			     "Linux %s is older than %d.%d", s->release, FLOOR_MAJOR,
			     FLOOR_MINOR);
}

/* No file under ns/: the kernel was built without. A maximum of 0: root wants none. */
void survey_namespace(const struct survey *s, const char *arg, struct finding *f)
{
	char *maximum = arena_fmt(s->arena, "/proc/sys/user/max_%s_namespaces", arg);

	if (!survey_exists(arena_fmt(s->arena, "/proc/self/ns/%s", arg)))
		survey_lacks(s, f, NULL, "this kernel has no %s namespaces", arg);
	else if (str_eq(survey_file(s, maximum), "0"))
		survey_lacks(
			s, f,
			survey_as_root(s, "sysctl -w user.max_%s_namespaces=31000", arg),
			"user.max_%s_namespaces is 0", arg);
	else
		survey_fine(s, f, "new ones can be made");
}

/* Ubuntu's restriction lets programs with a profile through, even an empty one */
static bool is_restricted(const struct survey *s)
{
	const char *profile = survey_file(s, "/proc/self/attr/apparmor/current");
	const char *setting = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";

	return str_eq(survey_file(s, setting), "1") &&
	       (str_empty(profile) || str_eq(profile, "unconfined"));
}

void survey_userns(const struct survey *s, const char *arg, struct finding *f)
{
	(void)arg;
	if (str_eq(survey_file(s, "/proc/sys/kernel/unprivileged_userns_clone"), "0"))
		survey_lacks(
			s, f,
			survey_as_root(s, "sysctl -w kernel.unprivileged_userns_clone=1"),
			"kernel.unprivileged_userns_clone is 0: not for users");
	else if (is_restricted(s))
		survey_lacks(s, f,
			     survey_as_root(s, "sysctl -w kernel.apparmor_restrict_"
					       "unprivileged_userns=0"),
			     "AppArmor denies them to programs without a profile");
	else
		survey_fine(s, f, "users may make them");
}

/* What is not in the bounding set cannot be given to a container */
void survey_capabilities(const struct survey *s, const char *arg, struct finding *f)
{
	uint64_t last = 0, all;

	(void)arg;
	str_u64(survey_file(s, "/proc/sys/kernel/cap_last_cap"), 63, &last);
	all = last < 63 ? (2ULL << last) - 1 : ~0ULL;
	if ((s->facts->caps & all) == all)
		survey_fine(s, f, "all of them can be given");
	else
		survey_lacks(s, f, NULL,
			     "0x%llx of 0x%llx cannot be given: an outer container or "
			     "service dropped them",
			     (unsigned long long)(all & ~s->facts->caps),
			     (unsigned long long)all);
}

/* What is mounted below /proc, and hides a part of it. Over an empty directory a mount
 * hides nothing. */
static const char *mask_of_proc(const struct survey *s)
{
	struct err ignored = ERR_NONE;
	char *text = mountinfo_read("/proc/self/mountinfo", s->arena, &ignored);
	struct mount_row row;

	while (text && mountinfo_next(&text, &row))
		if (str_starts(row.point, "/proc/") &&
		    !str_starts(row.point, "/proc/sys/fs/binfmt_misc"))
			return row.point;
	return NULL;
}

/* A user namespace gets a new proc only where one is wholly visible
 * (mount_too_revealing() of fs/namespace.c) */
void survey_proc(const struct survey *s, const char *arg, struct finding *f)
{
	const char *mask = mask_of_proc(s);

	(void)arg;
	if (mask)
		survey_lacks(s, f, NULL,
			     "%s is mounted over a part of it, so containers get no new "
			     "one: the outer container must not mask it",
			     mask);
	else
		survey_fine(s, f, "nothing is mounted over its parts");
}

void survey_seccomp(const struct survey *s, const char *arg, struct finding *f)
{
	const char *actions = survey_file(s, "/proc/sys/kernel/seccomp/actions_avail");
	strings_t flags = filter_supported_flags(s->arena);
	const char *list = "";

	(void)arg;
	LIST_EACH (flag, &flags)
		list = arena_fmt(s->arena, "%s%s%s", list, *list ? ", " : "",
				 *flag + strlen("SECCOMP_FILTER_FLAG_"));
	if (!strstr(actions, "errno"))
		survey_lacks(s, f, NULL, "this kernel has no filters of system calls");
	else
		survey_fine(s, f, "filters with flags %s", list);
}

void survey_notify(const struct survey *s, const char *arg, struct finding *f)
{
	(void)arg;
	if (strstr(survey_file(s, "/proc/sys/kernel/seccomp/actions_avail"),
		   "user_notif"))
		survey_fine(s, f, "filters can ask an agent");
	else
		survey_lacks(s, f, NULL, "filters cannot ask an agent");
}

/* landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION; 444 everywhere */
void survey_landlock(const struct survey *s, const char *arg, struct finding *f)
{
	long abi = syscall(444, NULL, 0, 1);

	(void)arg;
	if (abi > 0)
		survey_fine(s, f, "ABI %ld", abi);
	else
		survey_lacks(s, f, NULL,
			     "not built in, or not in the list of the parameter lsm=");
}

void survey_lsm(const struct survey *s, const char *arg, struct finding *f)
{
	const char *list = survey_file(s, "/sys/kernel/security/lsm");

	(void)arg;
	if (*list)
		survey_fine(s, f, "%s", list);
	else if (survey_exists("/sys/fs/selinux/enforce"))
		survey_fine(s, f, "selinux");
	else if (survey_exists("/sys/module/apparmor/parameters/enabled"))
		survey_fine(s, f, "apparmor");
	else
		survey_lacks(s, f,
			     survey_as_root(s, "mount -t securityfs securityfs "
					       "/sys/kernel/security"),
			     "not known: securityfs is not mounted");
}

/* Kernels in which file systems learned it: Documentation/filesystems/idmappings.rst and
 * the FS_ALLOW_IDMAP flags */
void survey_idmap(const struct survey *s, const char *arg, struct finding *f)
{
	static const struct {
		unsigned major, minor;
		const char *name;
	} since[] = {
		{ 5, 12, "ext4, fat" },	     { 5, 13, "xfs" },
		{ 5, 15, "btrfs, ntfs3" },   { 5, 18, "f2fs" },
		{ 5, 19, "erofs, overlay" }, { 6, 2, "squashfs" },
		{ 6, 3, "tmpfs" },
	};
	const char *list = "";

	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(since); i++)
		if (survey_since(s, since[i].major, since[i].minor))
			list = arena_fmt(s->arena, "%s%s%s", list, *list ? ", " : "",
					 since[i].name);
	if (s->root)
		survey_fine(s, f, "of %s", list);
	else
		survey_lacks(s, f, NULL,
			     "only root can make one of a host's file system");
}

/* A file system that is a module not loaded yet is loaded when root mounts it, but not
 * when a user does */
void survey_overlay(const struct survey *s, const char *arg, struct finding *f)
{
	(void)arg;
	if (strstr(survey_file(s, "/proc/filesystems"), "\toverlay"))
		survey_fine(s, f, "%s", s->root ? "there" : "there, for users too");
	else
		survey_lacks(s, f, survey_as_root(s, "modprobe overlay"),
			     "not in this kernel, or its module is not loaded");
}

/* Where memory files may not be executed, init is the installed file */
void survey_memfd(const struct survey *s, const char *arg, struct finding *f)
{
	bool denied = str_eq(survey_file(s, "/proc/sys/vm/memfd_noexec"), "2");

	(void)arg;
	if (!denied)
		survey_fine(s, f, "memory files may be executed");
	else if (survey_exists(ARIL_LIBEXECDIR "/aril-init"))
		survey_fine(s, f,
			    "may not be executed: " ARIL_LIBEXECDIR "/aril-init is used");
	else
		survey_lacks(s, f, survey_as_root(s, "sysctl -w vm.memfd_noexec=1"),
			     "vm.memfd_noexec is 2, and " ARIL_LIBEXECDIR
			     "/aril-init is not installed");
}
