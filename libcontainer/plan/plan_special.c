/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts that are not like others. Runs in the program; pure.
 *
 * Theory. proc, sysfs and mqueue each show one namespace (PID, network, IPC), and the
 * kernel lets them be mounted only by who has CAP_SYS_ADMIN in the user namespace that
 * owns this namespace (fs/proc/root.c, fs/sysfs/mount.c, ipc/mqueue.c). In a user
 * namespace whose container keeps the runtime's network, say, a new sysfs is EPERM, and
 * what is left is to show the runtime's own. The bind must be recursive: in a user
 * namespace a mount may not be taken from the mounts that cover parts of it. Where the
 * answer depends on the host, the bind is a fallback that init takes on EPERM.
 *
 * A cgroup2 mount has no options of its own: those given go to the one file system that
 * all mounts share, unless the mount is made in a cgroup namespace other than the first
 * (kernel/cgroup/cgroup.c, cgroup_reconfigure()). A new mount from the host's cgroup
 * namespace without the host's options (nsdelegate, memory_recursiveprot ...) takes these
 * away from the host. So without a private cgroup namespace the tree is bound, never
 * mounted.
 */
#include "libcontainer/plan/plan_special.h"

#include <linux/mount.h>
#include <linux/sched.h>
#include <string.h>

#include "libcontainer/plan/path.h"

/* Does the container have its own namespace of this kind, new or joined */
static bool own_ns(const struct draft *d, uint32_t flag)
{
	return ((d->fresh | d->joined) & flag) != 0;
}

/* In a user namespace that is not the host's first one */
static bool in_userns(const struct draft *d)
{
	return draft_userns(d) || d->f->in_userns;
}

/* Show the runtime's tree in place of a new file system */
static void turn_into_bind(struct draft *d, struct plan_mount *m, const char *source)
{
	m->kind = MOUNT_BIND;
	m->source = draft_keep(d, source);
	m->type = NULL;
	m->fallback = NULL;
	m->recursive = true;
	m->by_host = d->f->can_mount;
	m->late_readonly = false;
	m->data = (strings_t){ NULL, 0 };
	m->flags = (strings_t){ NULL, 0 };
	if (m->attr_set & MOUNT_ATTR_RDONLY)
		m->rec_set |= MOUNT_ATTR_RDONLY;
	if (!m->propagation) {
		m->propagation = MS_PRIVATE;
		m->propagation_recursive = true;
	}
}

static int special_proc(struct draft *d, struct plan_mount *m, struct err *e)
{
	(void)e;
	m->no_symlinks = true;
	if (in_userns(d) && !own_ns(d, CLONE_NEWPID))
		m->fallback = draft_keep(d, "/proc");
	return 0;
}

static int special_sysfs(struct draft *d, struct plan_mount *m, struct err *e)
{
	(void)e;
	m->no_symlinks = true;
	if (d->p->new_userns && !own_ns(d, CLONE_NEWNET))
		turn_into_bind(d, m, "/sys");
	else if (in_userns(d) && !(d->fresh & CLONE_NEWNET))
		m->fallback = draft_keep(d, "/sys");
	return 0;
}

static int special_mqueue(struct draft *d, struct plan_mount *m, struct err *e)
{
	(void)e;
	if (in_userns(d) && !(d->fresh & CLONE_NEWIPC))
		m->fallback = draft_keep(d, "/dev/mqueue");
	return 0;
}

/* Nothing to show: an empty directory that stays so, for programs that look there */
static void mask_cgroup(struct draft *d, struct plan_mount *m)
{
	/* some kernels count the root directory twice */
	static const char *const options[] = { "nr_blocks=1", "nr_inodes=2", "mode=555" };

	m->type = draft_keep(d, "tmpfs");
	m->source = draft_keep(d, "cgroup");
	m->attr_set |= MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
		       MOUNT_ATTR_NOEXEC;
	m->flags = (strings_t){ NULL, 0 };
	m->data = (strings_t){ NULL, 0 };
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		strings_add(d->a, &m->data, draft_keep(d, options[i]));
	draft_warn(d,
		   "%s: no cgroup2 tree is mounted on this host: the container sees an "
		   "empty "
		   "directory",
		   m->where);
}

static int special_cgroup(struct draft *d, struct plan_mount *m, struct err *e)
{
	const struct plan_cgroup *c = &d->p->cgroup;

	(void)e;
	if (d->f->cgroups == CGROUPS_NONE || !d->f->cgroup_mount) {
		mask_cgroup(d, m);
		return 0;
	}
	if (!own_ns(d, CLONE_NEWCGROUP)) {
		if (m->data.n)
			draft_warn(d,
				   "%s: options of the file system are not applied: the "
				   "host's tree is bound",
				   m->where);
		turn_into_bind(d, m, d->f->cgroup_mount);
		return 0;
	}
	m->type = draft_keep(d, "cgroup2");
	if (c->way == CGROUP_MAKE && c->path)
		m->fallback = path_clean(d->a, c->mount, c->path + 1);
	return 0;
}

static const struct {
	const char *type;
	int (*change)(struct draft *d, struct plan_mount *m, struct err *e);
} types[] = {
	{ "proc", special_proc },      { "sysfs", special_sysfs },
	{ "mqueue", special_mqueue },  { "cgroup", special_cgroup },
	{ "cgroup2", special_cgroup },
};

int special_mount(struct draft *d, struct plan_mount *m, struct err *e)
{
	if (m->kind != MOUNT_NEW)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].type, m->type) == 0)
			return types[i].change(d, m, e);
	return 0;
}

/* What lxcfs and its like replace. Anything else over /proc would let an image or a
 * volume lie to the runtime, which still writes there (CVE-2019-16884,
 * CVE-2019-19921). */
static const char *const proc_files[] = {
	"/proc/cpuinfo",
	"/proc/diskstats",
	"/proc/meminfo",
	"/proc/stat",
	"/proc/swaps",
	"/proc/uptime",
	"/proc/loadavg",
	"/proc/slabinfo",
	"/proc/sys/kernel/ns_last_pid",
	"/proc/sys/crypto/fips_enabled",
};

static bool may_cover(const char *target)
{
	for (size_t i = 0; i < ARRAY_LEN(proc_files); i++)
		if (strcmp(proc_files[i], target) == 0)
			return true;
	return !path_below(target, "/proc");
}

int special_target(struct plan_mount *m, struct err *e)
{
	bool is_proc;

	if (m->kind == MOUNT_CHANGE)
		return 0;
	if (strcmp(m->target, "/") == 0)
		return err_plain(e, EINVAL, "%s: nothing can be mounted over the root",
				 m->where);
	if (!may_cover(m->target))
		return err_plain(
			e, EINVAL,
			"%s: nothing may be mounted inside /proc but the files that "
			"lxcfs replaces",
			m->where);
	if (strcmp(m->target, "/proc") != 0)
		return 0;
	is_proc = m->kind == MOUNT_BIND ? str_eq(m->source, "/proc")
					: str_eq(m->type, "proc");
	if (!is_proc)
		return err_plain(e, EINVAL, "%s: only a proc file system can be there",
				 m->where);
	m->no_symlinks = true; /* its masks would be elsewhere */
	return 0;
}
