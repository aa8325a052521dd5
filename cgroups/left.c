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
#define LOOK_MS	    2000

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

struct names {
	enum left_which which;
	char *text;   /* of LEFT_TEXT */
	size_t n;     /* all of them are counted; few are named */
	size_t named; /* the first so many */
};

static int name_see(void *to, pid_t pid, struct err *e)
{
	struct left l = { .state = '\0' };
	struct names *all = to;
	bool room = all->named == all->n && all->named < NAMES_MAX;

	(void)e;
	if (all->which == LEFT_AWAKE || room) {
		member_look(pid, &l);
		if (all->which == LEFT_AWAKE && weight(l.state) == 0)
			return 0;
	}
	all->n++;
	all->named += room && name_add(all->text, pid, &l);
	return 0;
}

size_t left_names(const struct cgroup *c, enum left_which which, char text[LEFT_TEXT])
{
	struct names all = { .which = which, .text = text };
	struct err ignored = ERR_NONE;
	bool whole;

	text[0] = '\0';
	whole = cgroup_each(c, LOOK_MS, name_see, &all, &ignored) == 0;
	if (all.named < all.n || !whole)
		memcpy(text + strlen(text), " ...", sizeof(" ..."));
	return all.n;
}
