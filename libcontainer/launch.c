/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way of a container, in the order of libcontainer/README.md: read, check, facts,
 * plan, kit, spawn, serve, state. This file is the left column of the ladder in
 * plan/sync.h; the right one is the step table of init/init.c. Runs in the program.
 */
#include "libcontainer/launch.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/memfd.h"
#include "base/json_write.h"
#include "base/str.h"
#include "libcontainer/host/given.h"
#include "libcontainer/host/idmap.h"
#include "libcontainer/host/prepare.h"
#include "libcontainer/host/spawn.h"
#include "libcontainer/host/tasks.h"
#include "libcontainer/launch_cgroup.h"
#include "libcontainer/launch_filter.h"
#include "libcontainer/launch_net.h"
#include "libcontainer/launch_notify.h"
#include "libcontainer/launch_parts.h"
#include "libcontainer/launch_rdt.h"
#include "libcontainer/launch_user.h"
#include "libcontainer/plan/build.h"
#include "libcontainer/plan/sync.h"
#include "libcontainer/spec/annotations.h"

/* How long init may take from one message to the next. A hook has its own timeout. */
#define STEP_MS 60000

static int make_plan(const struct launch *how, const struct spec *spec, struct arena *a,
		     struct facts *facts, struct plan **plan, struct err *e)
{
	struct request r = how->request;

	r.box = arena_fmt(a, "%s/%s", how->root, r.id);
	if (launch_facts(spec, NULL, &r, a, facts, e) < 0)
		return -1;
	return plan_build(spec, facts, &r, a, plan, e);
}

int launch_plan(const struct launch *how, struct arena *a, char **text, struct err *e)
{
	struct facts facts = { 0 };
	struct spec *spec;
	struct plan *plan;
	char *file;
	size_t len;

	if (launch_bundle(how, a, &spec, &file, &len, e) < 0)
		return -1;
	if (make_plan(how, spec, a, &facts, &plan, e) < 0)
		return -1;
	*text = plan_show(plan, a);
	return 0;
}

/* What was made on the way and must go when the way ends early */
struct trip {
	const struct launch *how;
	struct facts facts;
	struct spec *spec;
	struct plan *plan;
	struct kit *kit;
	struct box *box;
	struct nest nest;
	struct rdt rdt;
	struct launch_net net;
	struct child child;
	int life;	/* the runtime's end of kit->life */
	bool hooks_ran; /* so poststop hooks run even when create fails (runtime.md) */
	bool done;
};

static void drop_kit(struct trip *t)
{
	if (t->kit)
		kit_done(t->plan, t->kit);
	t->kit = NULL;
}

/* Undo in the order in which the specification ends a container: process, cgroup,
 * hooks */
static void trip_done(struct trip *t)
{
	drop_kit(t);
	fd_close(&t->life);
	child_done(&t->child);
	launch_net_undo(&t->net);
	nest_done(&t->nest);
	rdt_done(&t->rdt);
	if (t->hooks_ran && !t->done)
		host_hooks_all(&t->plan->hooks[HOOK_POSTSTOP],
			       box_state_json(t->box, BOX_STOPPED, false),
			       &t->spec->annotations, t->how->warn, t->how->warn_to);
}

/* For hooks that init runs */
static int open_hook_files(struct trip *t, struct err *e)
{
	const struct plan *p = t->plan;

	if (p->hooks[HOOK_CREATE_CONTAINER].n == 0 &&
	    p->hooks[HOOK_START_CONTAINER].n == 0)
		return 0;
	return hook_files_open(&t->spec->annotations, &t->kit->hook_out,
			       &t->kit->hook_err, e);
}

/* The container of a foreground run that has a first process ends with the runtime */
static int make_life(struct trip *t, struct err *e)
{
	const struct request *r = &t->how->request;
	int ends[2];

	if (!t->plan->first_process || r->hold || r->detach)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "make a pipe");
	t->kit->life = ends[0];
	t->life = ends[1];
	return 0;
}

/* 6: open and make all that the clone needs, but for what has to be undone later */
static int make_kit(struct trip *t, struct arena *a, struct err *e)
{
	t->kit = kit_new(t->plan, a);
	if (prepare(t->plan, t->kit, e) < 0 || open_hook_files(t, e) < 0 ||
	    make_life(t, e) < 0)
		return -1;
	if (!t->plan->has_filter)
		return 0;
	return filter_into_kit(t->how, t->spec, t->kit, a, e);
}

