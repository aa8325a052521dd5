/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether there is a seccomp filter, and who listens to it. Runs in the program; pure.
 */
#include "libcontainer/plan/draft.h"
#include "libcontainer/spec/annotations.h"

/* The document's own path before crun's ways to give one: the annotation, the variable */
static const char *find_listener(const struct draft *d, const struct profile *s)
{
	const char *path =
		annotation_get(&d->spec->annotations, ANNOTATION_SECCOMP_RECEIVER);

	if (!str_empty(s->listener_path))
		return s->listener_path;
	return str_empty(path) ? d->r->seccomp_receiver : path;
}

int draft_seccomp(struct draft *d, struct err *e)
{
	const struct profile *s = d->spec->linux ? d->spec->linux->seccomp : NULL;
	bool bytes = annotation_get(&d->spec->annotations, ANNOTATION_SECCOMP_DATA);
	const char *path;

	d->p->has_filter = s || bytes;
	/* they are the filter, and the profile is not read, as crun has it */
	if (bytes)
		return 0;
	/* listenerPath without a call to listen to is to be ignored (config-linux.md) */
	if (!s || !profile_notifies(s))
		return 0;
	path = find_listener(d, s);
	if (str_empty(path))
		return err_plain(e, EINVAL,
				 "linux.seccomp.listenerPath: is missing, "
				 "SCMP_ACT_NOTIFY needs it");
	if (path[0] != '/')
		return err_plain(e, EINVAL,
				 "linux.seccomp.listenerPath: \"%s\" is not an absolute "
				 "path",
				 path);
	d->p->listener = draft_keep(d, path);
	d->p->listener_metadata =
		str_empty(s->listener_metadata) ? NULL : s->listener_metadata;
	return 0;
}
