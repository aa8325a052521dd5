/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See plan_claim.h */
#include "tests/fuzz/plan_claim.h"

#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/str.h"
#include "libcontainer/plan/path.h"
#include "tests/fuzz/fuzz.h"

#define ATTRS                                                                            \
	(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |  \
	 MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW)

static void claim_in(const struct arena *a, const void *at, size_t n)
{
	const char *from = at;

	claim(from >= a->base && n <= a->used && from + n <= a->base + a->used);
}

static void claim_text(const struct arena *a, const char *text)
{
	if (!text)
		return;
	claim_in(a, text, 1);
	claim(memchr(text, '\0', (size_t)(a->base + a->used - text)));
}

static void claim_texts(const struct arena *a, const strings_t *list)
{
	if (!list->n)
		return;
	claim_in(a, list->items, list->n * sizeof(*list->items));
	LIST_EACH (text, list) {
		claim(*text);
		claim_text(a, *text);
	}
}

static void claim_vector(const struct arena *a, char *const *v)
{
	for (; v; v++) {
		claim_in(a, v, sizeof(*v));
		if (!*v)
			return;
		claim_text(a, *v);
	}
}

/* Absolute, and ".." is in none of its parts */
static void claim_path(const struct arena *a, const char *path)
{
	claim(path);
	claim_text(a, path);
	claim(path[0] == '/' && !path_climbs(path));
}

static void claim_paths(const struct arena *a, const strings_t *list)
{
	claim_texts(a, list);
	LIST_EACH (path, list)
		claim_path(a, *path);
}

static void claim_maps(const struct arena *a, const plan_maps_t *maps)
{
	if (maps->n)
		claim_in(a, maps->items, maps->n * sizeof(*maps->items));
	LIST_EACH (m, maps)
		claim(m->size > 0 && m->size <= UINT32_MAX - m->inside + 1ULL &&
		      m->size <= UINT32_MAX - m->outside + 1ULL);
}

/* --- mounts, devices, files --------------------------------------------------------- */

static void claim_masks(uint64_t set, uint64_t clr)
{
	claim(!((set | clr) & ~(uint64_t)ATTRS));
	claim(!(set & clr & ~(uint64_t)MOUNT_ATTR__ATIME));
	/* mount_setattr(2): the field is cleared whole, or not at all */
	claim(!(clr & MOUNT_ATTR__ATIME) ||
	      (clr & MOUNT_ATTR__ATIME) == MOUNT_ATTR__ATIME);
}

static bool is_propagation(uint64_t flag)
{
	return flag == 0 || flag == MS_PRIVATE || flag == MS_SLAVE || flag == MS_SHARED ||
	       flag == MS_UNBINDABLE;
}

static void claim_mount(const struct arena *a, const struct plan_mount *m)
{
	claim(m->kind <= MOUNT_DETACH && m->where);
	claim_text(a, m->where);
	claim_path(a, m->target);
	claim_text(a, m->type);
	claim_text(a, m->source);
	claim_text(a, m->fallback);
	claim(m->kind != MOUNT_NEW || !str_empty(m->type));
	claim(m->kind != MOUNT_BIND || (m->source && m->source[0] == '/'));
	claim_masks(m->attr_set, m->attr_clr);
	claim_masks(m->rec_set, m->rec_clr);
	claim(is_propagation(m->propagation));
	claim(m->idmap <= IDMAP_USERNS);
	claim((m->idmap == IDMAP_USERNS) == (m->userns != NULL));
	claim(m->idmap != IDMAP_MAPS || (m->uids.n && m->gids.n));
	claim_text(a, m->userns);
	claim_maps(a, &m->uids);
	claim_maps(a, &m->gids);
	claim_texts(a, &m->data);
	claim_texts(a, &m->flags);
	LIST_EACH (text, &m->data)
		claim(**text);
}

static void claim_files(const struct arena *a, const struct plan *p)
{
	LIST_EACH (m, &p->mounts)
		claim_mount(a, m);
	LIST_EACH (d, &p->devices) {
		claim_path(a, d->path);
		claim_text(a, d->source);
		claim(S_ISCHR(d->mode) || S_ISBLK(d->mode) || S_ISFIFO(d->mode));
		claim(!(d->mode & ~(S_IFMT | 07777U)));
	}
	LIST_EACH (l, &p->links) {
		claim_path(a, l->path);
		claim(l->text);
		claim_text(a, l->text);
	}
	LIST_EACH (s, &p->sysctls) {
		claim_text(a, s->name);
		claim_text(a, s->path);
		claim_text(a, s->value);
		claim(s->name && s->value && str_starts(s->path, "sys/"));
		claim(!path_climbs(s->path));
	}
	claim_paths(a, &p->masked);
	claim_paths(a, &p->readonly);
}

/* --- the process -------------------------------------------------------------------- */

static void claim_process(const struct arena *a, const struct plan_process *p)
{
	const struct plan_caps *c = &p->caps;

	claim_vector(a, p->argv);
	claim_vector(a, p->envp);
	claim(!p->argv || p->argv[0]);
	if (p->argv)
		claim(p->cwd && p->cwd[0] == '/');
	claim_text(a, p->path);
	claim_text(a, p->cwd);
	claim_text(a, p->apparmor);
	claim_text(a, p->selinux);
	claim_text(a, p->oom_score_adj);
	if (p->groups.n)
		claim_in(a, p->groups.items, p->groups.n * sizeof(*p->groups.items));
	claim(p->uid != UINT32_MAX && p->gid != UINT32_MAX);
	LIST_EACH (gid, &p->groups)
		claim(*gid != UINT32_MAX);
	claim(p->umask >= -1 && p->umask <= 07777);
	/* capset(2) and prctl(2) take only such */
	claim(!c->given || !(c->effective & ~c->permitted));
	claim(!c->given || !(c->ambient & ~(c->permitted & c->inheritable)));
	LIST_EACH (r, &p->rlimits) {
		claim(r->soft <= r->hard && r->what >= 0 && r->what < 16);
		claim_text(a, r->name);
	}
}

