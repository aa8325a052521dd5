/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changing the limits of a container that launch.c made. All that can be told before is
 * checked before anything is written; when a write fails all the same, those before it
 * stay. Runs in the program.
 */
#include "base/str.h"
#include "cgroups/controllers.h"
#include "cgroups/devices.h"
#include "cgroups/limits.h"
#include "cgroups/unit.h"
#include "libcontainer/launch.h"
#include "libcontainer/launch_parts.h"
#include "libcontainer/plan/build.h"

static int check_status(struct box *b, struct err *e)
{
	enum box_status status = box_status(b);

	if (status == BOX_CREATING || status == BOX_STOPPED)
		return err_plain(e, ESRCH, "container not running");
	return 0;
}

/* What cgroup v2 cannot do */
static int tell_lost(const struct launch *how, const struct resources *r, struct arena *a,
		     struct err *e)
{
	strings_t lost = limits_lost(r, a);
	char *all = NULL;

	LIST_EACH (text, &lost) {
		if (how->request.strict)
			all = all ? arena_fmt(a, "%s; %s", all, *text) : *text;
		else if (how->warn)
			how->warn(how->warn_to, *text);
	}
	return all ? err_plain(e, ENOTSUP, "%s", all) : 0;
}

int launch_device_rules(struct box *b, res_devices_t *rules, struct err *e)
{
	struct spec *spec;

	*rules = b->state.devices;
	if (rules->items)
		return 0;
	if (launch_box_spec(b, &spec, e) < 0)
		return -1;
	if (spec->linux && spec->linux->resources)
		*rules = spec->linux->resources->devices;
	return 0;
}

static int64_t number_of(struct opt_i64 number)
{
	return number.set ? number.v : -1;
}

static bool same_rule(const struct res_device *x, const struct res_device *y)
{
	return x->allow == y->allow && number_of(x->major) == number_of(y->major) &&
	       number_of(x->minor) == number_of(y->minor) &&
	       str_eq(str_empty(x->type) ? "a" : x->type,
		      str_empty(y->type) ? "a" : y->type) &&
	       str_eq(str_empty(x->access) ? "rwm" : x->access,
		      str_empty(y->access) ? "rwm" : y->access);
}

/* Engines send all that they gave at create again, also where rules could not be
 * changed: in a user namespace. *change is false when they are the same. */
static int compare_rules(struct box *b, const struct resources *r, bool *change,
			 struct err *e)
{
	res_devices_t present;
	size_t same = 0;

	*change = false;
	if (r->devices.n == 0)
		return 0;
	if (launch_device_rules(b, &present, e) < 0)
		return -1;
	while (same < present.n && same < r->devices.n &&
	       same_rule(&present.items[same], &r->devices.items[same]))
		same++;
	*change = same < present.n || same < r->devices.n;
	return 0;
}

/* Where there is no cgroup nothing can be limited: fine only when nothing is asked for,
 * as with "no limit" */
static int update_without_cgroup(struct box *b, const struct resources *r, bool rules,
				 struct err *e)
{
	const struct box_state *s = &b->state;
	limits_t limits = { NULL, 0 };

	if (s->cgroup_path)
		return err_plain(e, ENOENT, "cgroup not exist: %s%s", s->cgroup_mount,
				 s->cgroup_path);
	if (limits_make(r, NULL, b->arena, &limits, e) < 0)
		return -1;
	if (limits.n == 0 && !rules)
		return 0;
	return err_plain(e, ENOTSUP,
			 "linux.resources.%s: the container has no cgroup of its own: %s",
			 limits.n ? limits.items[0].where : "devices",
			 s->no_cgroup ? s->no_cgroup : "none was made for it");
}

/* systemd, too, must know: it writes its own values when it reloads */
static int tell_systemd(const struct launch *how, const struct box *b, limits_t *limits,
			struct err *e)
{
	const struct unit u = request_unit(&how->request, b->state.scope,
					   b->state.scope_user, b->arena);
	unit_properties_t properties = { NULL, 0 };
	int version;

	if (!b->state.scope)
		return 0;
	version = unit_version(&u, e);
	if (version <= 0)
		return -1;
	if (unit_properties(limits, version, b->arena, &properties, e) < 0)
		return -1;
	return properties.n ? unit_set(&u, &properties, e) : 0;
}

static int update_limits(const struct launch *how, struct box *b, const struct cgroup *c,
			 const struct resources *r, struct err *e)
{
	limits_t limits = { NULL, 0 };
	struct limits_now now;

	limits_read(c, &now);
	if (limits_make(r, &now, b->arena, &limits, e) < 0 || limits_fit(c, r, e) < 0)
		return -1;
	if (limits.n == 0)
		return 0;
	if (controllers_enable(c, &limits, false, e) < 0)
		return -1;
	if (tell_systemd(how, b, &limits, e) < 0)
		return -1;
	return limits_apply(c, &limits, e);
}

/* What is saved is what is in force: the next rule of the command line goes behind it */
static int update_rules(struct box *b, const struct cgroup *c, const struct resources *r,
			struct err *e)
{
	struct box_state *s = &b->state;

	if (devices_replace(c, (pid_t)s->creator, r, e) < 0)
		return -1;
	s->devices = r->devices;
	return box_save(b, e);
}

int launch_update(const struct launch *how, struct box *b, const struct resources *r,
		  struct err *e)
{
	autocgroup c = CGROUP_NONE_OPEN;
	bool rules;

	if (check_status(b, e) < 0)
		return -1;
	if (launch_check_resources(r, b->arena, how, e) < 0)
		return -1;
	if (tell_lost(how, r, b->arena, e) < 0 || compare_rules(b, r, &rules, e) < 0)
		return -1;
	if (launch_cgroup_open(b, &c, e) < 0)
		return -1;
	if (c.fd < 0)
		return update_without_cgroup(b, r, rules, e);
	if (update_limits(how, b, &c, r, e) < 0)
		return -1;
	return rules ? update_rules(b, &c, r, e) : 0;
}
