/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mappings of a new user namespace. Runs in the program; pure.
 *
 * Theory. Who has CAP_SETUID and CAP_SETGID over the parent namespace writes what it
 * likes to /proc/PID/uid_map. Anybody may map just the own id, once, with setgroups(2)
 * denied before (since Linux 3.19: dropping a group could otherwise open a file that was
 * closed to this group, CVE-2014-8989). All else goes through newuidmap(1) and
 * newgidmap(1), which are set-uid or have file capabilities, and which let a user have
 * the ranges that /etc/subuid and /etc/subgid give; those are checked here, because the
 * helpers' messages don't say which line of which document is wrong.
 */
#include "libcontainer/plan/draft.h"

/* uids and gids are treated alike; this is what differs */
struct side {
	const char *member; /* of the document */
	const char *file, *helper;
	bool has_helper;
	uint32_t own;
	const id_ranges_t *ranges;
};

static void add_map(struct draft *d, plan_maps_t *maps, uint32_t inside, uint32_t outside,
		    uint32_t size)
{
	struct plan_map *map = list_add(d->a, maps);

	*map = (struct plan_map){ .inside = inside, .outside = outside, .size = size };
}

/* id 0 is the caller, the rest are its ranges one after the other */
static void map_own(struct draft *d, plan_maps_t *maps, const struct side *s,
		    bool with_ranges)
{
	uint64_t inside = 1;

	add_map(d, maps, 0, s->own, 1);
	if (!with_ranges)
		return;
	for (size_t i = 0; i < s->ranges->n && inside < UINT32_MAX; i++) {
		const struct id_range *range = &s->ranges->items[i];
		uint64_t left = UINT32_MAX - inside;
		uint64_t size = range->size < left ? range->size : left;

		add_map(d, maps, (uint32_t)inside, range->first, (uint32_t)size);
		inside += size;
	}
}

static int copy_maps(struct draft *d, plan_maps_t *maps, const spec_idmaps_t *from,
		     const struct side *s, struct err *e)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct spec_idmap *m = &from->items[i];

		if (m->container_id > UINT32_MAX || m->host_id > UINT32_MAX ||
		    m->size == 0 || m->size > UINT32_MAX)
			return err_plain(e, EINVAL, "linux.%s[%zu]: is out of range",
					 s->member, i);
		add_map(d, maps, (uint32_t)m->container_id, (uint32_t)m->host_id,
			(uint32_t)m->size);
	}
	return 0;
}

static bool is_self_map(const plan_maps_t *maps, const struct side *s)
{
	return maps->n == 1 && maps->items[0].size == 1 &&
	       maps->items[0].outside == s->own;
}

/* The range that has the id, or NULL */
static const struct id_range *find_range(const id_ranges_t *ranges, uint64_t id)
{
	LIST_EACH (range, ranges)
		if (id >= range->first && id - range->first < range->size)
			return range;
	return NULL;
}

/* newuidmap(1): a line is the own id, or lies in ranges, of which neighbours count as
 * one */
static bool line_is_ours(const struct plan_map *map, const struct side *s)
{
	uint64_t id = map->outside, end = id + map->size;

	if (map->size == 1 && map->outside == s->own)
		return true;
	while (id < end) {
		const struct id_range *range = find_range(s->ranges, id);

		if (!range)
			return false;
		id = (uint64_t)range->first + range->size;
	}
	return true;
}

static int check_helper(const struct draft *d, const plan_maps_t *maps,
			const struct side *s, struct err *e)
{
	for (size_t i = 0; i < maps->n; i++) {
		const struct plan_map *map = &maps->items[i];
		uint64_t end = (uint64_t)map->outside + map->size;

		if (!line_is_ours(map, s))
			return err_set(
				e, EPERM,
				"linux.%s[%zu]: ids %u to %lu of the host are not user "
				"%s's: %s does not give them",
				s->member, i, map->outside, (unsigned long)end - 1,
				d->f->user ? d->f->user : "(unknown)", s->file);
	}
	if (!s->has_helper)
		return err_plain(
			e, ENOENT,
			"linux.%s: needs the program %s (package uidmap), which is not "
			"installed",
			s->member, s->helper);
	return 0;
}

static bool has_maps(const struct draft *d)
{
	const struct spec_linux *l = d->spec->linux;

	return l && (l->uid_mappings.n || l->gid_mappings.n);
}

