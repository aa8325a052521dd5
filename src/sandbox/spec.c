/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The document of a sandbox. Runs in the program; pure.
 *
 * Theory. The program is the same user as the caller, so that what it writes in a shared
 * directory is the caller's, but in a user namespace that maps this one id: it has no
 * capability anywhere, and nothing can give it one. Root is another user outside, for the
 * kernel lets root do more even without capabilities (it writes files of /proc/sys that
 * are root's, and no limit of processes holds for it); mounts that are shared for writing
 * map the ids back. What keeps it from making another
 * user namespace, in which it would have all of them, are two things: the limit of this
 * one (user.max_user_namespaces, which it cannot write) and the filter.
 */
#include "src/sandbox/sandbox.h"

#include <string.h>

#include "base/str.h"

#define HOST_NAME "sandbox"

static char *text(struct arena *a, const char *s)
{
	return arena_strdup(a, s);
}

static void note(struct spec *s, struct arena *a, const char *name, const char *value)
{
	*list_add(a, &s->annotations) =
		(struct pair){ .key = text(a, name), .value = text(a, value) };
}

/* Only the names that programs look for */
static void add_accounts(const struct sandbox *s, struct spec *spec, struct arena *a)
{
	const char *root = s->uid ? "root:x:0:0:root:/root:/usr/sbin/nologin\n" : "";
	const char *group = s->gid ? "root:x:0:\n" : "";

	note(spec, a, "aril.file./etc/passwd",
	     arena_fmt(a,
		       "%s%s:x:%u:%u::%s:/bin/sh\n"
		       "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
		       root, s->user, s->uid, s->gid, s->home));
	note(spec, a, "aril.file./etc/group",
	     arena_fmt(a, "%s%s:x:%u:\nnogroup:x:65534:\n", group, s->user, s->gid));
	note(spec, a, "aril.file./etc/hostname", HOST_NAME "\n");
	note(spec, a, "aril.file./etc/hosts",
	     "127.0.0.1 localhost " HOST_NAME "\n::1 localhost\n");
}

/* What is writable by the mounts, for the second wall */
static const char *writable(const struct sandbox *s, struct arena *a)
{
	const char *all = arena_fmt(a, "/tmp\n/var\n/run\n%s", s->home);

	LIST_EACH (path, &s->paths)
		if (path->write)
			all = arena_fmt(a, "%s\n%s", all, path->destination);
	return all;
}

static void add_annotations(const struct sandbox *s, struct spec *spec, struct arena *a)
{
	note(spec, a, "aril.root", "tmpfs");
	note(spec, a, "aril.init", "1");
	note(spec, a, "aril.landlock.write", writable(s, a));
	if (str_eq(s->net, "user"))
		note(spec, a, "aril.net", "user");
	add_accounts(s, spec, a);
	LIST_EACH (file, &s->files) {
		size_t name = strcspn(*file, "=");

		note(spec, a,
		     arena_fmt(a, "aril.file.%s", arena_strndup(a, *file, name)),
		     *file + name + 1);
	}
}

static void add_limit(struct spec_process *p, const char *type, uint64_t value,
		      struct arena *a)
{
	if (value != SANDBOX_NONE)
		*list_add(a, &p->rlimits) = (struct spec_rlimit){ text(a, type), value,
								  value };
}

static struct spec_process *make_process(const struct sandbox *s, struct arena *a)
{
	struct spec_process *p = arena_new(a, struct spec_process);

	p->terminal = s->terminal;
	p->user = arena_new(a, struct spec_user);
	p->user->uid = s->uid;
	p->user->gid = s->gid;
	p->args = s->command;
	p->env = s->env;
	p->cwd = text(a, s->cwd);
	p->capabilities = arena_new(a, struct spec_caps);
	p->no_new_privileges = true;
	add_limit(p, "RLIMIT_CORE", 0, a);
	add_limit(p, "RLIMIT_NOFILE", s->open_files, a);
	add_limit(p, "RLIMIT_NPROC", s->pids, a);
	add_limit(p, "RLIMIT_FSIZE", s->file_size, a);
	return p;
}

/* Of its own user namespace: hard limits, which the program may not raise. Without
 * another user namespace it has no capability to make any other one. The limits of
 * inotify are else those of all that the user runs. */
static const struct {
	const char *name, *value;
} settings[] = {
	{ "user.max_user_namespaces", "0" },
	{ "user.max_inotify_instances", "64" },
	{ "user.max_inotify_watches", "65536" },
	{ "user.max_fanotify_groups", "0" },
	{ "user.max_fanotify_marks", "0" },
};

static const char masked[] =
	"/proc/acpi,/proc/asound,/proc/cmdline,/proc/config.gz,/proc/interrupts,"
	"/proc/kallsyms,/proc/kcore,/proc/key-users,/proc/keys,/proc/kmsg,"
	"/proc/kpagecgroup,/proc/kpagecount,/proc/kpageflags,/proc/latency_stats,"
	"/proc/modules,/proc/pagetypeinfo,/proc/sched_debug,/proc/schedstat,/proc/scsi,"
	"/proc/slabinfo,/proc/softirqs,/proc/sysrq-trigger,/proc/timer_list,"
	"/proc/timer_stats,/proc/vmallocinfo,/proc/zoneinfo";
static const char readonly[] = "/proc/bus,/proc/driver,/proc/fs,/proc/irq,/proc/mtrr,"
			       "/proc/sys,/proc/tty";

static struct resources *make_resources(const struct sandbox *s, struct arena *a)
{
	struct resources *r;

	if (s->memory == SANDBOX_NONE)
		return NULL;
	r = arena_new(a, struct resources);
	r->memory = arena_new(a, struct res_memory);
	r->memory->limit = (struct opt_i64){ .set = true, .v = (int64_t)s->memory };
	return r;
}

static struct spec_linux *make_linux(const struct sandbox *s, struct arena *a)
{
	static const char *const spaces[] = { "user", "mount", "pid",	"ipc",
					      "uts",  "cgroup", "network" };
	struct spec_linux *l = arena_new(a, struct spec_linux);

	for (size_t i = 0; i < ARRAY_LEN(spaces); i++)
		if (strcmp(spaces[i], "network") || !str_eq(s->net, "host"))
			list_add(a, &l->namespaces)->type = text(a, spaces[i]);
	*list_add(a, &l->uid_mappings) = (struct spec_idmap){ s->uid, s->uid_outside, 1 };
	*list_add(a, &l->gid_mappings) = (struct spec_idmap){ s->gid, s->gid_outside, 1 };
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		*list_add(a, &l->sysctl) =
			(struct pair){ .key = text(a, settings[i].name),
				       .value = text(a, settings[i].value) };
	l->masked_paths = str_split(a, masked, ',');
	l->readonly_paths = str_split(a, readonly, ',');
	l->resources = make_resources(s, a);
	l->seccomp = sandbox_filter(a);
	return l;
}

struct spec *sandbox_spec(const struct sandbox *s, struct arena *a)
{
	struct spec *spec = arena_new(a, struct spec);

	spec->oci_version = text(a, SPEC_VERSION);
	spec->process = make_process(s, a);
	spec->root = arena_new(a, struct spec_root);
	spec->root->path = text(a, "/");
	spec->root->readonly = true;
	spec->hostname = text(a, HOST_NAME);
	sandbox_mounts(s, spec, a);
	add_annotations(s, spec, a);
	spec->linux = make_linux(s, a);
	return spec;
}
