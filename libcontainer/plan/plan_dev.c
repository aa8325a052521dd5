/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device nodes and the links in /dev. Runs in the program; pure.
 *
 * Theory. mknod(2) of a device is only allowed in the first user namespace (CAP_MKNOD is
 * asked there, fs/namei.c), so elsewhere the host's node is bound; a FIFO may be made
 * anywhere. If the document mounts something of the host at /dev, it is the host's:
 * making nodes there would change it.
 */
#include <linux/sched.h>
#include <string.h>
#include <sys/stat.h>

#include "libcontainer/plan/draft.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/spec/words.h"

static const struct {
	const char *path;
	uint32_t major, minor;
} default_devices[] = {
	{ "/dev/null", 1, 3 },	 { "/dev/zero", 1, 5 },	   { "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
};

static const struct {
	const char *path, *text;
} default_links[] = {
	{ "/dev/fd", "/proc/self/fd" },	      { "/dev/stdin", "/proc/self/fd/0" },
	{ "/dev/stdout", "/proc/self/fd/1" }, { "/dev/stderr", "/proc/self/fd/2" },
	{ "/dev/core", "/proc/kcore" },	      { "/dev/ptmx", "pts/ptmx" },
};

static bool is_mounted(const struct plan *p, const char *path)
{
	LIST_EACH (m, &p->mounts)
		if (m->kind != MOUNT_CHANGE && strcmp(m->target, path) == 0)
			return true;
	return false;
}

static bool has_device(const struct plan *p, const char *path)
{
	LIST_EACH (device, &p->devices)
		if (strcmp(device->path, path) == 0)
			return true;
	return false;
}

/* The last mount there decides */
static bool dev_is_hosts(const struct plan *p)
{
	bool bound = false;

	LIST_EACH (m, &p->mounts)
		if (m->kind != MOUNT_CHANGE && strcmp(m->target, "/dev") == 0)
			bound = m->kind == MOUNT_BIND;
	return bound;
}

static void choose_source(struct draft *d, struct plan_device *device)
{
	if (S_ISFIFO(device->mode))
		return;
	if (draft_userns(d) || d->f->in_userns)
		device->source = device->path;
}

static void add_default(struct draft *d, size_t i)
{
	struct plan_device *device;

	if (has_device(d->p, default_devices[i].path) ||
	    is_mounted(d->p, default_devices[i].path))
		return;
	device = list_add(d->a, &d->p->devices);
	device->path = draft_keep(d, default_devices[i].path);
	device->mode = S_IFCHR | 0666;
	device->major = default_devices[i].major;
	device->minor = default_devices[i].minor;
	device->is_default = true;
	choose_source(d, device);
}

static int add_device(struct draft *d, const struct spec_device *from, size_t i,
		      struct err *e)
{
	long type = word_find(&words_device_types, from->type);
	struct plan_device *device;

	if (type < 0)
		return err_plain(e, EINVAL,
				 "linux.devices[%zu].type: unknown word \"%s\"", i,
				 from->type);
	device = list_add(d->a, &d->p->devices);
	device->path = path_clean(d->a, "/", from->path);
	device->mode =
		(uint32_t)type | (from->file_mode.set ? from->file_mode.v & 07777 : 0666);
	device->major = (uint32_t)from->major.v;
	device->minor = (uint32_t)from->minor.v;
	device->uid = (uint32_t)from->uid.v;
	device->gid = (uint32_t)from->gid.v;
	choose_source(d, device);
	return 0;
}

static int add_devices(struct draft *d, bool hosts, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	size_t left_out = 0;

	for (size_t i = 0; l && i < l->devices.n; i++) {
		const char *path = path_clean(d->a, "/", l->devices.items[i].path);

		if (hosts && path_below(path, "/dev"))
			left_out++;
		else if (add_device(d, &l->devices.items[i], i, e) < 0)
			return -1;
	}
	if (left_out)
		draft_warn(
			d,
			"linux.devices: /dev is a bind mount: %zu device(s) are not made "
			"in it",
			left_out);
	return 0;
}

static void add_links(struct draft *d)
{
	for (size_t i = 0; i < ARRAY_LEN(default_links); i++) {
		struct plan_link *link;

		if (has_device(d->p, default_links[i].path) ||
		    is_mounted(d->p, default_links[i].path))
			continue;
		link = list_add(d->a, &d->p->links);
		link->path = draft_keep(d, default_links[i].path);
		link->text = draft_keep(d, default_links[i].text);
	}
}

int draft_devices(struct draft *d, struct err *e)
{
	bool hosts = dev_is_hosts(d->p);

	if (add_devices(d, hosts, e) < 0)
		return -1;
	if (hosts)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(default_devices); i++)
		add_default(d, i);
	add_links(d);
	return 0;
}
