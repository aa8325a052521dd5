/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mounts, devices and links of a plan as text. Runs in the program; pure. */
#include <linux/mount.h>
#include <sys/stat.h>

#include "libcontainer/plan/show_text.h"
#include "libcontainer/spec/words.h"

static const struct {
	uint64_t bit;
	const char *name;
} attrs[] = {
	{ MOUNT_ATTR_RDONLY, "ro" },
	{ MOUNT_ATTR_NOSUID, "nosuid" },
	{ MOUNT_ATTR_NODEV, "nodev" },
	{ MOUNT_ATTR_NOEXEC, "noexec" },
	{ MOUNT_ATTR_NODIRATIME, "nodiratime" },
	{ MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow" },
};

void show_propagation(struct text *t, uint64_t propagation, bool recursive)
{
	const char *name = word_name(&words_propagation, (long)propagation);

	if (propagation)
		text_add(t, ", %s%s", recursive ? "r" : "", name ? name : "?");
}

static const char *time_name(uint64_t set)
{
	switch (set & MOUNT_ATTR__ATIME) {
	case MOUNT_ATTR_NOATIME:
		return "noatime";
	case MOUNT_ATTR_STRICTATIME:
		return "strictatime";
	default:
		return "relatime";
	}
}

/* ", set nosuid nodev, clear ro" */
static void show_attrs(struct text *t, const char *scope, uint64_t set, uint64_t clr)
{
	bool time = (clr & MOUNT_ATTR__ATIME) || (set & MOUNT_ATTR__ATIME);

	if (set || time) {
		text_add(t, ", %sset", scope);
		for (size_t i = 0; i < ARRAY_LEN(attrs); i++)
			if (set & attrs[i].bit)
				text_add(t, " %s", attrs[i].name);
		if (time)
			text_add(t, " %s", time_name(set));
	}
	if (clr & ~(uint64_t)MOUNT_ATTR__ATIME) {
		text_add(t, ", %sclear", scope);
		for (size_t i = 0; i < ARRAY_LEN(attrs); i++)
			if (clr & attrs[i].bit)
				text_add(t, " %s", attrs[i].name);
	}
}

static void show_origin(struct text *t, const struct plan_mount *m)
{
	if (m->kind == MOUNT_DETACH) {
		text_add(t, "detach %lu", (unsigned long)m->id);
		return;
	}
	if (m->kind == MOUNT_CHANGE) {
		text_add(t, "change");
		return;
	}
	text_add(t, m->kind == MOUNT_NEW ? "new %s" : "bind", m->type);
	if (m->recursive)
		text_add(t, " tree");
	if (m->source) {
		text_add(t, " ");
		text_quote(t, m->source);
	}
	if (m->by_host)
		text_add(t, " opened by the host");
}

/* ", ids as uids 0>1000x10 0>2000x5 gids ..." */
static void show_idmap(struct text *t, const struct plan_mount *m)
{
	if (m->idmap == IDMAP_NONE)
		return;
	text_add(t, ", ids%s as ", m->idmap_recursive ? " of the tree" : "");
	if (m->idmap == IDMAP_USERNS) {
		text_add(t, "in ");
		text_quote(t, m->userns);
		return;
	}
	text_add(t, "uids");
	LIST_EACH (map, &m->uids)
		text_add(t, " %u-%u-%u", map->inside, map->outside, map->size);
	text_add(t, " gids");
	LIST_EACH (map, &m->gids)
		text_add(t, " %u-%u-%u", map->inside, map->outside, map->size);
}

static void show_links(struct text *t, const struct plan_mount *m)
{
	if (m->copy_link) {
		text_add(t, ", a link is copied");
		return;
	}
	if (m->keep_source)
		text_add(t, ", a link is the source");
	if (m->keep_target)
		text_add(t, ", a link is the target");
}

static void show_mount(struct text *t, const struct plan_mount *m)
{
	text_add(t, "%s: ", m->where);
	show_origin(t, m);
	if (m->no_symlinks)
		text_add(t, ", no links in the target");
	show_links(t, m);
	show_idmap(t, m);
	if (m->copy_up)
		text_add(t, ", filled with what it covers");
	show_attrs(t, "", m->attr_set, m->attr_clr);
	show_attrs(t, "tree ", m->rec_set, m->rec_clr);
	if (m->late_readonly)
		text_add(t, ", ro later");
	show_propagation(t, m->propagation, m->propagation_recursive);
	text_list(t, "flags", &m->flags);
	text_list(t, "options", &m->data);
	if (m->fallback) {
		text_add(t, ", else bind tree ");
		text_quote(t, m->fallback);
	}
	text_add(t, "\n");
}

static void show_device(struct text *t, const struct plan_device *d)
{
	const char *type = word_name(&words_device_types, (long)(d->mode & S_IFMT));

	text_add(t, "device ");
	text_quote(t, d->path);
	if (d->source) {
		text_add(t, ": bind ");
		text_quote(t, d->source);
		text_add(t, ", if it is");
	} else {
		text_add(t, ": make");
	}
	text_add(t, " %s", type ? type : "?");
	if (!S_ISFIFO(d->mode))
		text_add(t, " %u:%u", d->major, d->minor);
	/* the node of the host keeps its own */
	if (!d->source)
		text_add(t, ", mode %04o, owner %u:%u", d->mode & 07777, d->uid, d->gid);
	text_add(t, "%s\n", d->is_default ? ", default" : "");
}

void show_mounts(struct text *t, const struct plan *p)
{
	LIST_EACH (m, &p->mounts)
		show_mount(t, m);
	LIST_EACH (d, &p->devices)
		show_device(t, d);
	LIST_EACH (l, &p->links) {
		text_add(t, "link ");
		text_quote(t, l->path);
		text_add(t, " -> ");
		text_quote(t, l->text);
		text_add(t, "\n");
	}
}
