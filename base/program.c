/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See program.h. Runs in the program. */
#include "base/program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

/* Not what everybody could have put there: neither the file, nor the directory, be it
 * sticky or not */
static bool is_program(const char *dir, const char *path)
{
	struct stat st, around;

	return dir[0] == '/' && access(path, X_OK) == 0 && stat(path, &st) == 0 &&
	       S_ISREG(st.st_mode) && !(st.st_mode & S_IWOTH) &&
	       stat(dir, &around) == 0 && !(around.st_mode & S_IWOTH);
}

char *program_find(const char *dirs, const char *name, struct arena *a)
{
	strings_t list = str_split(a, dirs, ':');

	LIST_EACH (dir, &list) {
		char *path = arena_fmt(a, "%s/%s", *dir, name);

		if (is_program(*dir, path))
			return path;
	}
	return NULL;
}

/* Signals as a new process finds them */
static void set_attributes(posix_spawnattr_t *attr, bool new_session)
{
	sigset_t all, none;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setflags(attr,
				 (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
					 (new_session ? POSIX_SPAWN_SETSID : 0)));
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &all);
}

int program_start(const char *path, char *const *argv, const struct program_file *files,
		  size_t n, bool new_session, pid_t *pid)
{
	char *const no_env[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	pid_t born;
	int ret;

	posix_spawnattr_init(&attr);
	set_attributes(&attr, new_session);
	posix_spawn_file_actions_init(&actions);
	for (size_t i = 0; i < n; i++) {
		if (files[i].from < 0)
			posix_spawn_file_actions_addopen(&actions, files[i].to,
							 "/dev/null", O_RDWR, 0);
		else
			posix_spawn_file_actions_adddup2(&actions, files[i].from,
							 files[i].to);
	}
	ret = posix_spawn(&born, path, &actions, &attr, argv, no_env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	if (ret == 0)
		*pid = born;
	return ret;
}
