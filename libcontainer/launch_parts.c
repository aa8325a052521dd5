/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the launch files share; runs in the program */
#include "libcontainer/launch_parts.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "base/unseen.h"
#include "libcontainer/plan/build.h"
#include "libcontainer/plan/kit.h"
#include "libcontainer/plan/sync.h"

int launch_arena(struct arena **out, struct err *e)
{
	struct arena first = ARENA_NONE;

	if (arena_open(&first, true, e) < 0)
		return -1;
	arena_new(&first, struct handoff); /* init looks for it at the start */
	*out = arena_new(&first, struct arena);
	**out = first;
	return 0;
}

int launch_report(const struct check_report *r, const struct launch *how, struct err *e)
{
	LIST_EACH (note, &r->notes) {
		if (note->warning && how->warn)
			how->warn(how->warn_to,
				  arena_fmt(r->arena, "%s: %s", note->path, note->what));
	}
	return check_result(r, e);
}

int launch_check(const struct spec *spec, struct arena *a, const struct launch *how,
		 struct err *e)
{
	struct check_report r = CHECK_REPORT(a);

	spec_check(spec, &r);
	return launch_report(&r, how, e);
}

int launch_check_process(const struct spec_process *process, struct arena *a,
			 const struct launch *how, struct err *e)
{
	struct check_report r = CHECK_REPORT(a);

	spec_check_process(process, &r);
	return launch_report(&r, how, e);
}

int launch_check_resources(const struct resources *res, struct arena *a,
			   const struct launch *how, struct err *e)
{
	struct check_report r = CHECK_REPORT(a);

	spec_check_resources(res, &r);
	return launch_report(&r, how, e);
}

int launch_bundle(const struct launch *how, struct arena *a, struct spec **spec,
		  char **text, size_t *len, struct err *e)
{
	const char *name = how->config ? how->config : "config.json";
	char *path = name[0] == '/' ? (char *)name
				    : arena_fmt(a, "%s/%s", how->request.bundle, name);

	if (how->document) {
		path = (char *)"the document";
		*text = (char *)how->document;
		*len = strlen(*text);
	} else {
		*text = file_read(a, AT_FDCWD, path, JSON_SIZE_MAX, len, e);
	}
	if (!*text && e->num == ENOENT)
		return err_set(e, ENOENT, "JSON specification file %s not found", path);
	if (!*text)
		return -1;
	if (spec_read(*text, *len, a, spec, e) < 0)
		return err_wrap(e, "%s", path);
	if (plan_net_spec(*spec, &how->request, a, e) < 0)
		return -1;
	if (launch_check(*spec, a, how, e) < 0)
		return err_wrap(e, "%s", path);
	return 0;
}

/* exec: what `process` leaves open is the container's */
static void read_labels(struct facts *f, const struct spec *spec,
			const struct spec_process *process)
{
	const struct spec_process *own = spec->process;

	facts_labels(f,
		     (process && !str_empty(process->apparmor_profile)) ||
			     (own && !str_empty(own->apparmor_profile)),
		     (process && !str_empty(process->selinux_label)) ||
			     (own && !str_empty(own->selinux_label)) ||
			     (spec->linux && !str_empty(spec->linux->mount_label)));
}

int launch_facts(const struct spec *spec, const struct spec_process *process,
		 const struct request *r, struct arena *a, struct facts *f, struct err *e)
{
	if (facts_read(f, r->runtime_dir, a, e) < 0)
		return -1;
	read_labels(f, spec, process);
	if (!process && plan_net_user(spec, r, a))
		facts_net(f, r->path, a);
	return 0;
}

void launch_warn(const struct plan *p, const struct launch *how)
{
	for (size_t i = 0; how->warn && i < p->warnings.n; i++)
		how->warn(how->warn_to, p->warnings.items[i]);
}

char *launch_cache(const char *root, struct arena *a)
{
	return arena_fmt(a, "%s/.cache/seccomp", root);
}

