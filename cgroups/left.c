/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See left.h. Runs in the program. */
#include "cgroups/left.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"

#define THREADS_MAX 1000 /* that are looked at, of one process */
#define NAMES_MAX   8

struct left {
	char state;	/* letter of proc(5); '\0': not known */
	char wchan[64]; /* the kernel's function that it waits in; "": not known */
};

/* `name` is /proc/PID, or a TID below its task/. Field 3 of stat is behind the last ')':
 * the name in field 2 may hold blanks and parentheses. */
static void thread_look(int dir, const char *name, struct left *l)
{
	struct err ignored = ERR_NONE;
	char path[300], text[1024];
	const char *at = NULL;

	*l = (struct left){ .state = '\0' };
	fmt_text(path, sizeof(path), "%s/stat", name);
	if (file_get(dir, path, text, sizeof(text), &ignored) >= 0)
		at = strrchr(text, ')');
	if (!at || at[1] != ' ')
		return;
	l->state = at[2];
	fmt_text(path, sizeof(path), "%s/wchan", name);
	if (file_get(dir, path, l->wchan, sizeof(l->wchan), &ignored) < 0 ||
	    strcmp(l->wchan, "0") == 0)
		l->wchan[0] = '\0';
}

/* How much a thread's state says about why its process is still there */
static int weight(char state)
{
	return state == 'D' ? 2 : state == 'R' ? 1 : 0;
}

/* The thread that says most, else the first. One that has ended meanwhile has no
 * state. */
static void member_look(pid_t pid, struct left *l)
{
	char path[40];
	struct dirent *entry;
	DIR *d;

	fmt_text(path, sizeof(path), "/proc/%d", pid);
	thread_look(AT_FDCWD, path, l);
	fmt_text(path, sizeof(path), "/proc/%d/task", pid);
	d = opendir(path);
	for (int i = 0; d && i < THREADS_MAX && (entry = readdir(d)) != NULL; i++) {
		struct left other;

		if (entry->d_name[0] == '.')
			continue;
		thread_look(dirfd(d), entry->d_name, &other);
		if (weight(other.state) > weight(l->state))
			*l = other;
	}
	if (d)
		closedir(d);
}

/* Add a name if it fits with " ..." behind it */
static bool name_add(char text[LEFT_TEXT], pid_t pid, const struct left *l)
{
	size_t at = strlen(text), room = LEFT_TEXT - at;
	char name[128];
	size_t n = fmt_text(name, sizeof(name), l->state ? " %d (%c%s%s)" : " %d", pid,
			    l->state, *l->wchan ? ", " : "", l->wchan);

	if (n + sizeof(" ...") > room)
		return false;
	memcpy(text + at, name, n + 1);
	return true;
}

static size_t names_add(const pids_t *pids, enum left_which which, char text[LEFT_TEXT])
{
	size_t n = 0, named = 0;
	bool room = true;

	LIST_EACH (pid, pids) {
		struct left l = { .state = '\0' };

		/* all of them are counted; few are named */
		if (which == LEFT_AWAKE || (room && named < NAMES_MAX)) {
			member_look(*pid, &l);
			if (which == LEFT_AWAKE && weight(l.state) == 0)
				continue;
		}
		n++;
		room = room && named < NAMES_MAX && name_add(text, *pid, &l);
		named += room;
	}
	if (named < n)
		memcpy(text + strlen(text), " ...", sizeof(" ..."));
	return n;
}

size_t left_names(const struct cgroup *c, enum left_which which, char text[LEFT_TEXT])
{
	struct err ignored = ERR_NONE;
	struct arena a = ARENA_NONE;
	pids_t pids = { NULL, 0 };
	size_t n = 0;

	text[0] = '\0';
	if (arena_open(&a, false, &ignored) == 0 &&
	    cgroup_pids(c, &a, &pids, &ignored) == 0)
		n = names_add(&pids, which, text);
	arena_done(&a);
	return n;
}