static void choose_maps(struct draft *d, const struct side *us, const struct side *gs)
{
	struct plan_ids *ids = &d->p->ids;
	bool with = us->has_helper && gs->has_helper && us->ranges->n && gs->ranges->n;

	map_own(d, &ids->uids, us, with);
	map_own(d, &ids->gids, gs, with);
	ids->way = with ? MAP_HELPER : MAP_WRITE;
	ids->deny_setgroups = !with;
}

static bool any_range_used(const plan_maps_t *maps, const struct side *s)
{
	LIST_EACH (map, maps)
		if (find_range(s->ranges, map->outside))
			return true;
	return false;
}

static int given_maps(struct draft *d, const struct side *us, const struct side *gs,
		      struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	struct plan_ids *ids = &d->p->ids;
	plan_maps_t *uids = &ids->uids, *gids = &ids->gids;

	if (copy_maps(d, uids, &l->uid_mappings, us, e) < 0 ||
	    copy_maps(d, gids, &l->gid_mappings, gs, e) < 0)
		return -1;
	ids->way = MAP_WRITE;
	if (draft_privileged(d))
		return 0;
	if (is_self_map(uids, us) && is_self_map(gids, gs)) {
		ids->deny_setgroups = true;
		return 0;
	}
	ids->way = MAP_HELPER;
	/* newgidmap denies it itself unless it is asked for an id of the ranges */
	ids->deny_setgroups = !any_range_used(gids, gs);
	if (check_helper(d, uids, us, e) < 0)
		return -1;
	return check_helper(d, gids, gs, e);
}

bool draft_mapped(const plan_maps_t *maps, uint64_t id)
{
	LIST_EACH (map, maps)
		if (id >= map->inside && id - map->inside < map->size)
			return true;
	return false;
}

static bool is_outside(const plan_maps_t *maps, uint64_t id)
{
	LIST_EACH (map, maps)
		if (id >= map->outside && id - map->outside < map->size)
			return true;
	return false;
}

static int check_id(const plan_maps_t *maps, const char *where, uint64_t id,
		    struct err *e)
{
	if (draft_mapped(maps, id))
		return 0;
	return err_plain(e, EINVAL, "%s: id %lu is not mapped into the user namespace",
			 where, (unsigned long)id);
}

/* init becomes 0:0 first, so that it owns what it makes; where 0 is not mapped it stays
 * the caller, who then must be mapped. And the process must be somebody. */
static int check_mapped(const struct draft *d, struct err *e)
{
	const struct plan_ids *ids = &d->p->ids;
	const plan_maps_t *uids = &ids->uids;
	const plan_maps_t *gids = &ids->gids;
	const struct spec_user *user = d->spec->process ? d->spec->process->user : NULL;

	if (!is_outside(uids, d->f->euid) &&
	    check_id(uids, "linux.uidMappings", 0, e) < 0)
		return -1;
	if (!is_outside(gids, d->f->egid) &&
	    check_id(gids, "linux.gidMappings", 0, e) < 0)
		return -1;
	if (!user)
		return 0;
	if (check_id(uids, "process.user.uid", user->uid, e) < 0)
		return -1;
	return check_id(gids, "process.user.gid", user->gid, e);
}

int draft_ids(struct draft *d, struct err *e)
{
	const struct facts *f = d->f;
	const struct side us = { .member = "uidMappings",
				 .file = "/etc/subuid",
				 .helper = "newuidmap",
				 .has_helper = f->has_newuidmap,
				 .own = f->euid,
				 .ranges = &f->subuids };
	const struct side gs = { .member = "gidMappings",
				 .file = "/etc/subgid",
				 .helper = "newgidmap",
				 .has_helper = f->has_newgidmap,
				 .own = f->egid,
				 .ranges = &f->subgids };

	d->setgroups_denied = f->setgroups_denied; /* namespaces inherit it */
	if (!d->p->new_userns) {
		if (has_maps(d))
			draft_warn(
				d,
				"linux.uidMappings: not applied: the user namespace that "
				"is joined has its own");
		return 0;
	}
	if (has_maps(d)) {
		if (given_maps(d, &us, &gs, e) < 0)
			return -1;
	} else if (draft_privileged(d)) {
		return err_plain(
			e, EINVAL,
			"linux.uidMappings: a new user namespace needs mappings");
	} else {
		choose_maps(d, &us, &gs);
	}
	d->setgroups_denied |= d->p->ids.deny_setgroups;
	d->uids = &d->p->ids.uids;
	d->gids = &d->p->ids.gids;
	return check_mapped(d, e);
}
