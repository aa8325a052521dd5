/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Passing controllers down to a cgroup, and giving it to a user. Runs in the program, on
 * the host's side.
 *
 * A cgroup has the controllers that the one above it lists in cgroup.subtree_control. So
 * what the tree has and what the cgroup has tell whether there is anything to do: mostly
 * there is not, and nothing between the two is looked at. (Linux,
 * Documentation/admin-guide/cgroup-v2.rst, "Enabling and Disabling".)
 */
#include "cgroups/controllers.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
#define NAMES_MAX 32
#define WORDS_MAX 512 /* bytes of a list of controllers */

/* The controllers of the tree, each a bit in the masks below, and where it ends on the
 * way down */
struct way {
	char words[WORDS_MAX];
	const char *names[NAMES_MAX];
	size_t n;
	struct {
		bool ends;
		size_t at; /* the level: so many bytes of the cgroup's path */
		int num;   /* why; 0: not tried */
	} stop[NAMES_MAX];
};

static bool has_word(const char *words, const char *name)
{
	size_t n = strlen(name);

	while (*words) {
		size_t len = strcspn(words, " \n");

		if (len == n && n > 0 && memcmp(words, name, n) == 0)
			return true;
		words += len + (words[len] != '\0');
	}
	return false;
}

static uint32_t mask_of(const struct way *w, const char *words)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < w->n; i++)
		if (has_word(words, w->names[i]))
			mask |= 1U << i;
	return mask;
}

/* w->n: the tree does not have it */
static size_t index_of(const struct way *w, const char *name)
{
	size_t i = 0;

	while (i < w->n && strcmp(w->names[i], name) != 0)
		i++;
	return i;
}

static uint32_t mask_of_name(const struct way *w, const char *name)
{
	size_t i = index_of(w, name);

	return i < w->n ? 1U << i : 0;
}

static int mask_read(const struct way *w, int dir, const char *file, uint32_t *mask,
		     struct err *e)
{
	char words[WORDS_MAX];

	if (file_get(dir, file, words, sizeof(words), e) < 0)
		return -1;
	*mask = mask_of(w, words);
	return 0;
}

/* Start at the tree's root: what does it have? Returns the root, opened. */
static int way_open(struct way *w, const struct cgroup *c, struct err *e)
{
	autofd root = open(c->mount, DIR_FLAGS);
	char *at = w->words;

	w->n = 0;
	memset(w->stop, 0, sizeof(w->stop));
	if (root < 0)
		return err_sys(e, "open the cgroup tree %s", c->mount);
	if (file_get(root, "cgroup.controllers", w->words, sizeof(w->words), e) < 0)
		return err_wrap(e, "cgroup tree %s", c->mount);
	while (w->n < NAMES_MAX && *(at += strspn(at, " "))) {
		w->names[w->n++] = at;
		at += strcspn(at, " ");
		if (*at)
			*at++ = '\0';
	}
	return fd_take(&root);
}

