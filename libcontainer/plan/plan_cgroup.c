/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The container's cgroup: where, or why not; whose; and its limits. Every limit of the
 * document must be one that can be applied, for one that is left out in silence is worse
 * than an error. Runs in the program; pure.
 */
#include <string.h>

#include "cgroups/limits.h"
#include "libcontainer/plan/draft.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/spec/annotations.h"

/* cgroup v1 had other names for some controllers */
static const struct {
	const char *v2, *v1;
} old_names[] = { { "io", "blkio" }, { "cpu", "cpuacct" } };

static bool held_by_v1(const struct facts *f, const char *controller)
{
	for (size_t i = 0; i < ARRAY_LEN(old_names); i++)
		if (strcmp(old_names[i].v2, controller) == 0 &&
		    strings_has(&f->v1_controllers, old_names[i].v1))
			return true;
	return strings_has(&f->v1_controllers, controller);
}

/* What somebody who can change this host has to do */
static const char *remedy(const struct draft *d, const char *controller)
{
	if (held_by_v1(d->f, controller))
		return arena_fmt(d->a,
				 "a v1 hierarchy holds it (see /proc/cgroups): boot with "
				 "systemd.unified_cgroup_hierarchy=1, or with "
				 "cgroup_no_v1=%s",
				 controller);
	if (!draft_owns_host(d))
		return "it is not delegated to this user: let root put "
		       "\"[Service]\" and \"Delegate=cpu cpuset io memory pids\" into "
		       "/etc/systemd/system/user@.service.d/delegate.conf";
	return arena_fmt(
		d->a,
		"this kernel does not have it, or was booted with cgroup_disable=%s",
		controller);
}

static char *refuse_limit(const struct draft *d, const struct limit *limit)
{
	const struct plan_cgroup *c = &d->p->cgroup;
	const char *name = limit->controller ? limit->controller : "cgroup";

	if (c->way == CGROUP_NONE)
		return arena_fmt(
			d->a,
			"linux.resources.%s: controller %s cannot be used: the container "
			"has no cgroup of its own: %s",
			limit->where, name, c->why);
	return arena_fmt(
		d->a,
		"linux.resources.%s: controller %s is not in the cgroup2 tree at %s: %s",
		limit->where, name, c->mount, remedy(d, name));
}

/* Can it be applied, as far as is known now? What a user's service manager passes down is
 * seen when the cgroup is there. */
static bool can_limit(const struct draft *d, const struct limit *limit)
{
	const struct plan_cgroup *c = &d->p->cgroup;

	if (c->way == CGROUP_NONE)
		return limit->may_miss;
	return !limit->controller || limit->may_miss || (c->unit && c->unit->user) ||
	       strings_has(&d->f->controllers, limit->controller);
}

/* All that cannot, at once */
static int check_limits(const struct draft *d, struct err *e)
{
	const char *last = NULL;
	char *all = NULL;

	LIST_EACH (limit, &d->p->cgroup.limits) {
		char *one;

		/* a member may be several writes */
		if (can_limit(d, limit) || str_eq(last, limit->where))
			continue;
		last = limit->where;
		one = refuse_limit(d, limit);
		all = all ? arena_fmt(d->a, "%s; %s", all, one) : one;
	}
	return all ? err_plain(e, EINVAL, "%s", all) : 0;
}

/* Before version 1.3 of the specification a limit of 0 processes was one that is not set,
 * and podman 4 still writes it */
static struct resources *without_old_zero(const struct draft *d,
					  const struct resources *r)
{
	struct resources *copy = arena_new(d->a, struct resources);
	const char *version = d->spec->oci_version;

	*copy = *r;
	if (r->pids && r->pids->limit.set && r->pids->limit.v == 0 &&
	    (str_starts(version, "1.0") || str_starts(version, "1.1") ||
	     str_starts(version, "1.2")))
		copy->pids = NULL;
	return copy;
}

static int read_limits(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	const struct resources *r;
	strings_t lost;

	if (!l || !l->resources)
		return 0;
	r = without_old_zero(d, l->resources);
	lost = limits_lost(r, d->a);
	if (lost.n > 0 && d->r->strict)
		return err_plain(e, EINVAL, "%s", lost.items[0]);
	LIST_EACH (text, &lost)
		strings_add(d->a, &d->p->warnings, *text);
	return limits_make(r, NULL, d->a, &d->p->cgroup.limits, e);
}

/* "/" when we own the host: containers are where the document says. Else beside our own
 * cgroup: that is what is delegated to us, if anything is. */
static const char *cgroup_above(const struct draft *d)
{
	const char *own = d->f->cgroup_own ? d->f->cgroup_own : "/";

	return draft_owns_host(d) ? "/" : path_parent(d->a, own);
}

static const char *why_not(const struct facts *f, const struct request *r)
{
	if (r->no_cgroup)
		return "--cgroup-manager is disabled";
	if (f->cgroups == CGROUPS_NONE || !f->cgroup_mount)
		return "no cgroup2 tree is mounted";
	if (!f->cgroup_writable && !r->systemd_cgroup)
		return "the cgroup2 tree is not ours to write";
	return NULL;
}

/* An ordinary user whose service manager is there: it does not like others to make
 * cgroups in its part of the tree, even where they may. A path that is no unit's was
 * meant for there. */
