/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The root and the mounts of the document. Runs in the program; pure. What special file
 * systems (proc, sysfs, cgroup ...) need is in plan_special.c.
 */
#include <linux/mount.h>
#include <linux/sched.h>
#include <string.h>

#include "libcontainer/plan/mount_idmap.h"
#include "libcontainer/plan/mount_label.h"
#include "libcontainer/plan/mount_overlay.h"
#include "libcontainer/plan/mount_words.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/plan/plan_special.h"
#include "libcontainer/spec/words.h"

int draft_propagation(struct draft *d, struct err *e)
{
	const struct spec *s = d->spec;
	const char *words = s->linux ? s->linux->rootfs_propagation : NULL;
	long propagation = MS_PRIVATE | MS_REC;

	if (!str_empty(words))
		propagation = word_find(&words_propagation, words);
	if (propagation < 0)
		return err_plain(e, EINVAL,
				 "linux.rootfsPropagation: unknown word \"%s\"", words);
	d->p->root_propagation = (uint64_t)propagation & ~(uint64_t)MS_REC;
	d->p->root_propagation_recursive = (propagation & MS_REC) != 0;
	return 0;
}

int draft_root(struct draft *d, struct err *e)
{
	const struct spec *s = d->spec;
	struct plan *p = d->p;

	if (!s->root || str_empty(s->root->path))
		return err_plain(e, EINVAL, "root: is missing");
	p->rootfs = path_clean(d->a, d->r->bundle, s->root->path);
	p->root_by_host = d->f->can_mount;
	p->root_readonly = s->root->readonly;
	return draft_propagation(d, e);
}

static bool is_plain_type(const char *type)
{
	return str_empty(type) || str_eq(type, "none");
}

static void choose_kind(const struct spec_mount *from, struct mount_wish *w,
			struct plan_mount *m)
{
	if (str_eq(from->type, "rbind"))
		w->recursive = true;
	if (str_eq(from->type, "bind") || str_eq(from->type, "rbind"))
		w->bind = true;
	if (w->remount ||
	    (w->only_propagation && is_plain_type(from->type) && str_empty(from->source)))
		m->kind = MOUNT_CHANGE;
	else
		m->kind = w->bind ? MOUNT_BIND : MOUNT_NEW;
}

/* A mount is changed by its own attributes; the file system behind it, which others
 * may use too, stays as it is */
static int decide_change(struct draft *d, const struct mount_wish *w,
			 struct plan_mount *m, struct err *e)
{
	if (w->data.n)
		return err_plain(
			e, EINVAL,
			"%s: remount changes the mount alone; option \"%s\" is the file "
			"system's",
			m->where, w->data.items[0]);
	for (size_t i = 0; i < w->flags.n; i++)
		draft_warn(
			d,
			"%s: option \"%s\" has no effect: it is the file system's, not "
			"the mount's",
			m->where, w->flags.items[i]);
	return 0;
}

/* Of the words that nobody knows, the first that is not podman's own: it leaves those
 * about its volumes in */
static const char *foreign_word(const strings_t *words)
{
	LIST_EACH (word, words)
		if (!str_eq(*word, "copy") && !str_eq(*word, "nocopy"))
			return *word;
	return NULL;
}

static int decide_bind(struct draft *d, const struct spec_mount *from,
		       const struct mount_wish *w, struct plan_mount *m, struct err *e)
{
	const char *foreign = foreign_word(&w->data);

	if (foreign)
		return err_plain(
			e, EINVAL,
			"%s: bind mounts cannot have any filesystem-specific options "
			"applied: \"%s\"",
			m->where, foreign);
	if (str_empty(from->source))
		return err_plain(e, EINVAL, "%s: a bind mount without a source",
				 m->where);
	for (size_t i = 0; i < w->flags.n; i++)
		draft_warn(d, "%s: option \"%s\" has no effect on a bind mount", m->where,
			   w->flags.items[i]);
	m->source = path_clean(d->a, d->r->bundle, from->source);
	m->recursive = w->recursive;
	m->by_host = d->f->can_mount;
	if (!w->propagation) {
		/* else events of the host's mounts would go on arriving in the
		 * container */
		m->propagation = MS_PRIVATE;
		m->propagation_recursive = true;
	}
	return 0;
}

static int check_lengths(const struct plan_mount *m, struct err *e)
{
	LIST_EACH (option, &m->data) {
		const char *value = strchr(*option, '=');

		if (value && strlen(value + 1) > MOUNT_VALUE_MAX)
			return err_plain(e, EINVAL,
					 "%s: option \"%.*s\": its value has more than "
					 "%d bytes, all that the kernel takes",
					 m->where, (int)(value - *option), *option,
					 MOUNT_VALUE_MAX);
	}
	return 0;
}

