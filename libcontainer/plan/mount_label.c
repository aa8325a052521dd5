/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SELinux labels of new file systems. Runs in the program; pure.
 *
 * Theory. A file system that keeps no labels of its own gets one for all of its files by
 * an option. Those of the kernel's own objects (proc, sysfs, cgroup2) are decided by the
 * policy, and a bind shows files that have theirs.
 */
#include "libcontainer/plan/mount_label.h"

#include <string.h>

#include "libcontainer/spec/annotations.h"

static const char *const kinds[] = { "context", "fscontext", "defcontext",
				     "rootcontext" };
static const char *const unlabelled[] = { "proc", "sysfs", "cgroup", "cgroup2" };

static bool is_one_of(const char *const *names, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(names[i], text))
			return true;
	return false;
}

/* The document gave it one itself */
static bool has_label(const struct plan_mount *m)
{
	LIST_EACH (option, &m->data)
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
			if (str_starts(*option, kinds[i]) &&
			    (*option)[strlen(kinds[i])] == '=')
				return true;
	return false;
}

int mount_label_check(const struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	const char *kind =
		annotation_get(&d->spec->annotations, ANNOTATION_MOUNT_CONTEXT);

	if (!l || str_empty(l->mount_label))
		return 0;
	if (!d->f->selinux)
		return err_plain(e, EINVAL,
				 "linux.mountLabel: a label is given, but SELinux is not "
				 "enabled on this host");
	if (kind && !is_one_of(kinds, ARRAY_LEN(kinds), kind))
		return err_plain(e, EINVAL,
				 "annotations.run.oci.mount_context_type: \"%s\" is not "
				 "one of context, fscontext, defcontext, rootcontext",
				 kind);
	return 0;
}

void mount_label(struct draft *d, struct plan_mount *m)
{
	const struct spec_linux *l = d->spec->linux;
	const char *kind =
		annotation_get(&d->spec->annotations, ANNOTATION_MOUNT_CONTEXT);

	if (!l || str_empty(l->mount_label) || m->kind != MOUNT_NEW ||
	    is_one_of(unlabelled, ARRAY_LEN(unlabelled), m->type) || has_label(m))
		return;
	/* one parameter of fsconfig(2): its commas need no quotes */
	strings_add(d->a, &m->data,
		    arena_fmt(d->a, "%s=%s", kind ? kind : kinds[0], l->mount_label));
}