int launch_spec_in(struct box *b, struct arena *a, struct spec **spec, struct err *e)
{
	autofd fd = box_open_own(b, "config.json", e);
	char *text = NULL;
	size_t len;

	if (fd >= 0)
		text = file_read_fd(a, fd, "config.json", JSON_SIZE_MAX, &len, e);
	if (!text || spec_read(text, len, a, spec, e) < 0)
		return err_wrap(e, "%s", b->path);
	return 0;
}

int launch_box_spec(struct box *b, struct spec **spec, struct err *e)
{
	return launch_spec_in(b, b->arena, spec, e);
}

/* Another container may have got a cgroup of that path since ours stopped, or before ours
 * was made */
static bool is_its_own(const struct box_state *s, const struct cgroup *c)
{
	if (s->cgroup_mark)
		return cgroup_marked(c, s->cgroup_mark);
	return s->cgroup_id && s->cgroup_id == cgroup_id(c);
}

int launch_cgroup_open(struct box *b, struct cgroup *c, struct err *e)
{
	struct err why = ERR_NONE;

	if (!b->state.cgroup_path)
		return 0;
	if (cgroup_open(c, b->state.cgroup_mount, b->state.cgroup_path, b->arena, &why) <
	    0) {
		if (why.num == ENOENT)
			return 0;
		*e = why;
		return -1;
	}
	c->keep = true;
	if (!is_its_own(&b->state, c)) {
		fd_close(&c->fd);
		return 0;
	}
	c->made = b->state.cgroup_made;
	return 0;
}

static uint64_t joined_flags(const struct plan *p)
{
	uint64_t flags = 0;

	LIST_EACH (join, &p->joins)
		flags |= join->flag;
	return flags;
}

/* Those that an exec has to join: whatever is not the runtime's own */
static uint64_t ns_flags(const struct plan *p)
{
	uint64_t own = plan_wants(p, STEP_CGROUP_NS) ? CLONE_NEWCGROUP : 0;

	return p->clone_flags | joined_flags(p) | own;
}

struct go {
	int sock, fd;
	struct err *e;
};

static long say_go(void *arg)
{
	const struct go *g = arg;

	return sync_send(g->sock, SYNC_GO, g->fd, 0, g->e) < 0 ? -g->e->num : 0;
}

int go_unseen(int sock, int fd, struct err *e)
{
	struct go g = { sock, fd, e };
	long r = unseen(say_go, &g, sock, fd, -1);

	if (r < 0 && !e->num)
		err_set(e, (int)-r, "send \"go\"");
	return r < 0 ? -1 : 0;
}

int go_send(const struct plan *p, int sock, int fd, struct err *e)
{
	return p->shape == SHAPE_JOIN ? go_unseen(sock, fd, e)
				      : sync_send(sock, SYNC_GO, fd, 0, e);
}

static bool has_late_hooks(const struct plan *p)
{
	return p->hooks[HOOK_START_CONTAINER].n > 0 || p->hooks[HOOK_POSTSTART].n > 0 ||
	       p->hooks[HOOK_POSTSTOP].n > 0;
}

void box_fill(struct box *b, const struct spec *spec, const struct plan *p,
	      const struct facts *f, const struct request *r)
{
	struct box_state *s = &b->state;

	s->oci_version = (char *)SPEC_VERSION;
	s->bundle = (char *)r->bundle;
	s->rootfs = (char *)p->rootfs;
	s->owner = (char *)(f->user ? f->user : f->euid == 0 ? "root" : "");
	s->ns_flags = ns_flags(p);
	s->own_pidns = p->new_pidns;
	s->userns_setgroups_denied = p->ids.deny_setgroups;
	s->late_hooks = has_late_hooks(p);
	s->listener = (char *)p->listener;
	s->listener_metadata = (char *)p->listener_metadata;
	s->no_process = p->process.argv == NULL;
	s->annotations.items = spec->annotations.items;
	s->annotations.n = spec->annotations.n;
	s->no_cgroup = (char *)p->cgroup.why;
	s->net_asked = (char *)r->net;
	s->publish = r->publish;
}
