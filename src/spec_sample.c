/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sample document; runs in the program; pure */
#include "src/spec_sample.h"

#include "base/str.h"

/* Lists are written as words with commas: "nosuid,noexec" */
static strings_t words(struct arena *a, const char *text)
{
	return str_split(a, text, ',');
}

enum who { EVERYBODY, ROOT, USER }; /* for whom a row is */

static const struct {
	enum who who;
	const char *destination, *type, *source, *options;
} mounts[] = {
	{ EVERYBODY, "/proc", "proc", "proc", NULL },
	{ EVERYBODY, "/dev", "tmpfs", "tmpfs",
	  "nosuid,strictatime,mode=755,size=65536k" },
	{ ROOT, "/dev/pts", "devpts", "devpts",
	  "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5" },
	/* group 5 has no mapping */
	{ USER, "/dev/pts", "devpts", "devpts",
	  "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620" },
	{ EVERYBODY, "/dev/shm", "tmpfs", "shm",
	  "nosuid,noexec,nodev,mode=1777,size=65536k" },
	{ EVERYBODY, "/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev" },
	{ ROOT, "/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro" },
	/* a new sysfs belongs to the network namespace, which is not the user's */
	{ USER, "/sys", "none", "/sys", "rbind,nosuid,noexec,nodev,rro" },
	{ ROOT, "/sys/fs/cgroup", "cgroup", "cgroup", "nosuid,noexec,nodev,relatime,ro" },
};

static const struct {
	enum who who;
	const char *type;
} namespaces[] = {
	{ EVERYBODY, "pid" }, { ROOT, "network" },    { EVERYBODY, "ipc" },
	{ EVERYBODY, "uts" }, { EVERYBODY, "mount" }, { EVERYBODY, "cgroup" },
	{ USER, "user" },
};

static const char caps[] = "CAP_AUDIT_WRITE,CAP_KILL,CAP_NET_BIND_SERVICE";
static const char masked[] = "/proc/acpi,/proc/asound,/proc/kcore,/proc/keys,"
			     "/proc/latency_stats,/proc/timer_list,/proc/timer_stats,"
			     "/proc/sched_debug,/sys/firmware,/proc/scsi";
static const char readonly[] =
	"/proc/bus,/proc/fs,/proc/irq,/proc/sys,/proc/sysrq-trigger";

static char *text(struct arena *a, const char *s)
{
	return arena_strdup(a, s);
}

static struct spec_process *sample_process(struct arena *a)
{
	struct spec_process *p = arena_new(a, struct spec_process);
	struct spec_caps *c = arena_new(a, struct spec_caps);

	p->terminal = true;
	p->user = arena_new(a, struct spec_user);
	p->args = words(a, "sh");
	p->env = words(
		a, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin,"
		   "TERM=xterm");
	p->cwd = text(a, "/");
	c->bounding = c->effective = c->permitted = words(a, caps);
	p->capabilities = c;
	*list_add(a, &p->rlimits) =
		(struct spec_rlimit){ text(a, "RLIMIT_NOFILE"), 1024, 1024 };
	p->no_new_privileges = true;
	return p;
}

static void add_mounts(struct spec *s, enum who who, struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
		struct spec_mount *m;

		if (mounts[i].who != EVERYBODY && mounts[i].who != who)
			continue;
		m = list_add(a, &s->mounts);
		m->destination = text(a, mounts[i].destination);
		m->type = text(a, mounts[i].type);
		m->source = text(a, mounts[i].source);
		if (mounts[i].options)
			m->options = words(a, mounts[i].options);
	}
}

static struct spec_linux *sample_linux(const struct spec_sample_user *user, enum who who,
				       struct arena *a)
{
	struct spec_linux *l = arena_new(a, struct spec_linux);

	if (user) {
		*list_add(a, &l->uid_mappings) = (struct spec_idmap){ 0, user->uid, 1 };
		*list_add(a, &l->gid_mappings) = (struct spec_idmap){ 0, user->gid, 1 };
	} else {
		l->resources = arena_new(a, struct resources);
		*list_add(a, &l->resources->devices) =
			(struct res_device){ .allow = false, .access = text(a, "rwm") };
	}
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
		if (namespaces[i].who == EVERYBODY || namespaces[i].who == who)
			list_add(a, &l->namespaces)->type = text(a, namespaces[i].type);
	l->masked_paths = words(a, masked);
	l->readonly_paths = words(a, readonly);
	return l;
}

struct spec *spec_sample(const struct spec_sample_user *user, struct arena *a)
{
	struct spec *s = arena_new(a, struct spec);
	enum who who = user ? USER : ROOT;

	s->oci_version = text(a, SPEC_VERSION);
	s->process = sample_process(a);
	s->root = arena_new(a, struct spec_root);
	s->root->path = text(a, "rootfs");
	s->root->readonly = true;
	s->hostname = text(a, "aril");
	add_mounts(s, who, a);
	s->linux = sample_linux(user, who, a);
	return s;
}
