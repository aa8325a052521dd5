/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See launch_cgroup.h. Runs in the program. */
#include "libcontainer/launch_cgroup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "cgroups/controllers.h"
#include "cgroups/devices.h"
#include "cgroups/events.h"
#include "cgroups/watch.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/plan/sync.h"

#define TRIES_MAX 5 /* init may go on from cgroup to cgroup */

void nest_done(struct nest *n)
{
	cgroup_done(&n->leaf);
	cgroup_done(&n->inner);
	cgroup_done(&n->cgroup);
	unit_hold_done(&n->hold);
}

/* --- making ------------------------------------------------------------------------ */

static int filter_devices(struct nest *n, const struct plan_cgroup *cg,
			  const struct resources *r, struct err *e)
{
	struct err why = ERR_NONE;

	if (!cg->filter_devices || devices_apply(&n->cgroup, r, &why) == 0 ||
	    (why.num == EPERM && cg->devices_may_fail))
		return 0;
	*e = why;
	return -1;
}

/* The helper of a unit is in its cgroup until it is let go, and a process that joins
 * namespaces clones init: where one process is all that may be, it is two until then */
static void put_off(struct nest *n, struct plan *p)
{
	LIST_EACH (limit, &p->cgroup.limits) {
		if ((!p->cgroup.unit && p->shape != SHAPE_JOIN) ||
		    strcmp(limit->file, "pids.max") != 0 || strcmp(limit->text, "1") != 0)
			continue;
		*list_add(n->arena, &n->late) = *limit;
		limit->text = "2";
	}
}

/* Make a cgroup below an open one and open it. It goes with that. */
static int make_below(struct cgroup *c, const struct cgroup *above, const char *name,
		      struct arena *a, struct err *e)
{
	if (mkdirat(above->fd, name, 0755) < 0 && errno != EEXIST)
		return err_sys(e, "make cgroup %s below %s", name, above->path);
	return cgroup_open_below(c, above, name, a, e);
}

static int put_process(const struct cgroup *c, pid_t pid, struct err *e)
{
	char text[16];

	fmt_text(text, sizeof(text), "%d", pid);
	if (file_put(c->fd, "cgroup.procs", text, e) < 0)
		return err_wrap(e, "move process %d to cgroup %s", pid, c->path);
	return 0;
}

/* Of run.oci.delegate-cgroup */
static int make_leaf(struct nest *n, const struct plan_cgroup *cg, struct err *e)
{
	if (make_below(&n->leaf, &n->cgroup, cg->delegate, n->arena, e) < 0)
		return -1;
	return cg->give ? cgroup_give(&n->leaf, cg->owner, e) : 0;
}

int nest_delegate(const struct nest *n, pid_t pid, struct err *e)
{
	const limits_t none = { NULL, 0 };
	struct err ignored = ERR_NONE;

	if (n->leaf.fd < 0)
		return 0;
	if (put_process(&n->leaf, pid, e) < 0)
		return -1;
	controllers_enable(&n->leaf, &none, true, &ignored);
	return 0;
}

/* What both drivers do with a cgroup that is there */
static int equip(struct nest *n, struct plan *p, const struct resources *r, struct err *e)
{
	const struct plan_cgroup *cg = &p->cgroup;
	bool all = cg->all_controllers && !cg->unit;

	put_off(n, p);
	if ((all || cg->limits.n > 0) &&
	    controllers_enable(&n->cgroup, &cg->limits, all, e) < 0)
		return -1;
	if (limits_apply(&n->cgroup, &cg->limits, e) < 0 ||
	    filter_devices(n, cg, r, e) < 0)
		return -1;
	if (cg->delegate)
		return make_leaf(n, cg, e);
	return cg->give ? cgroup_give(&n->cgroup, cg->owner, e) : 0;
}

/* From here on the box knows its cgroup among others of that path, or saves what it needs
 * for that: before any process is in it */
static int claim(struct nest *n, struct box *b, struct err *e)
{
	struct err denied = ERR_NONE;
	bool marked = b->state.cgroup_mark &&
		      cgroup_mark(&n->cgroup, b->state.cgroup_mark, &denied) == 0;

	if (marked)
		return 0;
	b->state.cgroup_mark = NULL;
	b->state.cgroup_id = cgroup_id(&n->cgroup);
	return box_save(b, e);
}

static int make_own(struct nest *n, const struct plan_cgroup *cg, struct box *b,
		    struct arena *a, struct err *e)
{
	b->state.cgroup_mount = (char *)cg->mount;
	b->state.cgroup_path = (char *)cg->path;
	b->state.cgroup_made = cgroup_missing(cg->mount, cg->path, a);
	if (box_save(b, e) < 0)
		return -1;
	if (cgroup_make(&n->cgroup, cg->mount, cg->path, a, e) < 0)
		return -1;
	b->state.cgroup_made = n->cgroup.made;
	return claim(n, b, e);
}

