/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device rules without a cgroup. Runs in the program; pure.
 *
 * Theory. A device is used by its node. Who may neither make nodes (CAP_MKNOD) nor mount
 * (CAP_SYS_ADMIN) has those that are there; so when every mount is nodev but the /dev
 * that the runtime fills, these are the devices of the document, and the rules hold as
 * they would in a cgroup; a document with a device that they deny is refused. The
 * container cannot clear nodev: in a user namespace that it makes, mounts are locked with
 * it. What would bring nodes later, from the image or from others does not go with it:
 * mounts that the host propagates, a /dev with what the image has there, and processes
 * outside, whose /proc/PID/root leads to their mounts. Who comes later is held to the
 * same: an exec, a mount.
 */
#include <errno.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <sched.h>
#include <string.h>

#include "cgroups/devices.h"
#include "libcontainer/plan/draft.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/spec/words.h"

static bool names_cap(const strings_t *names, int cap)
{
	LIST_EACH (name, names)
		if (word_find(&words_caps, *name) == cap)
			return true;
	return false;
}

/* Without a document's sets the runtime's own are kept */
static bool has_cap(const struct spec_caps *c, int cap)
{
	return !c || names_cap(&c->bounding, cap) || names_cap(&c->effective, cap) ||
	       names_cap(&c->permitted, cap) || names_cap(&c->inheritable, cap) ||
	       names_cap(&c->ambient, cap);
}

static bool makes_nodes(const struct spec_caps *c)
{
	return has_cap(c, CAP_MKNOD) || has_cap(c, CAP_SYS_ADMIN);
}

static bool fits(const struct opt_i64 *number, int64_t value)
{
	return !number->set || number->v < 0 || number->v == value;
}

/* May it be read and written? A rule that allows only one of these counts for nothing;
 * one that denies any access denies all. */
static bool is_allowed(const struct resources *r, const struct spec_device *device)
{
	const char *own = str_eq(device->type, "u") ? "c" : device->type;
	bool allowed = false;

	LIST_EACH (rule, &r->devices) {
		const char *type = str_empty(rule->type) ? "a" : rule->type;

		if ((!str_eq(type, "a") && !str_eq(type, own)) ||
		    !fits(&rule->major, device->major.v) ||
		    !fits(&rule->minor, device->minor.v))
			continue;
		if (!rule->allow)
			allowed = false;
		else if (str_empty(rule->access) ||
			 (strchr(rule->access, 'r') && strchr(rule->access, 'w')))
			allowed = true;
	}
	return allowed;
}

static bool is_dev(const char *type, const char *target)
{
	return str_eq(type, "tmpfs") && strcmp(target, "/dev") == 0;
}

static bool receives_mounts(const char *word)
{
	return str_eq(word, "shared") || str_eq(word, "rshared") ||
	       str_eq(word, "slave") || str_eq(word, "rslave");
}

static bool shows_host_proc(const struct draft *d, const char *source)
{
	const char *path;

	if (str_empty(source))
		return false;
	path = path_clean(d->a, d->r->bundle, source);
	return str_eq(path, "/proc") || path_below(path, "/proc") ||
	       path_below("/proc", path);
}

static bool brings_nodes(const struct draft *d, const struct spec_mount *m)
{
	LIST_EACH (word, &m->options)
		if (receives_mounts(*word))
			return true;
	return shows_host_proc(d, m->source);
}

/* Other words make mounts below the root slaves of the host's */
static bool root_is_private(const char *word)
{
	return str_empty(word) || str_eq(word, "rprivate") || str_eq(word, "runbindable");
}

static bool starts_empty(const struct spec_mount *m)
{
	return str_eq(m->type, "tmpfs") && !strings_has(&m->options, "tmpcopyup");
}

/* The runtime's own /dev, and no device but there and as the rules have it */
static bool devices_fit(const struct draft *d, const struct resources *r)
{
	const struct spec *s = d->spec;
	bool dev = false;

	if (!root_is_private(s->linux->rootfs_propagation) ||
	    shows_host_proc(d, s->root->path))
		return false;
	LIST_EACH (m, &s->mounts) {
		if (brings_nodes(d, m))
			return false;
		if (strcmp(path_clean(d->a, "/", m->destination), "/dev") == 0)
			dev = starts_empty(m);
	}
	LIST_EACH (device, &s->linux->devices)
		if (!path_below(path_clean(d->a, "/", device->path), "/dev") ||
		    (!str_eq(device->type, "p") && !is_allowed(r, device)))
			return false;
	return dev;
}

bool draft_may_close_devices(const struct draft *d, const struct resources *r)
{
	const struct spec_process *process = d->spec->process;
	uint32_t own = CLONE_NEWPID | CLONE_NEWNS;

	return process && (d->fresh & own) == own &&
	       !makes_nodes(process->capabilities) && devices_fit(d, r);
}

bool draft_devices_closed(const struct draft *d, const struct enter *in)
{
	const struct spec_linux *l = in->spec->linux;
	const struct resources *r = l ? l->resources : NULL;

	return !in->cgroup_path && !draft_guest(d) && r && r->devices.n &&
	       !devices_allow_all(r);
}

int draft_enter_devices(const struct draft *d, const struct enter *in,
			const struct spec_process *process, struct err *e)
{
	if (!draft_devices_closed(d, in) || !makes_nodes(process->capabilities))
		return 0;
	return err_plain(e, EPERM,
			 "CAP_MKNOD, CAP_SYS_ADMIN: the container has no cgroup, and "
			 "its device rules do not hold for who has these");
}

/* The root with all below it, before anything is mounted there */
static void close_root(struct draft *d)
{
	struct plan *p = d->p;
	struct plan_mount root = { .kind = MOUNT_CHANGE,
				   .where = draft_keep(d, "root /"),
				   .target = draft_keep(d, "/"),
				   .rec_set = MOUNT_ATTR_NODEV };

	list_add(d->a, &p->mounts);
	memmove(&p->mounts.items[1], &p->mounts.items[0],
		(p->mounts.n - 1) * sizeof(p->mounts.items[0]));
	p->mounts.items[0] = root;
}

void draft_close_mounts(struct draft *d)
{
	if (!d->closes_devices)
		return;
	LIST_EACH (m, &d->p->mounts) {
		if (m->kind == MOUNT_NEW &&
		    (is_dev(m->type, m->target) || str_eq(m->type, "devpts")))
			continue;
		m->attr_clr &= ~(uint64_t)MOUNT_ATTR_NODEV;
		m->rec_clr &= ~(uint64_t)MOUNT_ATTR_NODEV;
		if (m->kind == MOUNT_NEW)
			m->attr_set |= MOUNT_ATTR_NODEV;
		else
			m->rec_set |= MOUNT_ATTR_NODEV;
	}
}

void draft_close_devices(struct draft *d)
{
	if (!d->closes_devices)
		return;
	draft_close_mounts(d);
	close_root(d);
}
