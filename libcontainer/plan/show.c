/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A plan as text: one decision per line, in the order in which they matter, always the
 * same for the same plan. For `aril plan` and the golden tests. Strings of the document
 * are quoted. Runs in the program; pure.
 */
#include <linux/sched.h>

#include "libcontainer/plan/build.h"
#include "libcontainer/plan/show_text.h"
#include "libcontainer/spec/words.h"

static void show_flags(struct text *t, const char *name, uint64_t flags)
{
	if (!flags)
		return;
	text_add(t, "%s:", name);
	for (size_t i = 0; i < words_namespaces.n; i++)
		if (flags & (uint64_t)words_namespaces.items[i].value)
			text_add(t, " %s", words_namespaces.items[i].name);
	text_add(t, "\n");
}

static void show_string(struct text *t, const char *name, const char *value)
{
	if (!value)
		return;
	text_add(t, "%s: ", name);
	text_quote(t, value);
	text_add(t, "\n");
}

static void show_namespaces(struct text *t, const struct plan *p)
{
	text_add(t, "for: %s\n",
		 p->only_mounts ? "the mounts of a running container"
		 : p->enter	? "one more process in a running container"
				: "a new container");
	text_add(t, "shape: %s\n",
		 p->shape == SHAPE_DIRECT ? "direct, one clone"
					  : "join, a middle process joins and clones");
	show_flags(t, "unshare before", p->early_flags);
	show_flags(t, "clone with new", p->clone_flags & ~p->early_flags);
	LIST_EACH (join, &p->joins) {
		text_add(t, "join: %s ", join->name);
		text_quote(t, join->path);
		if (join->writes)
			text_add(t, ", not the host's: %s", join->writes);
		text_add(t, "\n");
	}
	show_flags(t, "join those of init", p->join_flags);
	show_string(t, "write to timens_offsets", p->time_offsets);
}

static void show_maps(struct text *t, const char *name, const plan_maps_t *maps)
{
	LIST_EACH (map, maps)
		text_add(t, "map %s: %u inside is %u outside, %u of them\n", name,
			 map->inside, map->outside, map->size);
}

static void show_ids(struct text *t, const struct plan *p)
{
	static const char *const ways[] = {
		[MAP_WRITE] = "written by the host",
		[MAP_HELPER] = "by newuidmap and newgidmap",
	};

	if (p->ids.way == MAP_NONE)
		return;
	text_add(t, "id maps: %s%s\n", ways[p->ids.way],
		 p->ids.deny_setgroups ? ", setgroups denied" : "");
	show_maps(t, "uid", &p->ids.uids);
	show_maps(t, "gid", &p->ids.gids);
}

static void show_unit(struct text *t, const struct plan_cgroup *c)
{
	const struct unit *u = c->unit;

	text_add(t, "%s unit ", u->user ? "the user's systemd" : "systemd");
	text_quote(t, u->name);
	if (u->slice) {
		text_add(t, " in ");
		text_quote(t, u->slice);
	}
	if (c->subgroup)
		text_add(t, ", %s in it", c->subgroup);
	if (c->unit_may_fail)
		text_add(t, ", if it can be had,");
}

static void show_writes(struct text *t, const struct plan_cgroup *c)
{
	LIST_EACH (property, &c->properties) {
		text_add(t, "unit property %s", property->name);
		LIST_EACH (value, &property->values) {
			text_add(t, " ");
			text_quote(t, *value);
		}
		text_add(t, "\n");
	}
	LIST_EACH (limit, &c->limits) {
		text_add(t, "limit %s: write ", limit->where);
		text_quote(t, limit->text);
		text_add(t, " to %s\n", limit->file);
	}
	if (c->give)
		text_add(t, "cgroup's owner: %u\n", c->owner);
}

