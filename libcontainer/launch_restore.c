/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container made from files; see launch_criu.h. Runs in the program.
 *
 * Theory. All around the processes is made here, as for a new container: box, cgroup with
 * its limits and device filter, mount points. Then criu makes the processes. It is told
 * where the cgroup is now, and moves them there itself. Its notifications are the places
 * for what create does between clone and start:
 *
 *	setup-namespaces	loopback up; network devices (the images have none), or
 *				the program that connects it; then the hooks
 *				prestart and createRuntime
 *	orphan-pts-master	the terminal, to its socket or to us
 *	post-restore		all is there and waits: the state and the pid file; what
 *				fails here ends what criu made
 *
 * The restored init is our child (rst_sibling), and so that of who adopts our children
 * when we end, as after `run --detach`.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "libcontainer/host/tasks.h"
#include "libcontainer/launch_criu_net.h"
#include "libcontainer/launch_notify.h"
#include "libcontainer/launch_parts.h"
#include "libcontainer/launch_rdt.h"
#include "libcontainer/launch_restore.h"
#include "libcontainer/launch_user.h"
#include "libcontainer/plan/build.h"

#define END_MS	  10000
#define PIDS_MORE 64 /* criu's own, while it restores */

/* --- undoing ----------------------------------------------------------------- */

static void end_cgroup(struct cgroup *c)
{
	struct err ignored = ERR_NONE;

	if (c->fd >= 0 && cgroup_populated(c, &ignored) == 1 &&
	    cgroup_kill(c, &ignored) == 0)
		cgroup_wait_empty(c, END_MS, &ignored);
}

static void back_done(struct back *t)
{
	if (t->pid_written && !t->done)
		unlink(t->how->pid_file);
	criu_dirs_done(&t->dirs);
	LIST_EACH (fd, &t->files)
		fd_close(fd);
	if (!t->done) {
		child_done(&t->init);
		end_cgroup(&t->nest.cgroup);
	}
	launch_net_undo(&t->net);
	child_done(&t->init);
	nest_done(&t->nest);
	rdt_done(&t->rdt);
	if (t->hooks_ran && !t->done)
		host_hooks_all(&t->plan->hooks[HOOK_POSTSTOP],
			       box_state_json(t->box, BOX_STOPPED, false),
			       &t->spec->annotations, t->how->warn, t->how->warn_to);
}

/* --- making ready ------------------------------------------------------------ */

/* criu's processes count, too: what is allowed is written when they are gone */
static void put_off_pids(struct back *t)
{
	uint64_t most;

	t->nest.arena = t->arena;
	LIST_EACH (limit, &t->plan->cgroup.limits) {
		if (!str_eq(limit->file, "pids.max") ||
		    !str_u64(limit->text, INT32_MAX, &most))
			continue;
		*list_add(t->arena, &t->nest.late) = *limit;
		limit->text = arena_fmt(t->arena, "%lu", (unsigned long)most + PIDS_MORE);
	}
}

static int make_box(struct back *t, const char *text, size_t len, struct err *e)
{
	const struct spec_linux *l = t->spec->linux;
	const struct request *r = &t->how->request;
	struct box *b = t->box;

	if (box_make(b, t->how->root, r->id, t->arena, e) < 0)
		return -1;
	box_fill(b, t->spec, t->plan, &t->facts, r);
	if (file_replace(b->dir, "config.json", 0600, text, len, e) < 0)
		return -1;
	if (r->notify_dir && notify_make(b, e) < 0)
		return -1;
	if (mkdirat(b->dir, RESTORE_ROOT, 0700) < 0)
		return err_sys(e, "make directory %s/" RESTORE_ROOT, b->path);
	if (launch_resolv_conf(t->plan, b, t->how, e) < 0)
		return -1;
	put_off_pids(t);
	if (nest_make(&t->nest, t->plan, l ? l->resources : NULL, b, t->arena, e) < 0)
		return -1;
	return launch_rdt_make(&t->rdt, t->plan, r, b, t->arena, e);
}

