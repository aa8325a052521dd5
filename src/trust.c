/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See trust.h. Runs in the program. */
#include "src/trust.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"

/*
 * AT_SECURE would tell, too, but is also set when a policy of SELinux or AppArmor changes
 * the domain, which is no harm. For others than root execve(2) computes the permitted set
 * from the file's and the ambient one (capabilities(7)): what is more than ambient comes
 * from the file.
 */
static bool has_file_caps(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	uint64_t caps;

	if (getauxval(AT_EUID) == 0 || sys_capget(&head, data) < 0)
		return false;
	caps = data[0].permitted | (uint64_t)data[1].permitted << 32;
	for (int i = 0; caps; i++, caps >>= 1)
		if ((caps & 1) && sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET,
					    (unsigned long)i, 0, 0) != 1)
			return true;
	return false;
}

int trust_ourselves(struct err *e)
{
	if (getauxval(AT_UID) == getauxval(AT_EUID) &&
	    getauxval(AT_GID) == getauxval(AT_EGID) && !has_file_caps())
		return 0;
	return err_plain(e, EPERM,
			 "refusing to run set-user-ID, set-group-ID or with file "
			 "capabilities: that would give every user the host (chmod ug-s, "
			 "setcap -r)");
}

static bool is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() && !(st->st_mode & 022);
}

/* What is not there is fine */
static int check(const char *variable, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0 || is_ours(&st))
		return 0;
	return err_set(e, EPERM,
		       "%s: %s must belong to user %u, and nobody else may write to it",
		       variable, path, geteuid());
}

/* Whoever may rename what is in a directory above decides what is there. In sticky ones
 * only owners may; a group is the administrator's choice. */
static int check_above(const char *variable, char *path, struct err *e)
{
	struct stat st;
	char *slash;

	while ((slash = strrchr(path, '/')) != NULL && path[1]) {
		slash[slash == path] = '\0';
		if (stat(path, &st) < 0)
			return err_sys(e, "%s: examine %s", variable, path);
		if (st.st_uid == geteuid() &&
		    (!(st.st_mode & S_IWOTH) || (st.st_mode & S_ISVTX)))
			continue;
		return err_set(e, EPERM,
			       "%s: %s, which leads there, must belong to user %u, and "
			       "nobody else may rename what is in it",
			       variable, path, geteuid());
	}
	return 0;
}

/* The path without links, or, where nothing is there, as it is: then only we may be able
 * to make it. */
static const char *resolve(const char *variable, const char *path, struct arena *a,
			   struct err *e)
{
	char *above = arena_strdup(a, path), *slash, *real = realpath(path, NULL);
	const char *ret = real ? arena_strdup(a, real) : path;
	bool there = real;

	while (!real && (slash = strrchr(above, '/')) != NULL && above[1]) {
		slash[slash == above] = '\0';
		real = realpath(above, NULL);
	}
	above = arena_strdup(a, real ? real : "/");
	free(real);
	if (!there && check(variable, above, e) < 0)
		return NULL;
	return check_above(variable, above, e) < 0 ? NULL : ret;
}

/* *path becomes one that none but us can lead elsewhere */
static int settle(const char *variable, const char **path, struct arena *a, struct err *e)
{
	const char *real = *path ? resolve(variable, *path, a, e) : NULL;

	if (*path && !real)
		return -1;
	*path = real;
	return 0;
}

int trust_environment(struct environment *env, struct arena *a, struct err *e)
{
	static const char *const programs[] = { "", "/aril-init", "/aril-net",
						"/aril-systemd" };
	struct err why = ERR_NONE, unknown = ERR_NONE;
	struct environment real = *env;
	int ret;

	/* others lead only themselves astray */
	if ((!env->helpers && !env->resctrl) || geteuid() != 0)
		return 0;
	ret = settle("ARIL_LIBEXEC", &real.helpers, a, &why);
	for (size_t i = 0; real.helpers && ret == 0 && i < ARRAY_LEN(programs); i++)
		ret = check("ARIL_LIBEXEC",
			    arena_fmt(a, "%s%s", real.helpers, programs[i]), &why);
	if (ret == 0)
		ret = settle("ARIL_RESCTRL", &real.resctrl, a, &why);
	if (real.resctrl && ret == 0)
		ret = check("ARIL_RESCTRL", real.resctrl, &why);
	if (ret == 0)
		*env = real;
	/* there root is an ordinary user, and the host's root is nobody */
	if (ret == 0 || facts_in_userns(&unknown) > 0)
		return 0;
	*e = why;
	return -1;
}

int trust_runtime_dir(const char *path, struct err *e)
{
	return check("XDG_RUNTIME_DIR", path, e);
}
