/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The plan of an exec: one more process in a container that runs. Runs in the program;
 * pure.
 *
 * Its namespaces, mounts and devices are there; what is left is to join (by the pidfd of
 * the container's init, all namespaces in one setns(2)), to be in its cgroup and to
 * become the user under the container's own filter.
 */
#include <linux/sched.h>

#include "libcontainer/plan/draft.h"

static int enter_cgroup(struct draft *d, const struct enter *in, struct err *e)
{
	struct plan_cgroup *c = &d->p->cgroup;

	c->way = CGROUP_NONE;
	c->sub = draft_keep(d, d->r->sub_cgroup);
	if (!in->cgroup_mount || !in->cgroup_path) {
		c->why = draft_keep(d, "the container has none");
		return c->sub ? err_plain(e, EINVAL,
					  "option --cgroup: the container has no cgroup")
			      : 0;
	}
	c->way = CGROUP_ENTER;
	c->mount = draft_keep(d, in->cgroup_mount);
	c->path = draft_keep(d, in->cgroup_path);
	if (in->scope)
		c->unit = draft_unit_named(d, in->scope, in->scope_user);
	c->subgroup = draft_keep(d, in->subgroup);
	return 0;
}

int plan_enter(const struct spec_process *process, const struct enter *in,
	       const struct facts *f, const struct request *r, struct arena *a,
	       struct plan **out, struct err *e)
{
	struct draft d;
	struct plan *p = draft_open(&d, in->spec, f, r, a);

	p->enter = true;
	p->join_flags = in->ns_flags;
	p->shape = in->ns_flags ? SHAPE_JOIN : SHAPE_DIRECT;
	d.joined = in->ns_flags;
	d.setgroups_denied = in->userns_setgroups_denied || f->setgroups_denied;
	p->ids_zero = draft_userns(&d);
	if (enter_cgroup(&d, in, e) < 0 || draft_enter_devices(&d, in, process, e) < 0 ||
	    draft_seccomp(&d, e) < 0 || draft_process(&d, process, e) < 0 ||
	    draft_landlock(&d, in->spec, e) < 0)
		return -1;
	draft_steps(&d);
	*out = p;
	return 0;
}