/* Before what is opened for the clone: some of it is in the box */
static int make_box(struct trip *t, struct arena *a, const char *text, size_t len,
		    struct err *e)
{
	const struct request *r = &t->how->request;
	struct box *b = t->box;

	if (box_make(b, t->how->root, r->id, a, e) < 0)
		return -1;
	box_fill(b, t->spec, t->plan, &t->facts, r);
	if (file_replace(b->dir, "config.json", 0600, text, len, e) < 0)
		return -1;
	if (r->notify_dir && notify_make(b, e) < 0)
		return -1;
	return launch_resolv_conf(t->plan, b, t->how, e);
}

/* The state is written before anything exists that only it can find again */
static int make_nest(struct trip *t, struct arena *a, struct err *e)
{
	const struct spec_linux *l = t->spec->linux;

	if (nest_make(&t->nest, t->plan, l ? l->resources : NULL, t->box, a, e) < 0)
		return -1;
	return launch_rdt_make(&t->rdt, t->plan, &t->how->request, t->box, a, e);
}

/* Where hooks of the create phase run: the host's here, createContainer's in init */
static int serve_hooks(struct trip *t, struct err *e)
{
	const plan_hooks_t *hooks = t->plan->hooks;
	const pairs_t *notes = &t->spec->annotations;
	autofd state_fd = -1;
	char *state;

	if (sync_expect(t->child.sync, SYNC_MOUNTED, STEP_MS, NULL, NULL, e) < 0)
		return -1;
	t->hooks_ran = true;
	state = box_state_json(t->box, BOX_CREATING, false);
	if (host_hooks(&hooks[HOOK_PRESTART], state, notes, e) < 0)
		return -1;
	if (host_hooks(&hooks[HOOK_CREATE_RUNTIME], state, notes, e) < 0)
		return -1;
	state_fd = memfd_text("aril-state", state, strlen(state), e);
	if (state_fd < 0)
		return -1;
	return go_send(t->plan, t->child.sync, state_fd, e);
}

/* 8: answer init until it is ready. `tty` gets the master of its terminal. */
static int serve(const struct plan *p, struct child *c, int *tty, int hooks_ms,
		 struct err *e)
{
	if (plan_wants(p, STEP_CONSOLE) &&
	    given_terminal(c->sync, hooks_ms, tty, e) < 0)
		return -1;
	if (sync_expect(c->sync, SYNC_READY, hooks_ms, NULL, NULL, e) < 0)
		return -1;
	if (sched_set(&p->process, c->pid, e) < 0)
		return -1;
	return rlimits_set(&p->process, c->pid, e);
}

static int give_ids(const struct plan *p, const struct child *c, struct err *e)
{
	if (idmap_write(&p->ids, c->pid, e) < 0)
		return -1;
	if (p->root_by_host && oom_score_set(&p->process, c->pid, e) < 0)
		return -1;
	return go_send(p, c->sync, -1, e);
}

/* Between the clone and the first thing that init does on its own */
static int introduce(struct trip *t, struct err *e)
{
	const struct plan *p = t->plan;
	struct child *c = &t->child;

	if (nest_settle(&t->nest, p, c, e) < 0)
		return -1;
	if (p->shape == SHAPE_JOIN && child_meet(c, e) < 0)
		return -1;
	if (nest_finish(&t->nest, e) < 0 || rdt_add(&t->rdt, c->pid, e) < 0)
		return -1;
	if (p->ids.way == MAP_NONE)
		return 0;
	return give_ids(p, c, e) < 0 ? child_said(c, e) : 0;
}

static int hand_over_tty(const struct launch *how, int *tty, struct launched *l,
			 struct err *e)
{
	if (*tty < 0)
		return 0;
	if (how->console_socket)
		return console_send(how->console_socket, *tty, e);
	l->tty = fd_take(tty);
	return 0;
}

/* To who watches the process: by --pidfd-socket, by the annotation */
static int hand_over_pidfd(struct trip *t, struct err *e)
{
	const char *receiver =
		annotation_get(&t->spec->annotations, ANNOTATION_PIDFD_RECEIVER);
	const char *what = t->plan->enter ? "setns" : "standard";
	const char *asked = t->how->pidfd_socket;

	if (asked && pidfd_send(asked, what, t->child.pidfd, e) < 0)
		return -1;
	if (!receiver || t->plan->enter)
		return 0;
	return pidfd_send(receiver, what, t->child.pidfd, e);
}

