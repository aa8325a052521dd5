/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts of a running container. Runs in the program; pure.
 *
 * Theory. Init enters the container, attaches what the host's side has opened, and ends.
 * What is in the container may be hostile and may look into a process that it sees, so
 * init joins no more namespaces than it needs: the user and the mount namespace, and one
 * that a new file system shows. Mounts of the runtime's tree, and file systems whose
 * source is a name in it, are made and dressed by the host's side, for the container must
 * never hold one that is still writable. An ordinary user may not clone the mounts of the
 * host: there init does it in the container's user namespace, before it enters the
 * container's mount namespace (init/added.c).
 */
#include <linux/mount.h>
#include <linux/sched.h>

#include "libcontainer/plan/draft.h"

/* File systems that show a namespace of who mounts them */
static const struct {
	const char *type;
	uint32_t flag;
} shown[] = {
	{ "proc", CLONE_NEWPID },
	{ "sysfs", CLONE_NEWNET },
	{ "mqueue", CLONE_NEWIPC },
	{ "cgroup2", CLONE_NEWCGROUP },
};

static struct plan *begin(struct draft *d, const struct spec *spec,
			  const struct enter *in, const struct facts *f,
			  const struct request *r, struct arena *a)
{
	struct plan *p = draft_open(d, spec, f, r, a);

	p->enter = p->only_mounts = true;
	p->shape = SHAPE_JOIN;
	p->cgroup.way = CGROUP_NONE;
	p->cgroup.why = draft_keep(d, "mounts are changed from outside");
	p->join_flags = in->ns_flags & (CLONE_NEWUSER | CLONE_NEWNS);
	d->joined = in->ns_flags;
	d->uids = &in->uids;
	d->gids = &in->gids;
	p->ids_zero = draft_userns(d);
	/* those of the caller are nobody's business in the container, but where it is
	 * denied they cannot be dropped */
	p->process.set_groups = !in->userns_setgroups_denied && !f->setgroups_denied;
	p->steps = STEP_BIT(STEP_JOIN) | STEP_BIT(STEP_MOUNTS) | STEP_BIT(STEP_LEAVE);
	if (p->ids_zero)
		p->steps |= STEP_BIT(STEP_IDS);
	return p;
}

/* Is it made from something in the runtime's tree */
static bool needs_host(const struct plan_mount *m)
{
	return m->kind == MOUNT_NEW &&
	       (str_eq(m->type, "overlay") || (m->source && m->source[0] == '/'));
}

static int adapt_new(struct draft *d, struct plan_mount *m, struct err *e)
{
	m->fallback = NULL; /* it would be the container's own */
	if (m->late_readonly) {
		m->late_readonly = false;
		m->attr_set |= MOUNT_ATTR_RDONLY;
	}
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if (str_eq(m->type, shown[i].type))
			d->p->join_flags |= d->joined & shown[i].flag;
	if (!needs_host(m))
		return 0;
	if (!d->f->can_mount)
		return err_set(e, EPERM,
			       "%s: a file system made from names of the host cannot be "
			       "added without root",
			       m->where);
	m->by_host = true;
	return 0;
}

static int adapt(struct draft *d, struct plan_mount *m, struct err *e)
{
	if (m->kind == MOUNT_CHANGE)
		return err_plain(e, EINVAL,
				 "%s: a running container's mounts can be added and "
				 "removed, not changed",
				 m->where);
	return m->kind == MOUNT_NEW ? adapt_new(d, m, e) : 0;
}

/* When all were adapted: what is joined for a later one shows us to the container, too */
static int check_hidden(const struct draft *d, const struct plan_mount *m, struct err *e)
{
	/* the child for it needs the runtime's /proc, see mapped.c, and must not be seen
	 * with it */
	if (m->idmap != IDMAP_NONE && !m->by_host &&
	    (!(d->joined & CLONE_NEWPID) || (d->p->join_flags & CLONE_NEWPID)))
		return err_plain(e, EINVAL,
				 "%s: its ids cannot be mapped: the container would see "
				 "the process that does it",
				 m->where);
	return 0;
}

static int check_number(size_t n, struct err *e)
{
	if (n == 0)
		return err_plain(e, EINVAL, "there are no mounts in the list");
	if (n > ENTER_MOUNTS_MAX)
		return err_plain(e, E2BIG, "%zu mounts are more than %d at a time", n,
				 ENTER_MOUNTS_MAX);
	return 0;
}

int plan_enter_mounts(const struct spec *mounts, const struct enter *in,
		      const struct facts *f, const struct request *r, struct arena *a,
		      struct plan **out, struct err *e)
{
	struct spec spec = *mounts;
	struct draft d;
	struct plan *p;

	spec.linux = in->spec->linux;
	spec.annotations = in->spec->annotations;
	p = begin(&d, &spec, in, f, r, a);
	if (check_number(spec.mounts.n, e) < 0 || draft_propagation(&d, e) < 0 ||
	    draft_mounts(&d, e) < 0)
		return -1;
	LIST_EACH (m, &p->mounts)
		if (adapt(&d, m, e) < 0)
			return -1;
	d.closes_devices = draft_devices_closed(&d, in);
	draft_close_mounts(&d);
	LIST_EACH (m, &p->mounts)
		if (check_hidden(&d, m, e) < 0)
			return -1;
	*out = p;
	return 0;
}

int plan_enter_detach(const struct enter_detach *mounts, size_t n, const struct enter *in,
		      const struct facts *f, const struct request *r, struct arena *a,
		      struct plan **out, struct err *e)
{
	struct draft d;
	struct plan *p = begin(&d, in->spec, in, f, r, a);

	if (check_number(n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct plan_mount *m = list_add(a, &p->mounts);

		m->kind = MOUNT_DETACH;
		m->target = draft_keep(&d, mounts[i].target);
		m->where = m->target;
		m->id = mounts[i].id;
	}
	*out = p;
	return 0;
}
