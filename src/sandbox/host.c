/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the caller and its host are, looked at once. Runs in the program. */
#include "src/sandbox/sandbox.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "libcontainer/plan/facts.h"

/* What programs are made of. Of /etc, what programs of the system need to run, and
 * nothing that is about this host or its users. */
static const char system_names[] =
	"/usr,/bin,/sbin,/lib,/lib32,/lib64,/libx32,/nix/store,/gnu/store,"
	"/etc/alternatives,/etc/bash.bashrc,/etc/ca-certificates,"
	"/etc/ca-certificates.conf,/etc/crypto-policies,/etc/debian_version,"
	"/etc/default/locale,/etc/environment,/etc/fonts,/etc/gai.conf,"
	"/etc/host.conf,/etc/inputrc,/etc/java,/etc/ld.so.cache,/etc/ld.so.conf,"
	"/etc/ld.so.conf.d,/etc/localtime,/etc/locale.alias,/etc/locale.conf,"
	"/etc/magic,/etc/magic.mime,/etc/mime.types,/etc/mke2fs.conf,/etc/nanorc,"
	"/etc/nsswitch.conf,/etc/os-release,/etc/perl,/etc/pki,/etc/profile,"
	"/etc/profile.d,/etc/protocols,/etc/python3,/etc/rpc,/etc/services,"
	"/etc/shells,/etc/skel,/etc/ssl,/etc/terminfo,/etc/timezone,/etc/vim,"
	"/etc/xattr.conf,/etc/xdg";

static const char *const kept[] = { "PATH", "LANG", "LANGUAGE", "TERM", "TZ",
				    "COLORTERM" };

/* The last of the ids that are set apart for containers (systemd's UIDS-GIDS.md): no user
 * has it, nor a container that is not as large as all of them */
#define NOBODY_ELSE 1879048191U

static bool is_kept(const char *entry)
{
	size_t n = strcspn(entry, "=");

	if (n > 3 && strncmp(entry, "LC_", 3) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (strlen(kept[i]) == n && strncmp(entry, kept[i], n) == 0)
			return true;
	return false;
}

static void take_environment(struct sandbox *s, char *const *env, struct arena *a)
{
	for (; env && *env; env++)
		if (is_kept(*env))
			strings_add(a, &s->env, arena_strdup(a, *env));
	strings_add(a, &s->env, arena_fmt(a, "HOME=%s", s->home));
	strings_add(a, &s->env, arena_fmt(a, "USER=%s", s->user));
	strings_add(a, &s->env, arena_fmt(a, "LOGNAME=%s", s->user));
}

static bool is_there(const char *path)
{
	return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static const char *environ_get(char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; env && *env; env++)
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
			return *env + n + 1;
	return NULL;
}

/* A soft limit that is lower than the default stays, a hard one cannot be raised */
static uint64_t at_most(int what, uint64_t value)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)what, &r) == 0 && r.rlim_max < value)
		return r.rlim_max;
	return value;
}

static bool is_name(const char *s)
{
	return s && *s && strlen(s) <= 32 && s[strcspn(s, ":/\n,= \t")] == '\0';
}

/* It is in passwd, too */
static bool is_home(const char *s)
{
	return s && s[0] == '/' && s[1] && s[strcspn(s, ":\n")] == '\0';
}

int sandbox_look(struct sandbox *s, char *const *env, struct arena *a, struct err *e)
{
	const char *home = environ_get(env, "HOME");
	const char *user = environ_get(env, "USER");
	strings_t names = str_split(a, system_names, ',');
	char cwd[PATH_MAX];
	int outside = 0;

	s->uid = s->uid_outside = geteuid();
	s->gid = s->gid_outside = getegid();
	if (s->uid == 0 && (outside = facts_in_userns(e)) < 0)
		return -1;
	if (s->uid == 0 && !outside)
		s->uid_outside = s->gid_outside = NOBODY_ELSE;
	s->user = is_name(user) ? user : s->uid ? "user" : "root";
	s->home = is_home(home) ? home : "/home/user";
	if (!getcwd(cwd, sizeof(cwd)) || cwd[0] != '/')
		return err_sys(e, "find the working directory");
	s->cwd = arena_strdup(a, cwd);
	LIST_EACH (name, &names)
		if (is_there(*name))
			strings_add(a, &s->system, *name);
	s->open_files = at_most(RLIMIT_NOFILE, s->open_files);
	s->pids = at_most(RLIMIT_NPROC, s->pids);
	s->file_size = at_most(RLIMIT_FSIZE, s->file_size);
	take_environment(s, env, a);
	return 0;
}
