/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What criu is told for a restore: above all what is given anew of what came from outside
 * of the container, by the names of launch_criu.h. Runs in the program.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/str.h"
#include "libcontainer/launch_restore.h"

static void add_mount(struct back *t, const char *name, const char *source)
{
	*list_add(t->arena, &t->opts.mounts) = (struct criu_pair){ name, source };
}

/* What is mounted below the source of a recursive bind has a name of its own */
static int add_below(struct back *t, const struct plan_mount *m, struct err *e)
{
	strings_t below = { NULL, 0 };

	if (launch_mounts_below("/proc/self/mountinfo", m->source, t->arena, &below, e) <
	    0)
		return -1;
	LIST_EACH (at, &below)
		add_mount(t,
			  arena_fmt(t->arena, "%s%s", m->target, *at + strlen(m->source)),
			  *at);
	return 0;
}

static int add_mounts(struct back *t, struct err *e)
{
	LIST_EACH (m, &t->plan->mounts) {
		if (m->kind != MOUNT_BIND)
			continue;
		add_mount(t, m->target, m->source);
		if (m->recursive && add_below(t, m, e) < 0)
			return -1;
	}
	LIST_EACH (device, &t->plan->devices)
		if (device->source)
			add_mount(t, device->path, device->source);
	if (t->plan->masked.n > 0)
		add_mount(t, CRIU_MASK, CRIU_MASK);
	return 0;
}

static void inherit(struct back *t, const char *key, int fd)
{
	LIST_EACH (known, &t->opts.inherits)
		if (str_eq(known->key, key))
			return;
	*list_add(t->arena, &t->opts.inherits) = (struct criu_inherit){ key, fd };
}

static int add_namespace(struct back *t, const struct plan_join *join, struct err *e)
{
	static const struct {
		uint32_t flag;
		const char *word;
		bool inherited;
	} known[] = { { CLONE_NEWNET, CRIU_NET_NAME, true },
		      { CLONE_NEWPID, CRIU_PID_NAME, true },
		      { CLONE_NEWIPC, "ipc", false },
		      { CLONE_NEWUTS, "uts", false },
		      { CLONE_NEWUSER, "user", false },
		      { CLONE_NEWTIME, "time", false } };
	int fd;

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].flag != join->flag)
			continue;
		if (!known[i].inherited) {
			*list_add(t->arena, &t->opts.joins) =
				(struct criu_pair){ known[i].word, join->path };
			return 0;
		}
		fd = open(join->path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return err_sys(e, "%s namespace: open %s", join->name,
				       join->path);
		inherit(t, known[i].word, CRIU_FIRST_FILE + (int)t->files.n);
		*list_add(t->arena, &t->files) = fd;
	}
	return 0;
}

struct stdio {
	strings_t names;
};
static const struct json_member stdio_members[] = {
	JSON_ROW(STRS, struct stdio, names, "names"),
};
static const struct json_shape stdio_shape = JSON_SHAPE(struct stdio, stdio_members);

/* Our stdin, stdout and stderr for those that the container had, as far as they came from
 * outside */
static int add_stdio(struct back *t, struct err *e)
{
	static const char *const outside[] = { "pipe:", "socket:", "file[" };
	struct stdio stdio = { .names = { NULL, 0 } };
	struct err why = ERR_NONE;
	char *text = file_read(t->arena, t->dirs.images, CRIU_STDIO, 65536, NULL, &why);

	if (!text && why.num == ENOENT) /* made by criu itself */
		return 0;
	if (!text) {
		*e = why;
		return -1;
	}
	text = arena_fmt(t->arena, "{\"names\":%s}", text);
	if (json_read(text, strlen(text), &stdio_shape, &stdio, t->arena, e) < 0)
		return err_wrap(e, "%s/" CRIU_STDIO, t->wish->image_path);
	for (size_t i = 0; i < stdio.names.n && i < 3; i++)
		for (size_t j = 0; j < ARRAY_LEN(outside); j++)
			if (str_starts(stdio.names.items[i], outside[j]))
				inherit(t, stdio.names.items[i], (int)i);
	return 0;
}

int restore_opts(struct back *t, struct err *e)
{
	const struct criu_wish *w = t->wish;
	const struct box_state *s = &t->box->state;
	struct criu_opts *o = &t->opts;

	criu_common(w, &t->spec->annotations, RESTORE_LOG, t->arena, o);
	o->root = arena_fmt(t->arena, "%s/" RESTORE_ROOT, t->box->path);
	o->rst_sibling = true;
	o->evasive_devices = true;
	o->orphan_pts_master = true;
	o->lsm_profile = w->lsm_profile;
	o->lsm_mount_context = w->lsm_mount_context;
	if (t->plan->clone_flags & CLONE_NEWNET)
		o->empty_ns = CLONE_NEWNET;
	if (s->cgroup_path)
		*list_add(t->arena, &o->cgroup_roots) =
			(struct criu_pair){ "", s->cgroup_path };
	LIST_EACH (join, &t->plan->joins)
		if (add_namespace(t, join, e) < 0)
			return -1;
	if (add_mounts(t, e) < 0)
		return -1;
	return add_stdio(t, e);
}
