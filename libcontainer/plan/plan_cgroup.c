/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The container's cgroup: where, or why not; and that every limit of the document can be
 * applied, for one that is left out in silence is worse than an error. Runs in the
 * program; pure.
 */
#include <string.h>

#include "cgroups/cgroup.h"
#include "cgroups/devices.h"
#include "libcontainer/plan/draft.h"
#include "libcontainer/plan/path.h"

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

static int refuse_limit(const struct draft *d, const struct limit_need *need,
			struct err *e)
{
	const struct plan_cgroup *c = &d->p->cgroup;
	const char *name = need->controller ? need->controller : "cgroup";

	if (c->way == CGROUP_NONE)
		return err_plain(
			e, EINVAL,
			"linux.resources.%s: controller %s cannot be used: the container "
			"has no cgroup of its own: %s",
			need->path, name, c->why);
	if (strings_has(&d->f->controllers, name))
		return err_plain(
			e, EINVAL,
			"linux.resources.%s: this version of aril does not apply it yet",
			need->path);
	if (held_by_v1(d->f, name))
		return err_plain(
			e, EINVAL,
			"linux.resources.%s: controller %s is not in the cgroup2 tree: a "
			"v1 hierarchy holds it",
			need->path, name);
	return err_plain(
		e, EINVAL,
		"linux.resources.%s: controller %s is not in the cgroup2 tree: it is "
		"not enabled on this kernel",
		need->path, name);
}

static int check_limits(const struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	struct limit_need need;

	if (l && l->resources && resources_need(l->resources, 0, &need))
		return refuse_limit(d, &need, e);
	return 0;
}

/*
 * Without a cgroup there is nothing to attach the device filter to. In a user namespace
 * the kernel denies mknod(2) anyway, and every device that is open to the container is
 * its user's; root of the host could make and open any device.
 */
static int check_devices(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	const struct resources *r = l ? l->resources : NULL;
	const struct plan_cgroup *c = &d->p->cgroup;

	if (c->way != CGROUP_NONE || draft_userns(d) || d->f->in_userns ||
	    devices_allow_all(r))
		return 0;
	if (r && r->devices.n)
		return err_plain(
			e, EINVAL,
			"linux.resources.devices: the rules cannot be applied: the "
			"container has no cgroup of its own: %s (only a last rule that "
			"allows all, {\"allow\": true, \"access\": \"rwm\"}, needs "
			"none)",
			c->why);
	draft_warn(d,
		   "linux.resources.devices: the container may use every device: it has "
		   "no cgroup of its own: %s",
		   c->why);
	return 0;
}

/* "" when we own the host: containers are where the document says. Else beside our own
 * cgroup: that is what is delegated to us, if anything is. */
static const char *cgroup_above(const struct draft *d)
{
	const char *own = d->f->cgroup_own ? d->f->cgroup_own : "/";

	if (draft_privileged(d) && !d->f->in_userns)
		return "/";
	return path_parent(d->a, own);
}

static const char *why_not(const struct facts *f, const struct request *r)
{
	if (r->no_cgroup)
		return "--cgroup-manager is disabled";
	if (f->cgroups == CGROUPS_NONE || !f->cgroup_mount)
		return "no cgroup2 tree is mounted";
	if (!f->cgroup_writable)
		return "the cgroup2 tree is not ours to write";
	return NULL;
}

static int decide_cgroup(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	const char *path = l && !str_empty(l->cgroups_path) ? l->cgroups_path : d->r->id;
	const char *why = why_not(d->f, d->r);
	struct plan_cgroup *c = &d->p->cgroup;

	if (path_climbs(path))
		return err_plain(e, EINVAL, "linux.cgroupsPath: has \"..\" in it");
	if (why) {
		c->way = CGROUP_NONE;
		c->why = draft_keep(d, why);
		return 0;
	}
	c->way = CGROUP_MAKE;
	c->mount = draft_keep(d, d->f->cgroup_mount);
	c->path = path_clean(d->a, cgroup_above(d), path + strspn(path, "/"));
	if (strcmp(c->path, "/") == 0)
		return err_plain(e, EINVAL, "linux.cgroupsPath: \"%s\" names no cgroup",
				 path);
	return 0;
}

int draft_cgroup(struct draft *d, struct err *e)
{
	if (d->r->systemd_cgroup)
		return err_plain(
			e, ENOTSUP,
			"--systemd-cgroup: this version of aril has no systemd driver "
			"yet");
	if (decide_cgroup(d, e) < 0)
		return -1;
	/* root expects one; --rootless says to go on without */
	if (d->p->cgroup.way == CGROUP_NONE && d->f->cgroup_mount &&
	    draft_privileged(d) && !d->f->in_userns && !d->r->rootless &&
	    !d->r->no_cgroup)
		return err_plain(e, EROFS,
				 "linux.cgroupsPath: %s: %s (--rootless=true runs "
				 "containers without a cgroup)",
				 d->f->cgroup_mount, d->p->cgroup.why);
	if (check_devices(d, e) < 0)
		return -1;
	return check_limits(d, e);
}
