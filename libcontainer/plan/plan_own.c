/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the document asks for by aril's own annotations: a root in memory, files in it, a
 * first process that is not the program. For containers that have no image (aril
 * sandbox), but anybody may use them. Runs in the program; pure.
 */
#include <linux/mount.h>
#include <string.h>

#include "libcontainer/plan/draft.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/spec/annotations.h"

/* What a tmpfs has that only init fills: names, and no more */
#define ROOT_OPTIONS "mode=755,size=1m"

static int draft_memory(struct draft *d, struct err *e)
{
	const char *text = annotation_get(&d->spec->annotations, ANNOTATION_ROOT);
	struct plan_mount *m;

	if (!text)
		return 0;
	if (!str_eq(text, "tmpfs") && !str_starts(text, "tmpfs:"))
		return err_plain(e, EINVAL,
				 "annotations.aril.root: \"%s\" is not \"tmpfs\" or "
				 "\"tmpfs:OPTION,OPTION...\"",
				 text);
	m = arena_new(d->a, struct plan_mount);
	m->kind = MOUNT_NEW;
	m->where = m->target = draft_keep(d, "/");
	m->type = draft_keep(d, "tmpfs");
	m->source = draft_keep(d, "aril");
	m->attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	m->data = str_split(d->a, text[5] ? text + 6 : ROOT_OPTIONS, ',');
	d->p->root_memory = m;
	return 0;
}

static int add_file(struct draft *d, const struct pair *from, struct err *e)
{
	const char *path = from->key + strlen(annotation_rows[ANNOTATION_FILE].name);
	struct plan_file *file;

	if (path[0] != '/' || path[1] == '\0')
		return err_plain(e, EINVAL,
				 "annotations.%s: the name of the file is not absolute",
				 from->key);
	if (!d->p->root_memory)
		return err_plain(e, EINVAL,
				 "annotations.%s: files are made only in a root that is "
				 "a tmpfs (annotation aril.root)",
				 from->key);
	file = list_add(d->a, &d->p->files);
	file->path = path_clean(d->a, "/", path);
	file->text = from->value;
	return 0;
}

int draft_landlock(struct draft *d, const struct spec *spec, struct err *e)
{
	const char *text = annotation_get(&spec->annotations, ANNOTATION_LANDLOCK);
	struct plan_landlock *l;

	if (!text)
		return 0;
	if (!d->p->process.no_new_privs)
		return err_plain(e, EINVAL,
				 "annotations.aril.landlock.write: needs "
				 "process.noNewPrivileges");
	l = arena_new(d->a, struct plan_landlock);
	l->write = str_split(d->a, text, '\n');
	LIST_EACH (path, &l->write)
		if (**path != '/')
			return err_plain(e, EINVAL,
					 "annotations.aril.landlock.write: \"%s\" is "
					 "not absolute",
					 *path);
	d->p->landlock = l;
	return 0;
}

int draft_own(struct draft *d, struct err *e)
{
	const pairs_t *all = &d->spec->annotations;

	if (draft_memory(d, e) < 0)
		return -1;
	LIST_EACH (pair, all)
		if (annotation_find(pair->key) == &annotation_rows[ANNOTATION_FILE] &&
		    add_file(d, pair, e) < 0)
			return -1;
	d->p->first_process =
		annotation_is_set(all, ANNOTATION_INIT) && d->p->new_pidns;
	if (annotation_is_set(all, ANNOTATION_INIT) && !d->p->new_pidns)
		return err_plain(e, EINVAL,
				 "annotations.aril.init: needs a new PID namespace");
	return 0;
}
