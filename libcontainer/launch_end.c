/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting, signalling and ending a container that launch.c made; runs in the program */
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "base/fd.h"
#include "base/memfd.h"
#include "cgroups/cgroup.h"
#include "cgroups/devices.h"
#include "cgroups/left.h"
#include "cgroups/unit.h"
#include "libcontainer/host/spawn.h"
#include "libcontainer/host/tasks.h"
#include "libcontainer/launch.h"
#include "libcontainer/launch_filter.h"
#include "libcontainer/launch_net.h"
#include "libcontainer/launch_parts.h"
#include "libcontainer/launch_rdt.h"
#include "libcontainer/launch_user.h"
#include "libcontainer/plan/build.h"
#include "libcontainer/plan/sync.h"

/* How long the kernel may take to execute a program, or a killed one to end */
#define EXEC_MS 60000
#define END_MS	10000

/* The hooks that run after create, from the box's copy of the document */
static int late_hooks(struct box *b, plan_hooks_t hooks[HOOK_KINDS], struct err *e)
{
	struct spec *spec;

	memset(hooks, 0, sizeof(hooks[0]) * HOOK_KINDS);
	if (!b->state.late_hooks)
		return 0;
	if (launch_box_spec(b, &spec, e) < 0)
		return -1;
	plan_hooks_build(spec, b->arena, hooks);
	return 0;
}

static int signal_init(struct box *b, int sig, struct err *e)
{
	long ret = b->pidfd < 0 ? -ESRCH : sys_pidfd_send_signal(b->pidfd, sig);

	if (ret == -ESRCH)
		return err_plain(e, ESRCH, "container not running");
	if (ret < 0)
		return err_set(e, (int)-ret, "send signal %d to process %lld", sig,
			       (long long)b->state.pid);
	return 0;
}

/* A container that went wrong while it started is stopped, as runtime.md says; its
 * resources stay until `delete` */
static int kill_failed(struct box *b)
{
	struct err ignored = ERR_NONE;

	signal_init(b, SIGKILL, &ignored);
	return -1;
}

/* 11: GO, with the state for startContainer hooks; then until init's end is closed by
 * execve */
static int go(struct box *b, int sock, int *agent, const plan_hooks_t *hooks,
	      struct err *e)
{
	const struct beginning begin = {
		.sync = sock,
		.timeout_ms = hooks[HOOK_START_CONTAINER].n > 0 ? -1 : EXEC_MS,
		.pid = (pid_t)b->state.pid,
		.status = BOX_CREATED,
	};
	autofd state_fd = -1;
	char *state;

	if (hooks[HOOK_START_CONTAINER].n > 0) {
		state = box_state_json(b, BOX_CREATED, false);
		state_fd = memfd_text("aril-state", state, strlen(state), e);
		if (state_fd < 0)
			return -1;
	}
	if (go_unseen(sock, state_fd, e) < 0)
		return err_wrap(e, "start init");
	return begin_wait(b, &begin, agent, e);
}

static int start(struct box *b, int sock, int *agent, const plan_hooks_t *hooks,
		 struct err *e)
{
	if (go(b, sock, agent, hooks, e) < 0)
		return kill_failed(b);
	if (hooks[HOOK_POSTSTART].n > 0 &&
	    host_hooks(&hooks[HOOK_POSTSTART], box_state_json(b, BOX_RUNNING, false),
		       &b->state.annotations, e) < 0)
		return kill_failed(b);
	return 0;
}

int launch_start(struct box *b, struct err *e)
{
	enum box_status status = box_status(b);
	plan_hooks_t hooks[HOOK_KINDS];
	autofd sock = -1, agent = -1;

	if (status == BOX_STOPPED)
		return err_plain(e, EINVAL, "cannot start a container that has stopped");
	if (status == BOX_RUNNING)
		return err_plain(e, EINVAL, "cannot start an already running container");
	if (status != BOX_CREATED)
		return err_plain(e, EINVAL, "cannot start a container in the %s state",
				 box_status_names[status]);
	if (b->state.no_process)
		return err_plain(e, EINVAL, "process property must not be empty");
	/* without an agent it stays as it is, to be started when there is one */
	if (late_hooks(b, hooks, e) < 0 || agent_connect(b, &agent, e) < 0)
		return -1;
	sock = box_connect(b, e);
	if (sock < 0)
		return -1;
	return start(b, sock, &agent, hooks, e);
}

int launch_go(struct box *b, struct launched *l, struct err *e)
{
	plan_hooks_t hooks[HOOK_KINDS];
	autofd agent = -1;
	int ret;

	if (b->state.no_process)
		return err_plain(e, EINVAL, "process property must not be empty");
	if (late_hooks(b, hooks, e) < 0 || agent_connect(b, &agent, e) < 0)
		return -1;
	ret = start(b, l->sync, &agent, hooks, e);
	fd_close(&l->sync);
	return ret;
}

static int signal_all(struct box *b, const struct cgroup *c, int sig, struct err *e)
{
	if (sig == SIGKILL)
		return cgroup_kill(c, e);
	return cgroup_signal(c, sig, b->arena, e);
}

int launch_kill(struct box *b, int sig, bool all, struct err *e)
{
	autocgroup c = CGROUP_NONE_OPEN;

	/* without a PID namespace of its own, the end of init is not the end of the
	 * others */
	if (!all && (sig != SIGKILL || b->state.own_pidns))
		return signal_init(b, sig, e);
	if (launch_cgroup_open(b, &c, e) < 0)
		return -1;
	if (c.fd < 0)
		return signal_init(b, sig, e);
	if (!all && box_status(b) == BOX_STOPPED)
		return err_plain(e, ESRCH, "container not running");
	return signal_all(b, &c, sig, e);
}

