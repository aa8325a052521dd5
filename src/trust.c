/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See trust.h. Runs in the program. */
#include "src/trust.h"

#include <linux/capability.h>
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

int trust_environment(const struct environment *env, struct arena *a, struct err *e)
{
	static const char *const programs[] = { "", "/aril-init", "/aril-net",
						"/aril-systemd" };
	struct err why = ERR_NONE, unknown = ERR_NONE;
	int ret = 0;

	/* others lead only themselves astray */
	if ((!env->helpers && !env->resctrl) || geteuid() != 0)
		return 0;
	for (size_t i = 0; env->helpers && ret == 0 && i < ARRAY_LEN(programs); i++)
		ret = check("ARIL_LIBEXEC",
			    arena_fmt(a, "%s%s", env->helpers, programs[i]), &why);
	if (env->resctrl && ret == 0)
		ret = check("ARIL_RESCTRL", env->resctrl, &why);
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