static void claim_numbers(const struct arena *a, const struct plan_numbers *n)
{
	if (!n)
		return;
	claim_text(a, n->text);
	if (n->n)
		claim_in(a, n->bits, n->n * sizeof(*n->bits));
}

static void claim_attributes(const struct arena *a, const struct plan_attributes *t)
{
	if (t->scheduler) {
		claim_in(a, t->scheduler, sizeof(*t->scheduler));
		claim_text(a, t->scheduler->name);
		claim(t->scheduler->nice >= -20 && t->scheduler->nice <= 19);
		claim(t->scheduler->priority <= 99);
	}
	if (t->io_priority) {
		claim_in(a, t->io_priority, sizeof(*t->io_priority));
		claim_text(a, t->io_priority->name);
		claim(t->io_priority->priority >= 0 && t->io_priority->priority <= 7);
	}
	claim_numbers(a, t->cpus_before);
	claim_numbers(a, t->cpus);
	if (t->memory) {
		claim_in(a, t->memory, sizeof(*t->memory));
		claim_text(a, t->memory->name);
		claim_numbers(a, &t->memory->nodes);
	}
	claim_text(a, t->personality_name);
}

static void claim_hooks(const struct arena *a, const plan_hooks_t *hooks)
{
	if (hooks->n)
		claim_in(a, hooks->items, hooks->n * sizeof(*hooks->items));
	LIST_EACH (h, hooks) {
		claim_text(a, h->where);
		claim_text(a, h->path);
		claim(h->where && h->path && h->path[0] == '/');
		claim(h->argv && h->envp && h->timeout_ms >= 0);
		claim_vector(a, h->argv);
		claim_vector(a, h->envp);
	}
}

/* --- cgroup, network ---------------------------------------------------------------- */

static void claim_unit(const struct arena *a, const struct unit *u)
{
	claim_in(a, u, sizeof(*u));
	claim(u->name && strlen(u->name) <= 255 && !strpbrk(u->name, "/ \n"));
	claim(str_ends(u->name, ".scope") || str_ends(u->name, ".slice"));
	claim(!u->slice || str_ends(u->slice, ".slice"));
}

static void claim_limit(const struct arena *a, const struct limit *l)
{
	claim_in(a, l, sizeof(*l));
	claim(!strchr(l->file, '/'));
}

static void claim_cgroup(const struct arena *a, const struct plan_cgroup *c)
{
	claim(c->way <= CGROUP_ENTER && (c->way != CGROUP_NONE) == (c->mount != NULL));
	claim(c->way == CGROUP_NONE || c->unit || c->path);
	claim(c->way != CGROUP_NONE || c->limits.n == 0 || c->why);
	claim_text(a, c->mount);
	if (c->path)
		claim_path(a, c->path);
	if (c->sub)
		claim_path(a, c->sub);
	claim_text(a, c->subgroup);
	claim_text(a, c->delegate);
	claim_text(a, c->why);
	claim(!c->delegate || !strchr(c->delegate, '/'));
	claim(!c->subgroup || !strchr(c->subgroup, '/'));
	LIST_EACH (l, &c->limits)
		claim_limit(a, l);
	if (c->unit)
		claim_unit(a, c->unit);
	claim_texts(a, &c->device_rules);
}

static void claim_net(const struct arena *a, const struct plan_net *n)
{
	if (n->links.n)
		claim_in(a, n->links.items, n->links.n * sizeof(*n->links.items));
	LIST_EACH (l, &n->links) {
		claim(l->kind <= NET_MACVLAN && l->where);
		claim(!l->name || (strlen(l->name) < 16 && !strpbrk(l->name, "/ \n")));
		claim(!l->host || (strlen(l->host) < 16 && !strpbrk(l->host, "/ \n")));
	}
	claim_text(a, n->resolv_conf);
	claim_text(a, n->helper);
}

void plan_claim(const struct plan *p, const struct arena *a)
{
	claim_in(a, p, sizeof(*p));
	claim(p->shape <= SHAPE_JOIN && !(p->steps >> STEP_COUNT));
	claim(p->early_flags == (p->early_flags & p->clone_flags));
	claim((p->shape == SHAPE_JOIN) ==
	      (p->joins.n || p->join_flags || p->early_flags));
	LIST_EACH (j, &p->joins) {
		claim_text(a, j->path);
		claim(j->flag && j->path && j->path[0] == '/');
		claim(!(j->flag & p->clone_flags));
	}
	claim_maps(a, &p->ids.uids);
	claim_maps(a, &p->ids.gids);
	claim((p->ids.way == MAP_NONE) == (p->ids.uids.n == 0));
	claim(!p->rootfs || p->rootfs[0] == '/');
	claim_text(a, p->rootfs);
	claim(is_propagation(p->root_propagation));
	claim_text(a, p->time_offsets);
	claim_text(a, p->hostname);
	claim_text(a, p->domainname);
	claim(!p->hostname || strlen(p->hostname) <= 64);
	claim_files(a, p);
	claim_process(a, &p->process);
	claim_attributes(a, &p->process.attributes);
	for (int kind = 0; kind < HOOK_KINDS; kind++)
		claim_hooks(a, &p->hooks[kind]);
	claim_cgroup(a, &p->cgroup);
	claim_net(a, &p->net);
	claim_text(a, p->listener);
	claim_text(a, p->listener_metadata);
	claim_texts(a, &p->warnings);
}
