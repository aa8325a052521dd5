/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mounts of a sandbox, in their order: the system, what is new and empty, what is
 * shared, what is hidden. Runs in the program; pure.
 *
 * Theory. A read-only bind does not stop connect(2) to a socket in it: what has sockets
 * of the host (/run, /tmp, /var) is not shared, and always new.
 */
#include <string.h>

#include "base/str.h"
#include "src/sandbox/sandbox.h"

static struct spec_mount *add(struct spec *spec, const char *destination,
			      const char *type, const char *source, const char *options,
			      struct arena *a)
{
	struct spec_mount *m = list_add(a, &spec->mounts);

	m->destination = arena_strdup(a, destination);
	m->type = arena_strdup(a, type);
	m->source = arena_strdup(a, source);
	m->options = str_split(a, options, ',');
	return m;
}

static void add_empty(struct spec *spec, const char *destination, const char *options,
		      uint64_t size, struct arena *a)
{
	const char *limit = size == SANDBOX_NONE ? ""
						 : arena_fmt(a, ",size=%llu",
							     (unsigned long long)size);

	add(spec, destination, "tmpfs", "tmpfs",
	    arena_fmt(a, "nosuid,nodev,%s%s", options, limit), a);
}

static void add_devices(struct spec *spec, struct arena *a)
{
	add(spec, "/dev", "tmpfs", "tmpfs", "nosuid,noexec,strictatime,mode=755,size=64k",
	    a);
	/* group 5, tty, has no mapping */
	add(spec, "/dev/pts", "devpts", "devpts",
	    "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620", a);
	add(spec, "/dev/shm", "tmpfs", "shm", "nosuid,noexec,nodev,mode=1777,size=64m",
	    a);
	add(spec, "/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev", a);
}

static void add_shared(const struct sandbox *s, struct spec *spec,
		       const struct sandbox_path *p, struct arena *a)
{
	struct spec_mount *m = add(spec, p->destination, "bind", p->source,
				   p->write ? "rbind,rprivate,nosuid,nodev"
					    : "rbind,rprivate,rro,nosuid,nodev",
				   a);

	if (s->uid == s->uid_outside && s->gid == s->gid_outside)
		return;
	*list_add(a, &m->uid_mappings) = (struct spec_idmap){ s->uid, s->uid_outside, 1 };
	*list_add(a, &m->gid_mappings) = (struct spec_idmap){ s->gid, s->gid_outside, 1 };
}

void sandbox_mounts(const struct sandbox *s, struct spec *spec, struct arena *a)
{
	LIST_EACH (path, &s->system)
		add(spec, *path, "bind", *path,
		    "rbind,rprivate,rro,nosuid,nodev,copy-symlink", a);
	add(spec, "/proc", "proc", "proc", "nosuid,noexec,nodev", a);
	add_devices(spec, a);
	add_empty(spec, "/tmp", "mode=1777", s->tmp, a);
	add_empty(spec, "/run", "noexec,mode=755", 1 << 20, a);
	add_empty(spec, "/var", "mode=755", s->tmp, a);
	add_empty(spec, "/var/tmp", "mode=1777", s->tmp, a);
	add_empty(spec, s->home, "mode=700", s->tmp, a);
	LIST_EACH (path, &s->paths)
		add_shared(s, spec, path, a);
	LIST_EACH (path, &s->hide)
		add_empty(spec, *path, "ro,noexec,mode=555,nr_inodes=2", 4096, a);
}