static bool prefers_unit(const struct draft *d)
{
	const struct spec_linux *l = d->spec->linux;
	const char *path = l && l->cgroups_path ? l->cgroups_path : "";
	const struct facts *f = d->f;
	const struct request *r = d->r;

	return f->user_manager && f->cgroup_mount && !r->cgroupfs && !r->no_cgroup &&
	       !r->systemd_cgroup && (!f->cgroup_writable || !*path || strchr(path, ':'));
}

static int own_path(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	const char *path = l && !str_empty(l->cgroups_path) ? l->cgroups_path : d->r->id;
	struct plan_cgroup *c = &d->p->cgroup;

	c->path = path_clean(d->a, cgroup_above(d), path + strspn(path, "/"));
	/* not the one above, either, which is not ours alone */
	if (strcmp(path_clean(d->a, "/", path), "/") == 0)
		return err_plain(e, EINVAL, "linux.cgroupsPath: \"%s\" names no cgroup",
				 path);
	return 0;
}

static int decide_cgroup(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	const char *why = why_not(d->f, d->r);
	struct plan_cgroup *c = &d->p->cgroup;

	if (l && !str_empty(l->cgroups_path) && path_climbs(l->cgroups_path))
		return err_plain(e, EINVAL, "linux.cgroupsPath: has \"..\" in it");
	c->unit_may_fail = prefers_unit(d);
	if (why && !c->unit_may_fail) {
		c->way = CGROUP_NONE;
		c->why = draft_keep(d, why);
		return 0;
	}
	c->way = CGROUP_MAKE;
	c->mount = draft_keep(d, d->f->cgroup_mount);
	c->all_controllers = d->f->cgroups == CGROUPS_UNIFIED;
	if (d->r->systemd_cgroup || c->unit_may_fail)
		return draft_unit(d, e);
	return own_path(d, e);
}

/* Does the container get a cgroup tree of its own to write to? (config-linux.md, "cgroup
 * ownership") */
static bool shows_cgroups(const struct spec *spec)
{
	LIST_EACH (m, &spec->mounts)
		if (str_eq(m->source, "cgroup") &&
		    str_eq(m->destination, "/sys/fs/cgroup"))
			return !strings_has(&m->options, "ro");
	return false;
}

/* Our id of the container's user; false: not known */
static bool owner_of(const struct draft *d, uint32_t *owner)
{
	const struct spec_process *process = d->spec->process;
	uint32_t uid = process && process->user ? process->user->uid : 0;

	*owner = uid;
	if (!draft_userns(d))
		return true;
	LIST_EACH (map, &d->p->ids.uids) {
		if (uid < map->inside || uid - map->inside >= map->size)
			continue;
		*owner = map->outside + (uid - map->inside);
		return true;
	}
	return false;
}

static void decide_owner(struct draft *d)
{
	struct plan_cgroup *c = &d->p->cgroup;

	c->give = c->way == CGROUP_MAKE && draft_privileged(d) &&
		  (c->delegate ||
		   ((d->fresh & CLONE_NEWCGROUP) && shows_cgroups(d->spec))) &&
		  owner_of(d, &c->owner) && c->owner != d->f->euid;
}

/* crun's annotations about cgroups below the container's */
static int decide_below(struct draft *d, struct err *e)
{
	const pairs_t *all = &d->spec->annotations;
	struct plan_cgroup *c = &d->p->cgroup;
	const char *sub = annotation_get(all, ANNOTATION_SUBGROUP);

	c->delegate = annotation_get(all, ANNOTATION_DELEGATE);
	if (str_empty(c->delegate))
		c->delegate = NULL;
	if (c->delegate && c->way != CGROUP_MAKE)
		return err_plain(e, EINVAL,
				 "annotations.run.oci.delegate-cgroup: the container has "
				 "no cgroup: %s",
				 c->why);
	/* there is no unit for the other driver: crun says nothing, either */
	if (str_empty(sub) || c->way != CGROUP_MAKE || !c->unit)
		return 0;
	if (!c->unit->slice)
		return err_plain(e, EINVAL,
				 "annotations.run.oci.systemd.subgroup: systemd "
				 "delegates scopes only, and %s is a slice",
				 c->unit->name);
	c->subgroup = sub;
	return 0;
}

/* Is there anything that was asked for and would be lost with the cgroup? */
static bool would_lose(const struct draft *d)
{
	const struct plan_cgroup *c = &d->p->cgroup;

	return c->subgroup || c->delegate || c->limits.n || c->properties.n ||
	       (c->device_rules.n && !draft_guest(d));
}

int draft_cgroup(struct draft *d, struct err *e)
{
	struct plan_cgroup *c = &d->p->cgroup;

	if (decide_cgroup(d, e) < 0)
		return -1;
	/* root expects one; --rootless says to go on without */
	if (c->way == CGROUP_NONE && d->f->cgroup_mount && draft_owns_host(d) &&
	    !d->r->rootless && !d->r->no_cgroup)
		return err_plain(e, EROFS,
				 "linux.cgroupsPath: %s: %s (--rootless=true runs "
				 "containers without a cgroup)",
				 d->f->cgroup_mount, c->why);
	if (c->way == CGROUP_NONE)
		draft_warn(d, "the container has no cgroup: %s", c->why);
	if (decide_below(d, e) < 0)
		return -1;
	decide_owner(d);
	if (draft_device_rules(d, e) < 0 || read_limits(d, e) < 0 ||
	    check_limits(d, e) < 0)
		return -1;
	c->unit_may_fail &= !would_lose(d);
	return 0;
}
