/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts whose ids are mapped. Runs in the program; pure.
 *
 * Theory. mount_setattr(2) takes the map from a user namespace: an id in the file system
 * is seen as the id that this namespace maps it to. The namespace is made for it, with
 * the mount's own maps, and needs no process to stay. The kernel wants CAP_SYS_ADMIN in
 * the user namespace that mounted the file system, so a bind of the host's files can be
 * mapped by the host's side alone, and a file system that init makes in a user namespace
 * of the container's by init alone. Init writes its maps in ids of that namespace: the
 * host's ids of the document are translated here.
 */
#include "libcontainer/plan/mount_idmap.h"

#include <string.h>

/* uids or gids */
struct half {
	const char *name;	    /* "uids" */
	const plan_maps_t *through; /* of the container's user namespace */
	plan_maps_t *maps;	    /* what comes of it */
};

static int bad_text(const struct plan_mount *m, const char *text, struct err *e)
{
	return err_plain(e, EINVAL,
			 "%s: idmap=%s: is not like uids=0-1000-10#10-2000-5;gids=...",
			 m->where, text);
}

static void add_map(struct draft *d, plan_maps_t *maps, uint64_t inside, uint64_t outside,
		    uint64_t size)
{
	*list_add(d->a, maps) = (struct plan_map){ .inside = (uint32_t)inside,
						   .outside = (uint32_t)outside,
						   .size = (uint32_t)size };
}

/* The part of [id, id + n) that one line maps, from its start: its length, 0: none */
static uint64_t find_part(const plan_maps_t *through, bool out, uint64_t id, uint64_t n,
			  uint64_t *to)
{
	LIST_EACH (line, through) {
		uint64_t from = out ? line->inside : line->outside;
		uint64_t left = from + line->size - id;

		if (id < from || id >= from + line->size)
			continue;
		*to = (out ? line->outside : line->inside) + (id - from);
		return left < n ? left : n;
	}
	return 0;
}

/* Add a map whose outside is translated: out of the container's user namespace, or into
 * it. False when a part of it is not mapped there. */
static bool add_through(struct draft *d, const struct half *h, bool out,
			const struct plan_map *map)
{
	uint64_t done = 0, to;

	while (done < map->size) {
		uint64_t n = find_part(h->through, out, map->outside + done,
				       map->size - done, &to);

		if (n == 0)
			return false;
		add_map(d, h->maps, map->inside + done, to, n);
		done += n;
	}
	return true;
}

/* "0-1000-10"; with an @ in front the second number is an id of the container's */
static int read_triplet(struct draft *d, const struct plan_mount *m, const char *text,
			const struct half *h, struct err *e)
{
	bool relative = *text == '@';
	strings_t words = str_split(d->a, text + relative, '-');
	uint64_t v[3];

	if (words.n != ARRAY_LEN(v))
		return bad_text(m, text, e);
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (!str_u64(words.items[i], UINT32_MAX - 1, &v[i]))
			return bad_text(m, text, e);
	if (v[2] == 0 || v[0] + v[2] > UINT32_MAX || v[1] + v[2] > UINT32_MAX)
		return bad_text(m, text, e);
	if (!relative || !draft_userns(d)) {
		add_map(d, h->maps, v[0], v[1], v[2]);
		return 0;
	}
	if (!h->through)
		return err_plain(e, EINVAL,
				 "%s: idmap=%s: the maps of a user namespace that is "
				 "joined are not known",
				 m->where, text);
	if (!add_through(
		    d, h, true,
		    &(struct plan_map){ (uint32_t)v[0], (uint32_t)v[1], (uint32_t)v[2] }))
		return err_plain(e, EINVAL,
				 "%s: idmap=%s: ids %lu to %lu are not in the "
				 "container's user namespace",
				 m->where, text, (unsigned long)v[1],
				 (unsigned long)(v[1] + v[2] - 1));
	return 0;
}