/* Init has done what it can: put it in its place, and tell those who wait for it */
static int hand_over(struct trip *t, int *tty, struct launched *l, struct err *e)
{
	if (nest_delegate(&t->nest, t->child.pid, e) < 0 ||
	    hand_over_tty(t->how, tty, l, e) < 0)
		return -1;
	return hand_over_pidfd(t, e);
}

/* Until here init ends when we do; from here on the box knows it */
static int let_go(struct trip *t, struct err *e)
{
	if (launch_net_keep(&t->net, e) < 0)
		return -1;
	return t->plan->hold ? go_send(t->plan, t->child.sync, -1, e) : 0;
}

/* 8 to 10 */
static int set_up(struct trip *t, struct launched *l, struct err *e)
{
	const struct plan *p = t->plan;
	struct box *b = t->box;
	autofd tty = -1;

	if (introduce(t, e) < 0)
		return -1;
	if (box_set_pid(b, t->child.pid, t->child.pidfd, e) < 0)
		return -1;
	if (launch_net_make(&t->net, p, &t->child, b, STEP_MS, e) < 0)
		return -1;
	if (plan_wants(p, STEP_HOOKS) && serve_hooks(t, e) < 0)
		return -1;
	/* createContainer hooks may take as long as they like */
	if (serve(p, &t->child, &tty, plan_wants(p, STEP_HOOKS) ? -1 : STEP_MS, e) < 0)
		return -1;
	if (hand_over(t, &tty, l, e) < 0)
		return -1;
	b->state.is_created = true;
	if (box_save(b, e) < 0)
		return -1;
	if (t->how->pid_file && pid_file_write(t->how->pid_file, t->child.pid, e) < 0)
		return -1;
	if (let_go(t, e) == 0)
		return 0;
	if (t->how->pid_file)
		unlink(t->how->pid_file);
	return -1;
}

/* 7, and the rest */
static int bring_up(struct trip *t, struct arena *a, struct launched *l, struct err *e)
{
	if (t->plan->hold && (t->kit->start = box_listen(t->box, e)) < 0)
		return -1;
	if (cpus_take(&t->plan->process, e) < 0 ||
	    spawn(t->plan, t->kit, a, &t->nest.place, &t->child, e) < 0)
		return -1;
	drop_kit(t);
	if (set_up(t, l, e) == 0)
		return 0;
	child_lost(&t->child, e);
	child_fail(&t->child, CHILD_END_MS, e);
	return nest_lost(&t->nest, e);
}

/* What was not known when the plan's warnings were told */
static void warn_late(const struct plan *p, const struct launch *how)
{
	if (p->cgroup.way == CGROUP_NONE && p->cgroup.unit_may_fail && how->warn)
		how->warn(how->warn_to, p->cgroup.why);
}

static void release(struct child *c, struct launched *l, bool hold)
{
	c->keep = true;
	l->pid = c->pid;
	l->pidfd = fd_take(&c->pidfd);
	if (!hold)
		l->sync = fd_take(&c->sync);
}

int launch_create(const struct launch *how, struct box *b, struct launched *l,
		  struct err *e)
{
	__attribute__((cleanup(trip_done))) struct trip t = {
		.how = how,
		.box = b,
		.nest = NEST_NONE,
		.rdt = RDT_NONE,
		.net = LAUNCH_NET_NONE,
		.child = CHILD_NONE,
		.life = -1,
	};
	struct arena *a;
	char *text;
	size_t len;

	if (box_check_id(how->request.id, e) < 0 || launch_arena(&a, e) < 0)
		return -1;
	if (launch_bundle(how, a, &t.spec, &text, &len, e) < 0)
		return -1;
	if (make_plan(how, t.spec, a, &t.facts, &t.plan, e) < 0)
		return -1;
	launch_warn(t.plan, how);
	if (make_box(&t, a, text, len, e) < 0 || make_kit(&t, a, e) < 0 ||
	    make_nest(&t, a, e) < 0)
		return -1;
	warn_late(t.plan, how);
	if (bring_up(&t, a, l, e) < 0)
		return -1;
	release(&t.child, l, t.plan->hold);
	l->life = fd_take(&t.life);
	t.nest.cgroup.keep = t.nest.hold.keep = t.rdt.keep = b->keep = t.done = true;
	return 0;
}