/* systemd limits the processes of a unit that does not say how many it may have */
static void lift_task_limit(const struct resources *r, struct arena *a,
			    unit_properties_t *properties)
{
	struct unit_property *p;

	if (!r || !r->pids || !r->pids->limit.set || r->pids->limit.v >= 0)
		return;
	p = list_add(a, properties);
	p->name = "TasksMax";
	p->type = "t";
	strings_add(a, &p->values, arena_fmt(a, "%lu", UINT64_MAX));
}

static int start_unit(struct nest *n, struct plan_cgroup *cg, const struct resources *r,
		      struct box *b, struct arena *a, struct err *e)
{
	unit_properties_t properties = { NULL, 0 }, limits;
	int version = UNIT_OLDEST;

	if (unit_properties_vary(&cg->limits))
		version = unit_version(cg->unit, e);
	if (version == 0)
		return -1;
	if (unit_properties(&cg->limits, version, a, &limits, e) < 0)
		return -1;
	/* the last one of a name counts: that is the limit */
	LIST_EACH (property, &cg->properties)
		*list_add(a, &properties) = *property;
	lift_task_limit(r, a, &properties);
	LIST_EACH (property, &limits)
		*list_add(a, &properties) = *property;
	return unit_start(cg->unit, &properties,
			  arena_fmt(a, "aril container %s", b->state.id), a, &n->hold, e);
}

/* Where a cgroup2 cannot be mounted, the container's part of the tree is bound: with a
 * unit the plan did not know where that is */
static void tell_mounts(struct plan *p, struct arena *a)
{
	const struct plan_cgroup *cg = &p->cgroup;

	LIST_EACH (m, &p->mounts)
		if (m->kind == MOUNT_NEW && str_eq(m->type, "cgroup2"))
			m->fallback = path_clean(a, cg->mount, cg->path + 1);
}

/* The unit's own cgroup passes controllers down then, and so can have no process: what
 * keeps the unit until the container is there goes along */
static int make_subgroup(struct nest *n, const struct plan_cgroup *cg, struct arena *a,
			 struct err *e)
{
	const struct cgroup above = n->cgroup;
	autofd fd = above.fd;

	n->cgroup = (struct cgroup)CGROUP_NONE_OPEN;
	if (make_below(&n->cgroup, &above, cg->subgroup, a, e) < 0)
		return -1;
	n->cgroup.keep = false;
	n->sub = n->base = arena_fmt(a, "/%s", cg->subgroup);
	return fd < 0 ? -1 : put_process(&n->cgroup, n->hold.pid, e);
}

/* The state has the unit's name before it is started, and its place behind that */
static int make_unit(struct nest *n, struct plan *p, const struct resources *r,
		     struct box *b, struct arena *a, struct err *e)
{
	struct plan_cgroup *cg = &p->cgroup;

	b->state.cgroup_mount = (char *)cg->mount;
	b->state.scope = (char *)cg->unit->name;
	b->state.scope_user = cg->unit->user;
	if (box_save(b, e) < 0 || start_unit(n, cg, r, b, a, e) < 0)
		return -1;
	if (cgroup_open(&n->cgroup, cg->mount, n->hold.cgroup, a, e) < 0)
		return -1;
	if (cg->subgroup && make_subgroup(n, cg, a, e) < 0)
		return -1;
	cg->path = n->cgroup.path;
	b->state.subgroup = (char *)cg->subgroup;
	b->state.cgroup_path = n->cgroup.path;
	b->state.invocation = n->hold.invocation;
	tell_mounts(p, a);
	return box_save(b, e) < 0 ? -1 : claim(n, b, e);
}

/* It was worth a try */
static int give_up_unit(struct nest *n, struct plan *p, struct box *b, struct arena *a,
			const struct err *why, struct err *e)
{
	struct plan_cgroup *cg = &p->cgroup;

	nest_done(n);
	*n = (struct nest)NEST_NONE;
	cg->way = CGROUP_NONE;
	cg->why = arena_fmt(a, "the user's systemd does not give one: %s", why->text);
	cg->unit = NULL;
	p->steps &= ~STEP_BIT(STEP_PLACE);
	b->state.cgroup_mount = b->state.cgroup_path = b->state.scope = NULL;
	b->state.invocation = NULL;
	b->state.cgroup_id = 0;
	b->state.no_cgroup = (char *)cg->why;
	return box_save(b, e);
}

/* Not allowed to clone into it: beside us, and systemd moves it */
static bool move_beside(struct birthplace *place, int num)
{
	place->cgroup = -1;
	return num == EACCES;
}

int nest_make(struct nest *n, struct plan *p, const struct resources *r, struct box *b,
	      struct arena *a, struct err *e)
{
	struct plan_cgroup *cg = &p->cgroup;
	struct err why = ERR_NONE;