static void show_cgroup(struct text *t, const struct plan_cgroup *c)
{
	static const char *const ways[] = {
		[CGROUP_MAKE] = "make",
		[CGROUP_ENTER] = "enter",
	};

	if (c->way == CGROUP_NONE) {
		text_add(t, "cgroup: none: %s\n", c->why ? c->why : "?");
		return;
	}
	text_add(t, "cgroup: %s ", ways[c->way]);
	if (c->unit)
		show_unit(t, c);
	else
		text_quote(t, c->path);
	text_add(t, " below ");
	text_quote(t, c->mount);
	if (c->sub)
		text_add(t, ", in %s of it and nowhere else", c->sub);
	text_add(t, "\n");
	show_writes(t, c);
	if (c->delegate)
		text_add(t, "cgroup of the process: %s below it\n", c->delegate);
	if (!c->filter_devices)
		return;
	text_add(t, "device filter%s:", c->devices_may_fail ? ", if it is granted" : "");
	for (size_t i = 0; i < c->device_rules.n; i++)
		text_add(t, " %s,", c->device_rules.items[i]);
	text_add(t, " %s the default devices\n", c->device_rules.n ? "and" : "only");
}

static void show_root(struct text *t, const struct plan *p)
{
	if (p->enter)
		return;
	text_add(t, "root:%s", p->root_memory ? "" : " ");
	if (p->root_memory)
		text_list(t, "a tmpfs:", &p->root_memory->data);
	else
		text_quote(t, p->rootfs);
	text_add(t, "%s%s%s",
		 p->root_by_host && !p->root_memory ? " opened by the host" : "",
		 p->root_readonly ? ", ro" : "",
		 p->no_pivot ? ", without pivot_root" : "");
	show_propagation(t, p->root_propagation, p->root_propagation_recursive);
	text_add(t, "\n");
	LIST_EACH (file, &p->files) {
		text_add(t, "file ");
		text_quote(t, file->path);
		show_string(t, "", file->text);
	}
	if (p->first_process)
		text_add(t, "first process: aril's own\n");
}

static void show_settings(struct text *t, const struct plan *p)
{
	LIST_EACH (s, &p->sysctls) {
		text_add(t, "write /proc/%s: ", s->path);
		text_quote(t, s->value);
		text_add(t, "\n");
	}
	LIST_EACH (path, &p->readonly)
		show_string(t, "read-only", *path);
	LIST_EACH (path, &p->masked)
		show_string(t, "mask", *path);
	show_string(t, "hostname", p->hostname);
	show_string(t, "domainname", p->domainname);
	if (p->new_session_keyring)
		text_add(t, "session keyring: a new one\n");
}

static void show_vector(struct text *t, char *const *v)
{
	for (; v && *v; v++) {
		text_add(t, " ");
		text_quote(t, *v);
	}
}

static void show_hooks(struct text *t, const struct plan *p)
{
	for (int kind = 0; kind < HOOK_KINDS; kind++) {
		LIST_EACH (hook, &p->hooks[kind]) {
			text_add(t, "%s: ", hook->where);
			text_quote(t, hook->path);
			text_add(t, ", args");
			show_vector(t, hook->argv);
			text_add(t, ", env");
			show_vector(t, hook->envp);
			if (hook->timeout_ms)
				text_add(t, ", at most %ld ms", (long)hook->timeout_ms);
			text_add(t, "\n");
		}
	}
}

static void show_caps(struct text *t, const char *name, uint64_t set)
{
	text_add(t, "capabilities %s:", name);
	for (size_t i = 0; i < words_caps.n; i++)
		if (set >> words_caps.items[i].value & 1)
			text_add(t, " %s", words_caps.items[i].name + 4);
	text_add(t, "%s\n", set ? "" : " none");
}