/* --- between two steps of criu ----------------------------------------------- */

static int know_init(struct back *t, int pid, struct err *e)
{
	if (t->init.pid == pid)
		return 0;
	t->init.pid = pid;
	fd_close(&t->init.pidfd);
	t->init.pidfd = (int)sys_pidfd_open(pid, 0);
	if (t->init.pidfd < 0)
		return err_set(e, -t->init.pidfd, "open a pidfd of process %d", pid);
	return box_set_pid(t->box, pid, t->init.pidfd, e);
}

static int step_namespaces(struct back *t, int pid, int *fd, struct err *e)
{
	const pairs_t *notes = &t->spec->annotations;
	const plan_hooks_t *hooks = t->plan->hooks;
	char *state;

	(void)fd;
	if (know_init(t, pid, e) < 0 || rdt_add(&t->rdt, pid, e) < 0)
		return -1;
	if ((t->plan->clone_flags & CLONE_NEWNET) && criu_loopback(pid, e) < 0)
		return -1;
	if (launch_net_into(&t->net, t->plan, &t->init, t->box, e) < 0)
		return -1;
	t->hooks_ran = true;
	state = box_state_json(t->box, BOX_CREATING, false);
	if (host_hooks(&hooks[HOOK_PRESTART], state, notes, e) < 0)
		return -1;
	return host_hooks(&hooks[HOOK_CREATE_RUNTIME], state, notes, e);
}

static int step_terminal(struct back *t, int pid, int *fd, struct err *e)
{
	(void)pid;
	if (*fd < 0)
		return err_set(e, EPROTO, "criu sent no terminal");
	if (t->how->console_socket)
		return console_send(t->how->console_socket, *fd, e);
	if (t->how->request.detach)
		return err_plain(
			e, EINVAL,
			"cannot allocate tty if aril will detach without setting "
			"console socket");
	fd_close(&t->to->tty);
	t->to->tty = fd_take(fd);
	return 0;
}

/* criu gives the container a time namespace, for clocks that go on where they stopped */
static void note_time_namespace(struct back *t)
{
	struct stat ours, theirs;
	char path[40];

	fmt_text(path, sizeof(path), "/proc/%d/ns/time", t->init.pid);
	if (stat("/proc/self/ns/time", &ours) == 0 && stat(path, &theirs) == 0 &&
	    ours.st_ino != theirs.st_ino)
		t->box->state.ns_flags |= CLONE_NEWTIME;
}

static int step_restored(struct back *t, int pid, int *fd, struct err *e)
{
	const char *pid_file = t->how->pid_file;

	(void)fd;
	if (know_init(t, pid, e) < 0)
		return -1;
	note_time_namespace(t);
	t->box->state.is_created = true;
	if (box_save(t->box, e) < 0 || (pid_file && pid_file_write(pid_file, pid, e) < 0))
		return -1;
	t->pid_written = pid_file != NULL;
	return launch_net_keep(&t->net, e);
}

static const struct {
	const char *script;
	int (*take)(struct back *t, int pid, int *fd, struct err *e);
} steps[] = {
	{ "setup-namespaces", step_namespaces },
	{ "orphan-pts-master", step_terminal },
	{ "post-restore", step_restored },
};

static int take_step(void *to, const char *script, int pid, int *fd, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (str_eq(steps[i].script, script))
			return steps[i].take(to, pid, fd, e);
	return 0;
}

/* --- the restore ------------------------------------------------------------- */

static int serve(struct back *t, const char *path, struct err *e)
{
	const struct criu_wish *w = t->wish;
	bool by_hand = w->cgroups == CRIU_CGROUPS_IGNORE;
	const struct criu_birth birth = {
		.rootfs = t->plan->rootfs,
		.root_at = arena_fmt(t->arena, "%s/" RESTORE_ROOT, t->box->path),
		.cgroup = by_hand ? t->nest.cgroup.fd : -1,
		.images = t->dirs.images,
		.work = t->dirs.work,
		.files = t->files.items,
		.n = t->files.n,
	};
	struct criu_answer answer;
	autocriu c = CRIU_NONE;

	if (criu_start(&c, path, &birth, t->arena, e) < 0 || criu_able(&c, w, e) < 0)
		return -1;
	c.log = criu_log(w, RESTORE_LOG, t->arena);
	return criu_serve(&c, CRIU_RESTORE, &t->opts, w->lazy_pages, take_step, t,
			  &answer, e);
}