/* The process object, copied into the plan's arena: init can see nothing else */
static int copy_process(const struct spec_process *from, struct arena *a,
			struct spec_process **to, struct err *e)
{
	autojson j = JSON_WRITER_NONE;
	const char *text;
	size_t len;

	json_start(&j, NULL);
	json_write(&j, &spec_process_shape, from);
	text = json_text(&j, &len, e);
	if (!text)
		return -1;
	return spec_process_read(text, len, a, to, e);
}

static int plan_exec(const struct launch *how, struct box *b,
		     const struct spec_process *process, struct arena *a, struct trip *t,
		     struct err *e)
{
	struct enter in = { .cgroup_mount = b->state.cgroup_mount,
			    .cgroup_path = b->state.cgroup_path,
			    .scope = b->state.scope,
			    .scope_user = b->state.scope_user,
			    .subgroup = b->state.subgroup,
			    .ns_flags = (uint32_t)b->state.ns_flags,
			    .userns_setgroups_denied = b->state.userns_setgroups_denied };
	struct request r = how->request;
	struct spec_process *own;

	if (launch_spec_in(b, a, &t->spec, e) < 0 ||
	    copy_process(process, a, &own, e) < 0)
		return -1;
	if (launch_check_process(own, a, how, e) < 0 ||
	    launch_facts(t->spec, own, &r, a, &t->facts, e) < 0)
		return -1;
	in.spec = t->spec;
	if (b->state.listener) /* the same agent */
		r.seccomp_receiver = b->state.listener;
	return plan_enter(own, &in, &t->facts, &r, a, &t->plan, e);
}

/* From the birth of an exec until its program runs */
static int set_off(struct trip *t, struct launched *l, struct err *e)
{
	struct child *c = &t->child;
	struct beginning begin = { .timeout_ms = STEP_MS, .status = box_status(t->box) };
	autofd tty = -1, agent = -1;

	if (introduce(t, e) < 0 || serve(t->plan, c, &tty, STEP_MS, e) < 0)
		return -1;
	if (hand_over(t, &tty, l, e) < 0)
		return -1;
	if (agent_connect(t->box, &agent, e) < 0 || go_unseen(c->sync, -1, e) < 0)
		return -1;
	/* shape JOIN: not those of the one that was made first */
	begin.pid = c->pid;
	begin.sync = c->sync;
	return begin_wait(t->box, &begin, &agent, e);
}

int launch_exec(const struct launch *how, struct box *b,
		const struct spec_process *process, struct launched *l, struct err *e)
{
	__attribute__((cleanup(trip_done))) struct trip t = {
		.how = how,
		.box = b,
		.nest = NEST_NONE,
		.rdt = RDT_NONE,
		.net = LAUNCH_NET_NONE,
		.child = CHILD_NONE,
		.life = -1,
	};
	struct arena *a;

	if (launch_arena(&a, e) < 0 || plan_exec(how, b, process, a, &t, e) < 0)
		return -1;
	launch_warn(t.plan, how);
	if (nest_enter(&t.nest, t.plan, b, a, e) < 0 ||
	    launch_rdt_enter(&t.rdt, b, e) < 0)
		return -1;
	if (make_kit(&t, a, e) < 0)
		return -1;
	t.kit->pidfd = fcntl(b->pidfd, F_DUPFD_CLOEXEC, 3);
	if (t.kit->pidfd < 0)
		return err_sys(e, "copy the container's pidfd");
	/* the process that is born next has them, too, until it is in the cgroup */
	if (cpus_take(&t.plan->process, e) < 0)
		return -1;
	if (spawn(t.plan, t.kit, a, &t.nest.place, &t.child, e) < 0)
		return -1;
	drop_kit(&t);
	if (set_off(&t, l, e) < 0) {
		child_lost(&t.child, e);
		return child_fail(&t.child, CHILD_END_MS, e);
	}
	if (how->pid_file && pid_file_write(how->pid_file, t.child.pid, e) < 0)
		return -1;
	release(&t.child, l, true);
	return 0;
}