static void show_privileges(struct text *t, const struct plan *p)
{
	const struct plan_caps *c = &p->process.caps;

	if (c->given) {
		show_caps(t, "bounding", c->bounding);
		show_caps(t, "effective", c->effective);
		show_caps(t, "inheritable", c->inheritable);
		show_caps(t, "permitted", c->permitted);
		show_caps(t, "ambient", c->ambient);
	} else {
		text_add(t, "capabilities: as they are\n");
	}
	text_add(t, "new privileges: %s\n",
		 p->process.no_new_privs ? "never" : "by execve");
	show_string(t, "AppArmor", p->process.apparmor);
	show_string(t, "SELinux label", p->process.selinux);
	if (p->landlock) {
		text_list(t, "Landlock: write below", &p->landlock->write);
		text_add(t, "\n");
	}
	text_add(t, "seccomp filter: %s\n", p->has_filter ? "yes" : "no");
	show_string(t, "seccomp listener", p->listener);
}

static void show_user(struct text *t, const struct plan *p)
{
	const struct plan_process *r = &p->process;

	text_add(t, "user: %u:%u, groups", r->uid, r->gid);
	LIST_EACH (group, &r->groups)
		text_add(t, " %u", *group);
	text_add(t, "%s", r->groups.n ? "" : r->set_groups ? " none" : " as they are");
	if (r->umask >= 0)
		text_add(t, ", umask %04o", (unsigned)r->umask);
	text_add(t, "%s\n",
		 p->ids_zero ? ", is 0:0 of the user namespace until then" : "");
}

static void show_limit(struct text *t, uint64_t value)
{
	if (value == UINT64_MAX)
		text_add(t, " unlimited");
	else
		text_add(t, " %lu", (unsigned long)value);
}

static void show_limits(struct text *t, const struct plan_process *r)
{
	LIST_EACH (limit, &r->rlimits) {
		text_add(t, "%s:", limit->name);
		show_limit(t, limit->soft);
		show_limit(t, limit->hard);
		text_add(t, "\n");
	}
	if (r->oom_score_adj)
		text_add(t, "oom_score_adj: %s%s\n", r->oom_score_adj,
			 r->oom_may_fail ? ", or as near as is granted" : "");
}

static void show_process(struct text *t, const struct plan *p)
{
	const struct plan_process *r = &p->process;

	if (!r->argv) {
		text_add(t, "program: none\n");
		return;
	}
	text_add(t, "program:");
	show_vector(t, r->argv);
	text_add(t, "\n");
	show_string(t, "looked up in", r->path);
	for (char **v = r->envp; *v; v++)
		show_string(t, "env", *v);
	if (r->find_home)
		text_add(t, "env: HOME from the container's passwd\n");
	if (r->tell_listen)
		text_add(t, "env: LISTEN_PID and LISTEN_PIDFDID of the process\n");
	show_string(t, "working directory", r->cwd);
	show_user(t, p);
	show_privileges(t, p);
	show_limits(t, r);
	show_attributes(t, &r->attributes);
	if (r->terminal)
		text_add(t, "terminal: %u rows, %u columns\n", r->rows, r->columns);
	text_add(t, "open fds: 0 to %lu\n", 2UL + r->preserve_fds);
}

static void show_steps(struct text *t, const struct plan *p)
{
	static const char *const doing[] = {
#define SHOW_STEP(name, doing_) [STEP_##name] = doing_,
		PLAN_STEPS(SHOW_STEP)
#undef SHOW_STEP
	};
	unsigned n = 0;

	for (int step = 0; step < STEP_COUNT; step++)
		if (plan_wants(p, step))
			text_add(t, "step %u: %s\n", ++n, doing[step]);
}

char *plan_show(const struct plan *p, struct arena *a)
{
	struct text t = TEXT(a);

	show_namespaces(&t, p);
	show_ids(&t, p);
	show_cgroup(&t, &p->cgroup);
	show_rdt(&t, p->rdt);
	show_root(&t, p);
	show_mounts(&t, p);
	show_net(&t, &p->net);
	show_user_net(&t, &p->net);
	show_settings(&t, p);
	show_hooks(&t, p);
	show_process(&t, p);
	show_steps(&t, p);
	LIST_EACH (warning, &p->warnings)
		text_add(&t, "warning: %s\n", *warning);
	return t.s;
}