/* The init of a PID namespace ends after all others in it: one that is stuck keeps it */
static int init_left(struct box *b, struct err *e)
{
	autocgroup c = CGROUP_NONE_OPEN;
	struct err ignored = ERR_NONE;
	char text[LEFT_TEXT] = "";

	if (launch_cgroup_open(b, &c, &ignored) == 0 && c.fd >= 0)
		left_names(&c, LEFT_ALL, text);
	return err_set(e, ETIMEDOUT, "container init still running: process %lld%s%s",
		       (long long)b->state.pid, *text ? "; in its cgroup:" : "", text);
}

static int wait_end(struct box *b, struct err *e)
{
	struct pollfd end = { .fd = b->pidfd, .events = POLLIN };
	int ready = TEMP_FAILURE_RETRY(poll(&end, 1, END_MS));

	if (ready < 0)
		return err_sys(e, "wait for process %lld", (long long)b->state.pid);
	return ready == 0 ? init_left(b, e) : 0;
}

/* systemd may be gone, or out of reach: what counts is that the cgroup is */
static int end_unit(const struct launch *how, struct box *b, struct cgroup *c,
		    struct err *e)
{
	const struct unit unit = request_unit(&how->request, b->state.scope,
					      b->state.scope_user, b->arena);
	struct err why = ERR_NONE;

	/* a create that was killed before it knew that the unit was its own: without it
	 * and its helper nobody is in a scope, which ends by itself then */
	if (!b->state.invocation)
		return 0;
	if (unit_stop(&unit, b->state.invocation, &why) < 0 && c->fd < 0) {
		*e = why;
		return -1;
	}
	return c->fd < 0 ? 0 : cgroup_remove(c, END_MS, e);
}

/* A create that was killed between making its cgroup and writing on it whose it is:
 * there is nobody in it yet. One that somebody else has taken meanwhile is busy, and
 * stays. */
static void sweep_cgroup(struct box *b)
{
	autocgroup c = CGROUP_NONE_OPEN;
	struct err ignored = ERR_NONE;

	if (!b->state.cgroup_made ||
	    cgroup_open(&c, b->state.cgroup_mount, b->state.cgroup_path, b->arena,
			&ignored) < 0)
		return;
	c.keep = true;
	c.made = b->state.cgroup_made;
	cgroup_remove(&c, 0, &ignored);
}

static int end_cgroup(const struct launch *how, struct box *b, struct err *e)
{
	autocgroup c = CGROUP_NONE_OPEN;
	int populated;

	if (launch_cgroup_open(b, &c, e) < 0)
		return -1;
	if (c.fd < 0 && b->state.scope)
		return end_unit(how, b, &c, e);
	if (c.fd < 0) {
		sweep_cgroup(b);
		return 0;
	}
	populated = cgroup_populated(&c, e);
	if (populated < 0)
		return -1;
	if (populated && (cgroup_kill(&c, e) < 0 || cgroup_wait_empty(&c, END_MS, e) < 0))
		return -1;
	if (b->state.scope)
		return end_unit(how, b, &c, e);
	if (c.made)
		return cgroup_remove(&c, END_MS, e);
	/* it was there before the container, and stays (config-linux.md), as it was */
	devices_drop(&c, (pid_t)b->state.creator);
	return 0;
}

static int end_processes(struct box *b, struct err *e)
{
	struct err gone = ERR_NONE;

	if (b->pidfd < 0)
		return 0;
	if (signal_init(b, SIGKILL, &gone) < 0 && gone.num != ESRCH) {
		*e = gone;
		return -1;
	}
	return wait_end(b, e);
}

void launch_interrupt(const char *root, const char *id, struct arena *a)
{
	struct err ignored = ERR_NONE;
	autobox b = BOX_NONE;

	if (box_open(&b, root, id, false, false, a, &ignored) == 0)
		signal_init(&b, SIGKILL, &ignored);
}

static int end_all(const struct launch *how, struct box *b, struct err *e)
{
	autofd ns = launch_net_open(b);

	if (end_processes(b, e) < 0 || launch_user_end(b, e) < 0 ||
	    launch_net_end(b, &how->request, ns, e) < 0)
		return -1;
	return end_cgroup(how, b, e) < 0 ? -1 : launch_rdt_end(b, e);
}

int launch_delete(const struct launch *how, struct box *b, bool force, struct err *e)
{
	enum box_status status = box_status(b);
	plan_hooks_t hooks[HOOK_KINDS];
	struct err no_hooks = ERR_NONE;
	char *state;

	if (!force && (status == BOX_RUNNING || status == BOX_PAUSED))
		return err_plain(e, EBUSY,
				 "cannot delete container %s that is not stopped: %s",
				 b->state.id, box_status_names[status]);
	/* hooks that cannot be read must not keep anything alive: the undoing goes
	 * first */
	if (late_hooks(b, hooks, &no_hooks) < 0 && !force) {
		*e = no_hooks;
		return -1;
	}
	if (end_all(how, b, e) < 0)
		return -1;
	state = b->state.id ? box_state_json(b, BOX_STOPPED, false) : NULL;
	if (box_remove(b, e) < 0)
		return -1;
	if (state)
		host_hooks_all(&hooks[HOOK_POSTSTOP], state, &b->state.annotations,
			       how->warn, how->warn_to);
	return 0;
}

int launched_wait(struct launched *l, struct err *e)
{
	int status = child_wait(l->pidfd, e);

	if (status >= 0)
		l->pid = 0;
	return status;
}

void launched_done(struct launched *l)
{
	fd_close(&l->pidfd);
	fd_close(&l->sync);
	fd_close(&l->tty);
	fd_close(&l->life);
}
