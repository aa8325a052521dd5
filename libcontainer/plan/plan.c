/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The planner's entry: the parts in their order, and from what they decided the steps
 * that init takes. Runs in the program; pure: no system call, no clock, no global.
 */
#include <linux/sched.h>
#include <string.h>

#include "libcontainer/plan/draft.h"
#include "libcontainer/spec/sysctl.h"

static int add_sysctl(struct draft *d, const struct pair *from, struct err *e)
{
	char path[SYSCTL_PATH_MAX];
	struct plan_sysctl *sysctl;

	if (!sysctl_path(from->key, path, sizeof(path)))
		return err_plain(e, EINVAL,
				 "linux.sysctl: \"%s\" is not the name of a kernel "
				 "setting",
				 from->key);
	sysctl = list_add(d->a, &d->p->sysctls);
	sysctl->path = arena_fmt(d->a, "sys/%s", path);
	sysctl->name = from->key;
	sysctl->value = from->value;
	return 0;
}

int draft_settings(struct draft *d, struct err *e)
{
	const struct spec_linux *l = d->spec->linux;
	struct plan *p = d->p;

	p->hostname = str_empty(d->spec->hostname) ? NULL : d->spec->hostname;
	p->domainname = str_empty(d->spec->domainname) ? NULL : d->spec->domainname;
	if (!l)
		return 0;
	p->masked = l->masked_paths;
	p->readonly = l->readonly_paths;
	for (size_t i = 0; i < l->sysctl.n; i++)
		if (add_sysctl(d, &l->sysctl.items[i], e) < 0)
			return -1;
	return 0;
}

static bool late_readonly(const struct plan *p)
{
	LIST_EACH (m, &p->mounts)
		if (m->late_readonly)
			return true;
	return p->root_readonly;
}

static void want(struct plan *p, enum plan_step step, bool wanted)
{
	if (wanted)
		p->steps |= STEP_BIT(step);
}

/* What concerns the image: not for an exec, which finds all that done */
static void steps_of_image(const struct draft *d, struct plan *p)
{
	bool process = p->process.argv != NULL;

	want(p, STEP_LOOPBACK, (d->fresh & CLONE_NEWNET) != 0);
	want(p, STEP_NET, p->net.links.n > 0 || p->net.user);
	want(p, STEP_CGROUP_NS, (d->fresh & CLONE_NEWCGROUP) != 0);
	want(p, STEP_ROOT, true);
	want(p, STEP_FILES, p->files.n > 0);
	want(p, STEP_MOUNTS, p->mounts.n > 0);
	want(p, STEP_DEVICES, p->devices.n > 0);
	want(p, STEP_LINKS, p->links.n > 0);
	want(p, STEP_CWD, process);
	want(p, STEP_HOOKS,
	     p->hooks[HOOK_PRESTART].n || p->hooks[HOOK_CREATE_RUNTIME].n ||
		     p->hooks[HOOK_CREATE_CONTAINER].n);
	want(p, STEP_PIVOT, true);
	want(p, STEP_READONLY, p->readonly.n > 0 || late_readonly(p));
	want(p, STEP_MASKS, p->masked.n > 0);
	want(p, STEP_NAMES, p->hostname || p->domainname);
	want(p, STEP_HOLD, p->hold);
	want(p, STEP_START_HOOKS, p->hooks[HOOK_START_CONTAINER].n > 0);
	want(p, STEP_FIRST, p->first_process);
}

static void steps_of_attributes(struct plan *p)
{
	const struct plan_attributes *a = &p->process.attributes;

	want(p, STEP_CPUS, a->cpus != NULL);
	want(p, STEP_SCHEDULER, a->scheduler && !a->by_host);
	want(p, STEP_IO_PRIORITY, a->io_priority && !a->by_host);
	want(p, STEP_PERSONALITY, a->has_personality);
	want(p, STEP_MEMORY_POLICY, a->memory != NULL);
}

void draft_steps(struct draft *d)
{
	struct plan *p = d->p;
	bool process = p->process.argv != NULL;

	if (!p->enter)
		steps_of_image(d, p);
	steps_of_attributes(p);
	want(p, STEP_JOIN, p->shape == SHAPE_JOIN);
	want(p, STEP_PLACE, p->cgroup.unit && p->cgroup.unit->user);
	want(p, STEP_IDS, p->ids_zero);
	want(p, STEP_SESSION, true);
	want(p, STEP_KEYRING, p->new_session_keyring);
	want(p, STEP_PROC_FILES, p->sysctls.n > 0 || p->process.oom_score_adj);
	want(p, STEP_CONSOLE, p->process.terminal);
	want(p, STEP_LABELS, p->process.apparmor || p->process.selinux);
	want(p, STEP_USER, process);
	want(p, STEP_CHDIR, process);
	want(p, STEP_LOOKUP, process);
	want(p, STEP_READY, true);
	want(p, STEP_RLIMITS, p->process.rlimits.n > 0 && !p->process.rlimits_by_host);
	want(p, STEP_LANDLOCK, p->landlock != NULL);
	want(p, STEP_BEGIN, true);
	want(p, STEP_FILTER, p->has_filter);
	want(p, STEP_EXEC, true);
}

struct plan *draft_open(struct draft *d, const struct spec *spec, const struct facts *f,
			const struct request *r, struct arena *a)
{
	*d = (struct draft){ .spec = spec, .f = f, .r = r, .a = a };
	d->p = arena_new(a, struct plan);
	d->p->no_pivot = r->no_pivot;
	d->p->by_host_root = f->euid == 0 && f->can_mount && !f->in_userns;
	d->p->new_session_keyring = !r->no_new_keyring;
	return d->p;
}

int plan_build(const struct spec *spec, const struct facts *f, const struct request *r,
	       struct arena *a, struct plan **out, struct err *e)
{
	struct draft d;
	struct plan *p = draft_open(&d, spec, f, r, a);

	p->hold = r->hold;
	if (draft_namespaces(&d, e) < 0 || draft_ids(&d, e) < 0 ||
	    draft_cgroup(&d, e) < 0)
		return -1;
	if (draft_root(&d, e) < 0 || draft_mounts(&d, e) < 0 || draft_devices(&d, e) < 0)
		return -1;
	draft_close_devices(&d);
	if (draft_net(&d, e) < 0)
		return -1;
	if (draft_own(&d, e) < 0)
		return -1;
	if (draft_settings(&d, e) < 0 || draft_seccomp(&d, e) < 0 ||
	    draft_process(&d, spec->process, e) < 0 || draft_landlock(&d, spec, e) < 0)
		return -1;
	draft_joins(&d);
	draft_rdt(&d);
	plan_hooks_build(spec, a, d.p->hooks);
	draft_steps(&d);
	*out = p;
	return 0;
}