/* "+cpu +io" to the file; 0 or an errno value */
static int pass_on(const struct way *w, int dir, uint32_t mask)
{
	struct err e = ERR_NONE;
	char text[WORDS_MAX + NAMES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (mask & 1U << i)
			n += fmt_text(text + n, sizeof(text) - n, "%s+%s", n ? " " : "",
				      w->names[i]);
	return file_put(dir, "cgroup.subtree_control", text, &e) < 0 ? e.num : 0;
}

/* Processes of its own: the kernel would let it pass on cpu and pids all the same, and
 * make it a threaded domain by that, in which nothing below can hold a container any
 * more. The root of the whole tree, which has no type, may have processes. */
static bool is_busy(int dir)
{
	struct err ignored = ERR_NONE;
	char text[32];

	return faccessat(dir, "cgroup.type", F_OK, 0) == 0 &&
	       file_get(dir, "cgroup.procs", text, sizeof(text), &ignored) > 0;
}

/* One level: what of `wanted` it passes on, after it was asked to (unless we only look).
 * One controller that is refused must not keep the others back. */
static uint32_t pass_level(struct way *w, int dir, size_t at, uint32_t wanted, bool look)
{
	struct err ignored = ERR_NONE;
	uint32_t have = 0, missing;
	bool busy;

	if (mask_read(w, dir, "cgroup.subtree_control", &have, &ignored) < 0)
		have = 0;
	missing = wanted & ~have;
	busy = missing && !look && is_busy(dir);
	if (missing && !look && !busy && pass_on(w, dir, missing) == 0)
		return wanted;
	for (size_t i = 0; i < w->n; i++) {
		int num;

		if (!(missing & 1U << i))
			continue;
		num = look ? 0 : busy ? EBUSY : pass_on(w, dir, 1U << i);
		if (!look && num == 0) {
			have |= 1U << i;
			continue;
		}
		w->stop[i].ends = true;
		w->stop[i].at = at;
		w->stop[i].num = num;
	}
	return wanted & have;
}

/* From the root to the cgroup above c. The path is one that cgroup_make() or
 * cgroup_open() has checked: it has no "..". */
static int pass_down(struct way *w, const struct cgroup *c, int root, uint32_t wanted,
		     bool look, struct err *e)
{
	autofd dir = openat(root, ".", DIR_FLAGS);
	const char *at = c->path;

	while (dir >= 0 && wanted) {
		const char *name = at + strspn(at, "/"), *end = name + strcspn(name, "/");
		char part[256];
		int next;

		wanted = pass_level(w, dir, (size_t)(at - c->path), wanted, look);
		if (*end == '\0' || (size_t)(end - name) >= sizeof(part))
			return 0;
		fmt_text(part, sizeof(part), "%.*s", (int)(end - name), name);
		next = openat(dir, part, DIR_FLAGS);
		fd_close(&dir);
		dir = next;
		at = end;
	}
	if (dir < 0)
		return err_sys(e, "open cgroup %.*s", (int)(at - c->path), c->path);
	return 0;
}

/* The error for a controller that c does not have */
static int missing_say(const struct way *w, const struct cgroup *c, const char *name,
		       struct err *e)
{
	static const struct {
		int num;
		const char *text;
	} whys[] = {
		{ 0, "" },
		{ EBUSY, ": it has processes of its own" },
		{ EACCES, ": it is not ours to write" },
		{ EPERM, ": it is not ours to write" },
		{ EROFS, ": it is not ours to write" },
	};
	size_t i = index_of(w, name);
	const char *level = "/";
	int len = 1, num;

	if (i == w->n)
		return err_plain(e, ENOENT, "controller %s is not in the cgroup2 tree %s",
				 name, c->mount);
	if (!w->stop[i].ends)
		return err_plain(e, ENOENT, "controller %s is not enabled in cgroup %s",
				 name, c->path);
	if (w->stop[i].at) {
		level = c->path;
		len = (int)w->stop[i].at;
	}
	num = w->stop[i].num;
	for (size_t k = 0; k < ARRAY_LEN(whys); k++)
		if (num == whys[k].num)
			return err_plain(e, num ? num : ENOENT,
					 "controller %s is not enabled in cgroup %s: "
					 "%.*s does not pass it on%s",
					 name, c->path, len, level, whys[k].text);
	return err_set(
		e, num,
		"controller %s is not enabled in cgroup %s: %.*s does not pass it on",
		name, c->path, len, level);
}

/* A process cannot be put into a threaded cgroup, only threads of one that is above */
static int check_type(const struct cgroup *c, struct err *e)
{
	struct err ignored = ERR_NONE;
	char type[32];

	if (file_get(c->fd, "cgroup.type", type, sizeof(type), &ignored) < 0)
		return 0;
	if (strcmp(type, "domain invalid") != 0 && strcmp(type, "threaded") != 0)
		return 0;
	return err_plain(e, ENOTSUP,
			 "cgroup %s is in a threaded subtree (cgroup.type: %s): no "
			 "container can be in it",
			 c->path, type);
}

int controllers_enable(const struct cgroup *c, const limits_t *limits, bool all,
		       struct err *e)
{
	uint32_t wanted = 0, have = 0;
	struct way w;
	autofd root = -1;

	if (check_type(c, e) < 0)
		return -1;
	root = way_open(&w, c, e);
	if (root < 0 || mask_read(&w, c->fd, "cgroup.controllers", &have, e) < 0)
		return err_wrap(e, "cgroup %s", c->path);
	LIST_EACH (l, limits)
		if (l->controller)
			wanted |= mask_of_name(&w, l->controller);
	if (all)
		wanted = w.n < 32 ? (1U << w.n) - 1 : UINT32_MAX;
	if ((wanted & ~have) &&
	    (pass_down(&w, c, root, wanted, false, e) < 0 ||
	     mask_read(&w, c->fd, "cgroup.controllers", &have, e) < 0))
		return err_wrap(e, "cgroup %s", c->path);
	LIST_EACH (l, limits) {
		if (!l->controller || l->may_miss ||
		    (mask_of_name(&w, l->controller) & have))
			continue;
		missing_say(&w, c, l->controller, e);
		return err_wrap(e, "linux.resources.%s", l->where);
	}
	return 0;
}

int controllers_need(const struct cgroup *c, const char *name, struct err *e)
{
	char words[WORDS_MAX];
	struct way w;
	autofd root = -1;

	if (file_get(c->fd, "cgroup.controllers", words, sizeof(words), e) < 0)
		return err_wrap(e, "cgroup %s", c->path);
	if (has_word(words, name))
		return 0;
	root = way_open(&w, c, e);
	if (root < 0 || pass_down(&w, c, root, mask_of_name(&w, name), true, e) < 0)
		return -1;
	return missing_say(&w, c, name, e);
}

int cgroup_give(const struct cgroup *c, uint32_t uid, struct err *e)
{
	static const char core[] = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads";
	struct err ignored = ERR_NONE;
	char list[4096], name[256];
	const char *at = list;

	if (file_get(AT_FDCWD, "/sys/kernel/cgroup/delegate", list, sizeof(list),
		     &ignored) < 0)
		at = core;
	if (fchown(c->fd, uid, (gid_t)-1) < 0)
		return err_sys(e, "give cgroup %s to user %u", c->path, uid);
	while (*at) {
		size_t n = strcspn(at, "\n");

		fmt_text(name, sizeof(name), "%.*s", (int)n, at);
		at += n + (at[n] == '\n');
		if (n == 0 || n >= sizeof(name) || strchr(name, '/'))
			continue;
		if (fchownat(c->fd, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) < 0 &&
		    errno != ENOENT)
			return err_sys(e, "give %s of cgroup %s to user %u", name,
				       c->path, uid);
	}
	return 0;
}