static int read_text(struct draft *d, const struct plan_mount *m, const char *text,
		     const struct half halves[2], struct err *e)
{
	strings_t parts = str_split(d->a, text, ';');

	LIST_EACH (part, &parts) {
		const char *value = strchr(*part, '=');
		const struct half *h = NULL;
		strings_t lines;

		for (size_t i = 0; value && i < 2; i++)
			if (strlen(halves[i].name) == (size_t)(value - *part) &&
			    str_starts(*part, halves[i].name))
				h = &halves[i];
		if (!h || h->maps->n)
			return bad_text(m, text, e);
		lines = str_split(d->a, value + 1, '#');
		LIST_EACH (line, &lines)
			if (read_triplet(d, m, *line, h, e) < 0)
				return -1;
	}
	if (!halves[0].maps->n || !halves[1].maps->n)
		return err_plain(e, EINVAL, "%s: idmap=%s: uids and gids go together",
				 m->where, text);
	return 0;
}

static void copy_maps(struct draft *d, const spec_idmaps_t *from, plan_maps_t *to)
{
	LIST_EACH (line, from)
		add_map(d, to, line->container_id, line->host_id, line->size);
}

/* What init makes in a user namespace, it maps there */
static int translate(struct draft *d, const struct plan_mount *m, const struct half *h,
		     struct err *e)
{
	plan_maps_t given = *h->maps;

	if (!h->through)
		return err_plain(e, EINVAL,
				 "%s: its ids cannot be mapped: it is made in the user "
				 "namespace that is joined, whose maps are not known",
				 m->where);
	*h->maps = (plan_maps_t){ NULL, 0 };
	LIST_EACH (map, &given)
		if (!add_through(d, h, false, map))
			return err_plain(e, EINVAL,
					 "%s: its %s %u to %lu are not in the "
					 "container's user namespace, in which it is "
					 "mounted",
					 m->where, h->name, map->outside,
					 (unsigned long)map->outside + map->size - 1);
	return 0;
}

/* No mapping of its own: as in the container's user namespace */
static int inherit(struct draft *d, struct plan_mount *m, struct err *e)
{
	const char *path = NULL;

	if (!draft_userns(d))
		return err_plain(e, EINVAL,
				 "%s: idmap needs mappings or a user namespace",
				 m->where);
	/* what is made in it has its ids anyway */
	if (m->kind == MOUNT_NEW)
		return 0;
	if (d->uids) {
		m->idmap = IDMAP_MAPS;
		m->uids = *d->uids;
		m->gids = *d->gids;
		return 0;
	}
	LIST_EACH (join, &d->p->joins)
		path = join->flag == CLONE_NEWUSER ? join->path : path;
	m->idmap = IDMAP_USERNS;
	m->userns = path;
	return 0;
}

static bool has_idmap(const struct spec_mount *from, const struct mount_wish *w)
{
	return w->idmap || from->uid_mappings.n || from->gid_mappings.n;
}

static int choose_maps(struct draft *d, const struct spec_mount *from,
		       const struct mount_wish *w, struct plan_mount *m, struct err *e)
{
	const struct half halves[2] = { { "uids", d->uids, &m->uids },
					{ "gids", d->gids, &m->gids } };

	if (from->uid_mappings.n && w->idmap_text)
		return err_plain(e, EINVAL,
				 "%s: idmap=%s: it has uidMappings and gidMappings, too",
				 m->where, w->idmap_text);
	if (!from->uid_mappings.n && !w->idmap_text) {
		if (inherit(d, m, e) < 0)
			return -1;
	} else {
		m->idmap = IDMAP_MAPS;
		copy_maps(d, &from->uid_mappings, &m->uids);
		copy_maps(d, &from->gid_mappings, &m->gids);
		if (w->idmap_text && read_text(d, m, w->idmap_text, halves, e) < 0)
			return -1;
	}
	if (m->idmap != IDMAP_MAPS || m->by_host || !draft_userns(d))
		return 0;
	if (translate(d, m, &halves[0], e) < 0)
		return -1;
	return translate(d, m, &halves[1], e);
}

int mount_idmap(struct draft *d, const struct spec_mount *from,
		const struct mount_wish *w, struct plan_mount *m, struct err *e)
{
	if (!has_idmap(from, w))
		return 0;
	if (m->kind == MOUNT_CHANGE)
		return err_plain(e, EINVAL,
				 "%s: ids are mapped when a mount is made, not later",
				 m->where);
	m->idmap_recursive = w->idmap_recursive;
	return choose_maps(d, from, w, m, e);
}
