/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is shared with a sandbox. Runs in the program. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "libcontainer/plan/path.h"
#include "src/sandbox/sandbox.h"

/* "/a/b" is in "/a" and in "/a/b" */
static bool is_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n == 1) /* the root */
		return true;
	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* Lists of paths in annotations have one on each line */
static int add(struct sandbox *s, char *source, char *destination, bool write,
	       struct arena *a, struct err *e)
{
	if (strchr(destination, '\n'))
		return err_plain(e, EINVAL, "%s: a name with a newline is not shared",
				 destination);
	*list_add(a, &s->paths) = (struct sandbox_path){ source, destination, write };
	return 0;
}

int sandbox_share(struct sandbox *s, const char *option, const char *text, bool write,
		  struct arena *a, struct err *e)
{
	const char *colon = strrchr(text, ':');
	char *destination = NULL, *source;
	struct stat st;

	if (colon && colon[1] == '/') {
		destination = arena_strdup(a, colon + 1);
		text = arena_strndup(a, text, (size_t)(colon - text));
	}
	if (!*text)
		return err_plain(e, EINVAL, "option %s: the path is empty", option);
	source = path_absolute(a, s->cwd, text);
	if (stat(source, &st) < 0)
		return err_sys(e, "option %s: %s", option, source);
	if (!destination)
		destination = source;
	if (!destination[1])
		return err_plain(e, EINVAL,
				 "option %s: %s cannot be shared as the root of the "
				 "sandbox",
				 option, source);
	return add(s, source, destination, write, a, e);
}

static bool is_shared(const struct sandbox *s, const char *path)
{
	LIST_EACH (name, &s->system)
		if (is_in(path, *name))
			return true;
	LIST_EACH (p, &s->paths)
		if (is_in(path, p->destination))
			return true;
	return false;
}

int sandbox_share_cwd(struct sandbox *s, bool *shared, struct arena *a, struct err *e)
{
	char *cwd = arena_strdup(a, s->cwd);
	struct stat st;

	*shared = is_shared(s, cwd);
	if (*shared || !is_in(cwd, s->home) || str_eq(cwd, s->home))
		return 0;
	if (stat(cwd, &st) < 0)
		return err_sys(e, "look at %s", cwd);
	if (st.st_uid != s->uid)
		return 0;
	*shared = true;
	return add(s, cwd, cwd, true, a, e);
}