static int decide_new(struct draft *d, const struct spec_mount *from,
		      const struct mount_wish *w, struct plan_mount *m, struct err *e)
{
	if (is_plain_type(from->type))
		return err_plain(e, EINVAL, "%s: a mount without a type", m->where);
	m->type = from->type;
	m->source = str_empty(from->source) ? NULL : from->source;
	m->data = w->data;
	m->flags = w->flags;
	m->copy_up = w->copy_up;
	/* nothing is to be cleared on a mount that is new */
	m->attr_clr = 0;
	if (mount_overlay(d, m, e) < 0 || check_lengths(m, e) < 0)
		return -1;
	if (!(m->attr_set & MOUNT_ATTR_RDONLY))
		return 0;
	/* a device that is read-only can't be opened for writing, which the file
	 * system does unless it is read-only as well */
	if (m->source && m->source[0] == '/')
		strings_add(d->a, &m->flags, draft_keep(d, "ro"));
	if (str_eq(m->type, "tmpfs")) {
		m->late_readonly = true;
		m->attr_set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	}
	return 0;
}

/* What becomes of links at the end of source and destination */
static int decide_links(const struct mount_wish *w, struct plan_mount *m, struct err *e)
{
	bool any = w->copy_link || w->keep_source || w->keep_target;

	if (any && m->kind != MOUNT_BIND)
		return err_plain(e, EINVAL,
				 "%s: copy-symlink, src-nofollow and dest-nofollow are "
				 "for bind mounts",
				 m->where);
	if (w->copy_link && (w->keep_source || w->keep_target))
		return err_plain(e, EINVAL,
				 "%s: copy-symlink does not go with src-nofollow or "
				 "dest-nofollow",
				 m->where);
	m->copy_link = w->copy_link;
	m->keep_source = w->keep_source || w->copy_link;
	m->keep_target = w->keep_target || w->copy_link;
	return 0;
}

static int decide_mount(struct draft *d, const struct spec_mount *from,
			struct mount_wish *w, struct plan_mount *m, struct err *e)
{
	mount_wish_read(d, m->where, &from->options, w);
	if (w->copy_up && !str_eq(from->type, "tmpfs"))
		return err_plain(e, EINVAL, "%s: tmpcopyup is for tmpfs", m->where);
	choose_kind(from, w, m);
	m->attr_set = w->attr_set;
	m->attr_clr = w->attr_clr;
	m->rec_set = w->rec_set;
	m->rec_clr = w->rec_clr;
	m->propagation = w->propagation & ~(uint64_t)MS_REC;
	m->propagation_recursive = (w->propagation & MS_REC) != 0;
	if (decide_links(w, m, e) < 0)
		return -1;
	if (m->kind == MOUNT_CHANGE)
		return decide_change(d, w, m, e);
	if (m->kind == MOUNT_BIND)
		return decide_bind(d, from, w, m, e);
	return decide_new(d, from, w, m, e);
}

static int add_mount(struct draft *d, const struct spec_mount *from, const char *where,
		     struct err *e)
{
	struct plan_mount *m = list_add(d->a, &d->p->mounts);
	struct mount_wish w;

	m->target = path_clean(d->a, "/", from->destination);
	m->where = arena_fmt(d->a, "%s %s", where, m->target);
	if (decide_mount(d, from, &w, m, e) < 0)
		return -1;
	if (special_mount(d, m, e) < 0 || special_target(m, e) < 0)
		return -1;
	mount_label(d, m);
	return mount_idmap(d, from, &w, m, e);
}

/* Where the container tells that it is ready: see launch_notify.h */
static int add_notify(struct draft *d, struct err *e)
{
	static const char *const options[] = { "bind", "ro", "nosuid", "nodev",
					       "noexec" };
	struct spec_mount *from = arena_new(d->a, struct spec_mount);

	from->destination = draft_keep(d, NOTIFY_DIR);
	from->type = draft_keep(d, "bind");
	from->source = draft_keep(d, d->r->notify_dir);
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		strings_add(d->a, &from->options, draft_keep(d, options[i]));
	return add_mount(d, from, "NOTIFY_SOCKET", e);
}

int draft_mounts(struct draft *d, struct err *e)
{
	if (mount_label_check(d, e) < 0)
		return -1;
	for (size_t i = 0; i < d->spec->mounts.n; i++)
		if (add_mount(d, &d->spec->mounts.items[i],
			      arena_fmt(d->a, "mounts[%zu]", i), e) < 0)
			return -1;
	return d->r->notify_dir ? add_notify(d, e) : 0;
}
