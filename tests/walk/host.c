/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is there: files, cgroups, mounts, links; and what is new. Runs on the host. */
#include "tests/walk/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* nftw(3) has no argument for us */
static struct snapshot *taken;
static const char *kind;

static void line_add(struct snapshot *s, const char *what, const char *text)
{
	char *line;

	if (s->n == ARRAY_LEN(s->lines) || asprintf(&line, "%s %s", what, text) < 0) {
		fprintf(stderr, "walk: there is too much to look at\n");
		exit(99);
	}
	s->lines[s->n++] = line;
}

/* Compiled filters are kept on purpose, by names of 64 hexadecimal digits */
static bool is_kept(const char *path)
{
	const char *cache = strstr(path, "/.cache");
	size_t len = strlen(path);

	if (!cache) /* and the empty directory for what is being made */
		return len > 5 && strcmp(path + len - 5, "/.tmp") == 0;
	cache += strlen("/.cache");
	if (!*cache || strcmp(cache, "/seccomp") == 0)
		return true;
	return strncmp(cache, "/seccomp/", 9) == 0 && strlen(cache + 9) == 64 &&
	       strspn(cache + 9, "0123456789abcdef") == 64;
}

static int on_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	char text[4200];
	int n;

	(void)at;
	if (is_kept(path) || (strcmp(kind, "cgroup") == 0 && type != FTW_D))
		return 0;
	n = snprintf(text, sizeof(text), "%s", path);
	/* of directories the size and the like change on their own */
	if (type == FTW_F && strcmp(kind, "cgroup") != 0)
		snprintf(text + n, sizeof(text) - (size_t)n, " (%o, %lld bytes)",
			 st->st_mode, (long long)st->st_size);
	line_add(taken, kind, text);
	return 0;
}

static void tree_add(struct snapshot *s, const char *what, const char *dir)
{
	taken = s;
	kind = what;
	nftw(dir, on_file, 32, FTW_PHYS | FTW_MOUNT);
}

static void mounts_add(struct snapshot *s)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[8192], device[64], root[4096], where[4096], text[8300];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*d %*d %63s %4095s %4095s", device, root, where) != 3)
			continue;
		snprintf(text, sizeof(text), "%s %s %s", where, device, root);
		line_add(s, "mount", text);
	}
	if (f)
		fclose(f);
}

static void links_add(struct snapshot *s)
{
	FILE *f = fopen("/proc/self/net/dev", "re");
	char line[1024], name[64];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " %63[^:]:", name) == 1 && strchr(line, ':'))
			line_add(s, "link", name);
	if (f)
		fclose(f);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *cgroup_tree(void)
{
	static char tree[4096];
	char where[4096], type[64];
	FILE *f = *tree ? NULL : fopen("/proc/self/mounts", "re");

	while (f && fscanf(f, "%*s %4095s %63s %*[^\n]", where, type) == 2)
		if (strcmp(type, "cgroup2") == 0)
			snprintf(tree, sizeof(tree), "%s", where);
	if (f)
		fclose(f);
	return tree;
}

void snapshot_take(struct walk *w, struct snapshot *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->lines[i]);
	s->n = 0;
	for (size_t i = 0; i < w->n_watched; i++)
		tree_add(s, "file", w->watched[i]);
	tree_add(s, "file", w->bundles);
	tree_add(s, "pin", "/sys/fs/bpf");
	tree_add(s, "cgroup", cgroup_tree());
	mounts_add(s);
	links_add(s);
	qsort(s->lines, s->n, sizeof(s->lines[0]), compare);
}

/* Walk both lists at once. `tell` gets each line that only one of them has. */
static bool differences(struct walk *w, void (*tell)(void *, char, const char *),
			void *to)
{
	size_t a = 0, b = 0;
	bool found = false;

	snapshot_take(w, &w->now);
	while (a < w->base.n || b < w->now.n) {
		int order = a == w->base.n  ? 1
			    : b == w->now.n ? -1
					    : strcmp(w->base.lines[a], w->now.lines[b]);

		if (order != 0) {
			found = true;
			tell(to, order < 0 ? '-' : '+',
			     order < 0 ? w->base.lines[a] : w->now.lines[b]);
		}
		a += order <= 0;
		b += order >= 0;
	}
	return found;
}

struct told {
	char *text;
	size_t n, size;
};

static void tell_text(void *to, char sign, const char *line)
{
	struct told *t = to;
	int n;

	if (t->n + 2 >= t->size)
		return;
	n = snprintf(t->text + t->n, t->size - t->n, "%s%c%s", t->n ? ", " : "", sign,
		     line);
	t->n += n < 0 ? 0 : (size_t)n;
}

bool snapshot_differs(struct walk *w, char *text, size_t size)
{
	struct told t = { .text = text, .size = size };

	*text = '\0';
	return differences(w, tell_text, &t);
}

struct doomed {
	char *lines[256];
	size_t n;
};

static void tell_doomed(void *to, char sign, const char *line)
{
	struct doomed *d = to;

	if (sign == '+' && d->n < ARRAY_LEN(d->lines))
		d->lines[d->n++] = strdup(line);
}

static void line_remove(const char *line)
{
	const char *path = strchr(line, '/');
	char *copy = path ? strdup(path) : NULL;

	if (!copy)
		return;
	copy[strcspn(copy, " ")] = '\0';
	if (strncmp(line, "mount", 5) == 0)
		umount2(copy, MNT_DETACH);
	else if (unlink(copy) < 0)
		rmdir(copy);
	free(copy);
}

void host_wipe(struct walk *w)
{
	struct doomed d = { .n = 0 };
	char text[4096];

	children_kill(w);
	differences(w, tell_doomed, &d);
	while (d.n > 0) { /* what is in a directory comes after it */
		line_remove(d.lines[--d.n]);
		free(d.lines[d.n]);
	}
	if (!snapshot_differs(w, text, sizeof(text)))
		return;
	printf("# this cannot be removed, and is not counted again: %s\n", text);
	snapshot_take(w, &w->base);
}

bool cgroup_of(pid_t pid, char *path, size_t size)
{
	char file[64], line[4096];
	bool found = false;
	FILE *f;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	f = fopen(file, "re");
	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) != 0)
			continue;
		snprintf(path, size, "%s%s", cgroup_tree(), line + 3);
		found = true;
	}
	if (f)
		fclose(f);
	return found;
}

bool cgroup_reads(pid_t pid, const char *file, const char *want)
{
	char path[8192], text[4096];
	size_t n;
	int fd;

	if (!cgroup_of(pid, path, sizeof(path)))
		return false;
	n = strlen(path);
	snprintf(path + n, sizeof(path) - n, "/%s", file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = (size_t)read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n >= sizeof(text))
		return false;
	text[n] = '\0';
	return strstr(text, want) != NULL;
}
