/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The container's cgroup: where, or why not; and that every limit of the document can be
 * applied, for one that is left out in silence is worse than an error. Runs in the
 * program; pure.
 */
#include <string.h>

#include "cgroups/cgroup.h"
#include "base/text.h"
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

static void add_number(struct text *t, char in_front, const struct opt_i64 *number)
{
	if (number->set && number->v >= 0)
		text_add(t, "%c%ld", in_front, (long)number->v);
	else
		text_add(t, "%c*", in_front);
}

static char *refuse_limit(const struct draft *d, const struct limit_need *need)
{
	const struct plan_cgroup *c = &d->p->cgroup;
	const char *name = need->controller ? need->controller : "cgroup";

	if (c->way == CGROUP_NONE)
		return arena_fmt(
			d->a,
			"linux.resources.%s: controller %s cannot be used: the container "
			"has no cgroup of its own: %s",
			need->path, name, c->why);
	if (strings_has(&d->f->controllers, name))
		return arena_fmt(
			d->a,
			"linux.resources.%s: this version of aril does not apply it yet",
			need->path);
	return arena_fmt(d->a,
			 "linux.resources.%s: controller %s is not in the cgroup2 tree: "
			 "%s",
			 need->path, name,
			 held_by_v1(d->f, name) ? "a v1 hierarchy holds it"
						: "it is not enabled on this kernel");
}

/* All of them at once */
static int check_limits(const struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	struct limit_need need;
	char *all = NULL;

	if (!l || !l->resources)
		return 0;
	for (size_t i = 0; resources_need(l->resources, i, &need); i++) {
		char *one = refuse_limit(d, &need);

		all = all ? arena_fmt(d->a, "%s; %s", all, one) : one;
	}
	return all ? err_plain(e, EINVAL, "%s", all) : 0;
}

/* What the device filter does; for `aril plan` */
static void list_devices(struct draft *d, const struct resources *r)
{
	struct plan_cgroup *c = &d->p->cgroup;

	for (size_t i = 0; r && i < r->devices.n; i++) {
		const struct res_device *rule = &r->devices.items[i];
		struct text t = TEXT(d->a);

		text_add(&t, "%s %s", rule->allow ? "allow" : "deny",
			 rule->type ? rule->type : "a");
		add_number(&t, ' ', &rule->major);
		add_number(&t, ':', &rule->minor);
		text_add(&t, " %s", rule->access ? rule->access : "rwm");
		strings_add(d->a, &c->device_rules, t.s);
	}
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
	struct plan_cgroup *c = &d->p->cgroup;
	bool guest = draft_userns(d) || d->f->in_userns;

	if (c->way != CGROUP_NONE && !devices_allow_all(r)) {
		c->filter_devices = true;
		c->devices_may_fail = guest || !d->f->can_mount;
		list_devices(d, r);
	}
	if (c->way != CGROUP_NONE || guest || devices_allow_all(r))
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