static int finish(struct back *t, struct err *e)
{
	struct box *b = t->box;

	if (t->init.pid == 0 || !b->state.is_created)
		return err_set(e, EPROTO, "criu did not tell the pid of init");
	if (nest_settle(&t->nest, t->plan, &t->init, e) < 0 ||
	    nest_finish(&t->nest, e) < 0)
		return -1;
	unlinkat(b->dir, RESTORE_ROOT, AT_REMOVEDIR);
	return host_hooks(&t->plan->hooks[HOOK_POSTSTART],
			  box_state_json(b, BOX_RUNNING, false),
			  &t->spec->annotations, e);
}

static int read_all(struct back *t, char **text, size_t *len, struct err *e)
{
	const struct request *r = &t->how->request;

	if (launch_bundle(t->how, t->arena, &t->spec, text, len, e) < 0 ||
	    launch_facts(t->spec, NULL, r, t->arena, &t->facts, e) < 0)
		return -1;
	if (plan_build(t->spec, &t->facts, r, t->arena, &t->plan, e) < 0)
		return -1;
	if (t->plan->cgroup.devices_by_nodev)
		return err_plain(
			e, EINVAL,
			"linux.resources.devices: the rules cannot be applied to what is "
			"restored: criu mounts as it was, and the container has no "
			"cgroup of its own: %s",
			t->plan->cgroup.why);
	launch_warn(t->plan, t->how);
	return criu_allowed(t->plan, e);
}

static int restore(struct back *t, struct err *e)
{
	const char *path;
	char *text;
	size_t len;

	if (read_all(t, &text, &len, e) < 0)
		return -1;
	path = criu_find(t->wish->search, t->arena, e);
	if (!path)
		return -1;
	if (make_box(t, text, len, e) < 0 || criu_mount_points(t->plan, e) < 0 ||
	    restore_opts(t, e) < 0)
		return -1;
	if (serve(t, path, e) < 0)
		return err_wrap(e, "restore");
	return finish(t, e);
}

/* In itself, until the process ends: the box's strings are in it */
static struct arena *open_arena(struct err *e)
{
	struct arena first = ARENA_NONE, *a;

	if (arena_open(&first, false, e) < 0)
		return NULL;
	a = arena_new(&first, struct arena);
	*a = first;
	return a;
}

int launch_restore(const struct launch *how, const struct criu_wish *wish, struct box *b,
		   struct launched *l, struct err *e)
{
	struct launch with = *how;
	__attribute__((cleanup(back_done))) struct back t = {
		.how = &with,
		.wish = wish,
		.box = b,
		.to = l,
		.nest = NEST_NONE,
		.rdt = RDT_NONE,
		.net = LAUNCH_NET_NONE,
		.init = CHILD_NONE,
		.dirs = CRIU_DIRS_NONE,
		.opts = CRIU_OPTS_NONE,
	};

	t.arena = open_arena(e);
	if (!t.arena || box_check_id(with.request.id, e) < 0 ||
	    criu_dirs_open(&t.dirs, wish, false, e) < 0 ||
	    criu_net_load(t.dirs.images, wish->image_path, t.arena, &with.request, e) < 0)
		return -1;
	with.request.box = arena_fmt(t.arena, "%s/%s", with.root, with.request.id);
	if (restore(&t, e) < 0)
		return -1;
	t.nest.cgroup.keep = t.nest.hold.keep = t.rdt.keep = true;
	t.init.keep = b->keep = t.done = true;
	l->pid = t.init.pid;
	l->pidfd = fd_take(&t.init.pidfd);
	return 0;
}
