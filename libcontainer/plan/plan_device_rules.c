/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The device filter of the container's cgroup: whether there is one, and whether it may
 * be missing. Runs in the program; pure.
 */
#include "base/text.h"
#include "cgroups/devices.h"
#include "libcontainer/plan/draft.h"

static void add_number(struct text *t, char in_front, const struct opt_i64 *number)
{
	if (number->set && number->v >= 0)
		text_add(t, "%c%ld", in_front, (long)number->v);
	else
		text_add(t, "%c*", in_front);
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
int draft_device_rules(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	const struct resources *r = l ? l->resources : NULL;
	struct plan_cgroup *c = &d->p->cgroup;
	bool guest = draft_guest(d);

	if (c->way != CGROUP_NONE && !devices_allow_all(r)) {
		c->filter_devices = true;
		c->devices_may_fail = !draft_owns_host(d);
		list_devices(d, r);
	}
	if (c->way != CGROUP_NONE || guest || devices_allow_all(r))
		return 0;
	if (r && r->devices.n && draft_may_close_devices(d, r)) {
		d->closes_devices = c->devices_by_nodev = true;
		draft_warn(
			d,
			"linux.resources.devices: held by nodev mounts, not by a filter: "
			"the container has no cgroup of its own: %s",
			c->why);
		return 0;
	}
	if (r && r->devices.n)
		return err_plain(
			e, EINVAL,
			"linux.resources.devices: the rules cannot be applied: the "
			"container has no cgroup of its own: %s (only a last rule that "
			"allows all, {\"allow\": true, \"access\": \"rwm\"}, or a "
			"container with a tmpfs at /dev and without CAP_MKNOD and "
			"CAP_SYS_ADMIN needs none: see CAVEATS in aril(8))",
			c->why);
	draft_warn(d,
		   "linux.resources.devices: the container may use every device: it has "
		   "no cgroup of its own: %s",
		   c->why);
	return 0;
}
