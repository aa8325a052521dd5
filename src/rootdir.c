/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing the directory of all containers; runs in the program */
#include "src/rootdir.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "libcontainer/plan/facts.h"
#include "src/path.h"
#include "src/trust.h"

/* 1, 0, or -1 */
static int wants_runtime_dir(const struct environment *env, uid_t uid, struct err *e)
{
	if (str_empty(env->runtime_dir) || env->runtime_dir[0] != '/')
		return 0;
	if (uid != 0)
		return 1;
	return str_eq(env->user, "root") ? 0 : facts_in_userns(e);
}

/* Anybody can make names in /tmp: it must be ours before anything is trusted in it */
static char *in_tmp(struct arena *a, uid_t uid, struct err *e)
{
	char *path = arena_fmt(a, "/tmp/aril-%u", uid);
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		err_sys(e, "make directory %s", path);
		return NULL;
	}
	if (lstat(path, &st) < 0) {
		err_sys(e, "examine %s", path);
		return NULL;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != uid || (st.st_mode & 077)) {
		err_set(e, EPERM,
			"%s must be a directory of mode 0700 that belongs to user %u",
			path, uid);
		return NULL;
	}
	return path;
}

const char *rootdir_find(const struct call *c, struct err *e)
{
	const struct environment *env = &c->env;
	uid_t uid = geteuid();
	int in_runtime_dir;
	const char *path;

	if (c->global.root) {
		path = *c->global.root ? path_from_cwd(c->arena, c->global.root, e) : "/";
		if (path && strcmp(path, "/") == 0) {
			err_plain(e, EINVAL, "invalid root directory: \"%s\"",
				  c->global.root);
			return NULL;
		}
		return path;
	}
	in_runtime_dir = wants_runtime_dir(env, uid, e);
	if (in_runtime_dir < 0)
		return NULL;
	if (in_runtime_dir && trust_runtime_dir(env->runtime_dir, e) < 0)
		return NULL;
	if (in_runtime_dir)
		return arena_fmt(c->arena, "%s/aril", env->runtime_dir);
	return uid == 0 ? "/run/aril" : in_tmp(c->arena, uid, e);
}
