/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process of an exec; runs in the program */
#include "src/exec_process.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/spec/words.h"

/* 2^32 - 1 means "no id" to the kernel */
#define ID_MAX (UINT32_MAX - 1)

/* A list that can be added to without changing the one it came from */
static strings_t copy_list(struct arena *a, const strings_t *from)
{
	strings_t to = { NULL, 0 };

	LIST_EACH (text, from)
		strings_add(a, &to, *text);
	return to;
}

static int set_user(const char *text, struct spec_user *u, struct err *e)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);

	if (!str_u64n(text, len, ID_MAX, &u->uid) ||
	    (colon && !str_u64(colon + 1, ID_MAX, &u->gid)))
		return err_plain(e, EINVAL,
				 "option --user takes UID[:GID] as numbers, not \"%s\"",
				 text);
	return 0;
}

static int add_groups(const strings_t *groups, struct spec_user *u, struct arena *a,
		      struct err *e)
{
	uints_t all = { NULL, 0 };

	for (size_t i = 0; i < u->additional_gids.n; i++)
		*list_add(a, &all) = u->additional_gids.items[i];
	LIST_EACH (text, groups) {
		uint64_t gid;

		if (!str_u64(*text, ID_MAX, &gid))
			return err_plain(e, EINVAL,
					 "option --additional-gids takes a number, not "
					 "\"%s\"",
					 *text);
		*list_add(a, &all) = gid;
	}
	u->additional_gids = all;
	return 0;
}

static int set_ids(const struct exec_process *o, struct arena *a, struct spec_process *p,
		   struct err *e)
{
	struct spec_user *u;

	if (!o->user && o->groups.n == 0)
		return 0;
	u = arena_new(a, struct spec_user);
	if (p->user)
		*u = *p->user;
	if (o->user && set_user(o->user, u, e) < 0)
		return -1;
	p->user = u;
	return o->groups.n ? add_groups(&o->groups, u, a, e) : 0;
}

static void add_cap(struct arena *a, strings_t *set, const char *name)
{
	if (!strings_has(set, name))
		strings_add(a, set, arena_strdup(a, name));
}

/* Without the object nothing limits the process, and there is nothing to add */
static int add_caps(const strings_t *names, struct arena *a, struct spec_process *p,
		    struct err *e)
{
	struct spec_caps *caps;

	if (names->n == 0)
		return 0;
	caps = arena_new(a, struct spec_caps);
	if (p->capabilities) {
		*caps = *p->capabilities;
		caps->bounding = copy_list(a, &caps->bounding);
		caps->permitted = copy_list(a, &caps->permitted);
		caps->effective = copy_list(a, &caps->effective);
	}
	LIST_EACH (name, names) {
		const char *full =
			str_starts(*name, "CAP_") ? *name : arena_fmt(a, "CAP_%s", *name);

		if (word_find(&words_caps, full) < 0)
			return err_plain(e, EINVAL,
					 "option --cap: unknown capability \"%s\"",
					 *name);
		add_cap(a, &caps->bounding, full);
		add_cap(a, &caps->permitted, full);
		add_cap(a, &caps->effective, full);
	}
	if (p->capabilities)
		p->capabilities = caps;
	return 0;
}

static int read_file(const char *path, struct arena *a, struct spec_process *out,
		     struct err *e)
{
	autofd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct spec_process *p;
	size_t len;
	char *text;

	/* also from a pipe: /dev/fd/63 of a shell */
	if (fd < 0)
		return err_sys(e, "open %s", path);
	text = file_read_fd(a, fd, path, JSON_SIZE_MAX, &len, e);
	if (!text)
		return -1;
	if (spec_process_read(text, len, a, &p, e) < 0)
		return err_wrap(e, "%s", path);
	*out = *p;
	return 0;
}

static int set_base(const struct exec_process *o, const struct spec_process *own,
		    struct arena *a, struct spec_process *out, struct err *e)
{
	if (o->file && o->args.n)
		return err_plain(e, EINVAL,
				 "option --process and a command exclude each other");
	if (o->file)
		return read_file(o->file, a, out, e);
	*out = own ? *own : (struct spec_process){ .cwd = (char *)"/" };
	/* none are asked for: the plan takes the container's, as far as we may */
	memset(&out->rlimits, 0, sizeof(out->rlimits));
	out->terminal = false;
	out->console_size = NULL;
	out->args = o->args;
	return 0;
}

int exec_process_make(const struct exec_process *o, const struct spec_process *own,
		      struct arena *a, struct spec_process *out, struct err *e)
{
	if (set_base(o, own, a, out, e) < 0)
		return -1;
	if (out->args.n == 0)
		return err_plain(e, EINVAL, "args must not be empty");
	if (o->cwd)
		out->cwd = (char *)o->cwd;
	if (str_empty(out->cwd) || out->cwd[0] != '/')
		return err_plain(e, EINVAL, "Cwd must be an absolute path");
	if (o->env.n) {
		out->env = copy_list(a, &out->env);
		LIST_EACH (entry, &o->env)
			strings_add(a, &out->env, *entry);
	}
	out->terminal |= o->tty;
	out->no_new_privileges |= o->no_new_privs;
	if (!str_empty(o->apparmor))
		out->apparmor_profile = (char *)o->apparmor;
	if (!str_empty(o->label))
		out->selinux_label = (char *)o->label;
	if (set_ids(o, a, out, e) < 0)
		return -1;
	return add_caps(&o->caps, a, out, e);
}

/* runc takes "cpu,memory:/path" for each hierarchy of version 1. A name of a cgroup may
 * have a colon, too: behind a slash. */
static bool names_controllers(const char *text)
{
	return text[strcspn(text, ":/")] == ':';
}

int exec_cgroup(const char *text, struct arena *a, const char **path, struct err *e)
{
	*path = NULL;
	if (!text)
		return 0;
	if (names_controllers(text))
		return err_plain(e, EINVAL,
				 "option --cgroup: \"%s\": in cgroup v2 one path is for "
				 "all controllers: none may be named",
				 text);
	if (!*text)
		return err_plain(e, EINVAL, "option --cgroup: the path is empty");
	if (path_climbs(text))
		return err_plain(e, EINVAL,
				 "option --cgroup: \"%s\" may lead out of the "
				 "container's cgroup: \"..\" is not allowed",
				 text);
	*path = path_clean(a, "/", text);
	return 0;
}