	if (cg->way != CGROUP_MAKE)
		return box_save(b, e);
	n->arena = a;
	if (p->by_host_root)
		b->state.cgroup_mark = arena_fmt(a, "%s %lld", b->state.created,
						 (long long)b->state.creator);
	if ((cg->unit ? make_unit(n, p, r, b, a, &why) : make_own(n, cg, b, a, &why)) <
		    0 ||
	    equip(n, p, r, &why) < 0) {
		if (cg->unit && cg->unit_may_fail)
			return give_up_unit(n, p, b, a, &why, e);
		*e = why;
		return -1;
	}
	n->place.cgroup = n->cgroup.fd;
	n->place.move = cg->unit && cg->unit->user ? move_beside : NULL;
	return 0;
}

/* --- the way into it ---------------------------------------------------------------- */

/* The cgroup of the container's init, if it is below the container's: its path */
static char *inner_path(const struct nest *n)
{
	struct err ignored = ERR_NONE;
	char name[40];
	const char *line;
	char *text;

	fmt_text(name, sizeof(name), "/proc/%d/cgroup", n->init);
	text = file_read(n->arena, AT_FDCWD, name, 65536, NULL, &ignored);
	line = text ? strstr(text, "0::/") : NULL;
	if (!line || (line != text && line[-1] != '\n'))
		return NULL;
	line += strlen("0::");
	text = arena_strndup(n->arena, line, strcspn(line, "\n"));
	return path_below(text, n->cgroup.path) && !path_climbs(text) ? text : NULL;
}

/* A path of the tree as systemd takes it */
static const char *below_unit(const struct nest *n, const char *path)
{
	return arena_fmt(n->arena, "%s%s", n->base, path + strlen(n->cgroup.path));
}

static bool move_inside(struct birthplace *place, int num)
{
	struct nest *n = place->to;
	struct err ignored = ERR_NONE;
	const char *path;

	if (num == EACCES && n->sub)
		return move_beside(place, num);
	if (num == EACCES || n->tries++ >= TRIES_MAX)
		return false;
	path = inner_path(n);
	if (!path)
		return false;
	cgroup_done(&n->inner);
	if (cgroup_open(&n->inner, n->cgroup.mount, path, n->arena, &ignored) < 0)
		return false;
	n->inner.keep = true;
	place->cgroup = n->inner.fd;
	if (n->sub)
		n->sub = below_unit(n, path);
	return true;
}

/* What --cgroup names is the only place: at most systemd is asked to move it there */
static bool move_by_unit(struct birthplace *place, int num)
{
	const struct nest *n = place->to;

	return n->sub && move_beside(place, num);
}

/* Who is born frozen never answers */
static int enter_named(struct nest *n, const struct plan_cgroup *cg, struct err *e)
{
	struct cgroup_events now;

	if (cgroup_open_below(&n->inner, &n->cgroup, cg->sub, n->arena, e) < 0 ||
	    events_read(n->inner.fd, &now, e) < 0)
		return err_wrap(e, "option --cgroup");
	if (now.frozen)
		return err_plain(e, EBUSY, "option --cgroup: cgroup %s is frozen",
				 n->inner.path);
	n->place.cgroup = n->inner.fd;
	n->place.move = move_by_unit;
	if (n->sub)
		n->sub = below_unit(n, n->inner.path);
	return 0;
}

int nest_enter(struct nest *n, const struct plan *p, const struct box *b, struct arena *a,
	       struct err *e)
{
	n->cgroup.keep = true; /* it is the container's */
	if (p->cgroup.way != CGROUP_ENTER)
		return 0;
	n->arena = a;
	n->init = (pid_t)b->state.pid;
	if (cgroup_open(&n->cgroup, p->cgroup.mount, p->cgroup.path, a, e) < 0)
		return -1;
	n->cgroup.keep = true;
	n->place = (struct birthplace){ n->cgroup.fd, move_inside, n };
	/* who may not clone into it asks systemd, where it is systemd's */
	n->base = p->cgroup.subgroup ? arena_fmt(a, "/%s", p->cgroup.subgroup) : "";
	n->sub = p->cgroup.unit && p->cgroup.unit->user ? n->base : NULL;
	return p->cgroup.sub ? enter_named(n, &p->cgroup, e) : 0;
}

int nest_settle(struct nest *n, const struct plan *p, const struct child *c,
		struct err *e)
{
	const struct unit *unit = p->cgroup.unit;

	if (plan_wants(p, STEP_PLACE)) {
		if (n->place.cgroup < 0 &&
		    unit_attach(unit, n->sub ? n->sub : "", c->pid, e) < 0)
			return -1;
		if (sync_send(c->sync, SYNC_GO, -1, 0, e) < 0)
			return -1;
	}
	return unit_release(&n->hold, e);
}

int nest_finish(struct nest *n, struct err *e)
{
	return n->late.n ? limits_apply(&n->cgroup, &n->late, e) : 0;
}

int nest_lost(const struct nest *n, struct err *e)
{
	uint64_t kills = 0;

	if ((e->num != ECONNRESET && e->num != EPIPE) || n->cgroup.fd < 0 ||
	    cgroup_oom_kills(&n->cgroup, &kills) < 0 || kills == 0)
		return -1;
	return err_plain(e, ENOMEM,
			 "container init was OOM-killed (memory limit too low?)");
}
