/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Namespaces: which are made, which are joined, in which order and by which process. Runs
 * in the program; pure.
 *
 * Theory. clone3(2) makes all new namespaces at once, the new user namespace first, so
 * that the others belong to it. That is the direct shape and the fast one. Joining is
 * setns(2), which a process does to itself, and three things keep init from doing that
 * alone:
 *
 *  - A PID namespace that is joined, or a time namespace, holds only for children made
 *    afterwards (setns(2), CLONE_NEWPID). Somebody has to join and then clone.
 *  - New namespaces belong to the user namespace of who makes them. If the user namespace
 *    is joined and a mount namespace is new, the clone must come after the join.
 *  - The runtime itself must stay where it is: it still has files to write and hooks to
 *    run.
 *
 * So in the join shape clone3 first makes a middle process that joins all and then clones
 * the true init with what is left of the flags, as its own sibling (CLONE_PARENT): the
 * runtime, and later its caller, stays the parent that can wait for it.
 *
 * The order of joins. setns() wants CAP_SYS_ADMIN in the user namespace that owns the
 * target, and joining a user namespace gives all capabilities there and takes those
 * outside. Root therefore joins the user namespace last (what it joins before may belong
 * to anyone), and who has no privileges joins it first, for only there it has any. The
 * mount namespace comes last of the others: it changes what paths mean (all are open as
 * fds by then, so this is for whoever reads a trace). All namespaces are opened before
 * the first is joined.
 *
 * A time namespace with offsets cannot be made by clone3(2) either: it takes them until
 * the first process is in it (time_namespaces(7)), and the clone is that one. The middle
 * process unshares it, which moves only its children there, sets its clocks and clones.
 * To set them wants CAP_SYS_TIME in the user namespace that owns it. The middle process
 * has that as root, or as who made that user namespace; a new one it unshares at the same
 * time.
 *
 * A new cgroup namespace is never a clone flag: its root is the cgroup of the process
 * that asks for it, and in clone3(2) that is still the parent, even with
 * CLONE_INTO_CGROUP (kernel/fork.c: copy_namespaces() runs before cgroup_post_fork()). So
 * init unshares it as a step of its own (STEP_CGROUP_NS), once it is where it belongs.
 */
#include <linux/sched.h>
#include <string.h>

#include "libcontainer/plan/draft.h"
#include "libcontainer/spec/sysctl.h"
#include "libcontainer/spec/words.h"

/* In the order in which they are joined; user is first or last */
static const uint32_t join_order[] = {
	CLONE_NEWNET,  CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP,
	CLONE_NEWTIME, CLONE_NEWPID, CLONE_NEWNS,
};

static void add_join(struct draft *d, uint32_t flag)
{
	const struct spec_linux *l = d->spec->linux;

	LIST_EACH (ns, &l->namespaces) {
		struct plan_join *join;

		if ((uint32_t)word_find(&words_namespaces, ns->type) != flag ||
		    str_empty(ns->path))
			continue;
		join = list_add(d->a, &d->p->joins);
		join->flag = flag;
		join->name = ns->type;
		join->path = ns->path;
	}
}

static void order_joins(struct draft *d)
{
	if (!draft_privileged(d))
		add_join(d, CLONE_NEWUSER);
	for (size_t i = 0; i < ARRAY_LEN(join_order); i++)
		add_join(d, join_order[i]);
	if (draft_privileged(d))
		add_join(d, CLONE_NEWUSER);
}

static int sort_namespaces(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;

	for (size_t i = 0; l && i < l->namespaces.n; i++) {
		const struct spec_namespace *ns = &l->namespaces.items[i];
		long flag = word_find(&words_namespaces, ns->type);

		if (flag < 0)
			return err_plain(e, EINVAL,
					 "linux.namespaces[%zu].type: unknown word "
					 "\"%s\"",
					 i, ns->type);
		if (str_empty(ns->path))
			d->fresh |= (uint32_t)flag;
		else
			d->joined |= (uint32_t)flag;
	}
	return 0;
}

/* Whoever makes the time namespace must be in the user namespace that shall own it, where
 * it may set the clocks: a new one is made with it */
static void decide_clocks(struct draft *d)
{
	const struct spec_linux *l = d->spec->linux;
	const char *text = "";

	if (!l || !l->time_offsets.n || !(d->fresh & CLONE_NEWTIME))
		return;
	LIST_EACH (offset, &l->time_offsets)
		text = arena_fmt(d->a, "%s%s %ld %lu\n", text, offset->key,
				 (long)offset->secs, (unsigned long)offset->nanosecs);
	d->p->time_offsets = text;
	d->p->early_flags = d->fresh & (CLONE_NEWTIME | CLONE_NEWUSER);
}

int draft_namespaces(struct draft *d, struct err *e)
{
	struct plan *p = d->p;

	if (sort_namespaces(d, e) < 0)
		return -1;
	if (!((d->fresh | d->joined) & CLONE_NEWNS))
		return err_plain(
			e, EINVAL,
			"linux.namespaces: aril needs a mount namespace: without one "
			"the container's mounts would be the host's");
	/* rootless, and the document left it to us how */
	if (!d->f->can_mount && !draft_userns(d))
		d->fresh |= CLONE_NEWUSER;
	if (d->joined)
		order_joins(d);
	decide_clocks(d);
	p->shape = d->joined || p->early_flags ? SHAPE_JOIN : SHAPE_DIRECT;
	p->clone_flags = d->fresh & ~(uint32_t)CLONE_NEWCGROUP;
	p->new_pidns = (d->fresh & CLONE_NEWPID) != 0;
	p->new_userns = (d->fresh & CLONE_NEWUSER) != 0;
	p->ids_zero = draft_userns(d);
	return 0;
}

/* A setting that the namespace keeps; its path is below /proc/sys */
static const char *find_setting(const struct draft *d, const char *type)
{
	LIST_EACH (sysctl, &d->p->sysctls)
		if (str_eq(sysctl_space(sysctl->path + strlen("sys/")), type))
			return arena_fmt(d->a, "linux.sysctl.%s", sysctl->name);
	return NULL;
}

/* A new cgroup2 mount, whose options are those of all mounts that are made from the same
 * cgroup namespace: see plan_special.c */
static const char *find_cgroup2(const struct draft *d)
{
	LIST_EACH (m, &d->p->mounts)
		if (m->kind == MOUNT_NEW && str_eq(m->type, "cgroup2"))
			return m->where;
	return NULL;
}

static const char *find_write(const struct draft *d, const struct plan_join *join)
{
	switch (join->flag) {
	case CLONE_NEWNET:
		if (d->p->net.links.n)
			return d->p->net.links.items[0].where;
		return find_setting(d, join->name);
	case CLONE_NEWNS:
		return draft_keep(d, "mounts");
	case CLONE_NEWCGROUP:
		return find_cgroup2(d);
	case CLONE_NEWUTS:
		if (d->p->hostname)
			return draft_keep(d, "hostname");
		if (d->p->domainname)
			return draft_keep(d, "domainname");
		return find_setting(d, join->name);
	default:
		return find_setting(d, join->name);
	}
}

void draft_joins(struct draft *d)
{
	LIST_EACH (join, &d->p->joins)
		join->writes = find_write(d, join);
}
