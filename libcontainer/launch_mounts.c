/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts of a running container: added, and taken away again. It is the way of an exec
 * without a process: plan, kit, spawn; init attaches and waits until the box has
 * remembered what it did. Runs in the program.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "libcontainer/host/prepare.h"
#include "libcontainer/host/spawn.h"
#include "libcontainer/init/mount.h"
#include "libcontainer/launch_parts.h"
#include "libcontainer/plan/build.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/plan/sync.h"

#define STEP_MS	 60000
#define END_MS	 10000
#define FILE_MAX (16UL << 20)

/* An init in the container */
struct visit {
	const struct launch *how;
	struct box *box;
	struct arena *a;
	struct spec *spec; /* the container's */
	struct facts facts;
	struct enter in;
	struct plan *plan;
	struct kit *kit;
	struct child child;
};

static bool read_map_line(struct arena *a, const char *line, plan_maps_t *maps)
{
	uint64_t v[3];

	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		size_t n;

		line += strspn(line, " ");
		n = strspn(line, "0123456789");
		if (!str_u64n(line, n, UINT32_MAX, &v[i]))
			return false;
		line += n;
	}
	*list_add(a, maps) =
		(struct plan_map){ (uint32_t)v[0], (uint32_t)v[1], (uint32_t)v[2] };
	return true;
}

static int read_map(struct visit *v, const char *file, plan_maps_t *maps, struct err *e)
{
	char *path = arena_fmt(v->a, "/proc/%ld/%s", (long)v->box->state.pid, file);
	size_t len;
	char *text = file_read(v->a, AT_FDCWD, path, FILE_MAX, &len, e);
	strings_t lines;

	if (!text)
		return -1;
	lines = str_split(v->a, text, '\n');
	LIST_EACH (line, &lines)
		if (**line && !read_map_line(v->a, *line, maps))
			return err_set(e, EINVAL, "%s is not understood", path);
	return 0;
}

static bool is_gone(const struct box *b)
{
	struct pollfd end = { .fd = b->pidfd, .events = POLLIN };

	return b->pidfd < 0 || poll(&end, 1, 0) != 0;
}

static int not_running(struct err *e)
{
	return err_plain(e, ESRCH, "container not running");
}

static int visit_begin(struct visit *v, struct err *e)
{
	const struct box_state *s = &v->box->state;

	if (is_gone(v->box))
		return not_running(e);
	if (launch_arena(&v->a, e) < 0 || launch_spec_in(v->box, v->a, &v->spec, e) < 0)
		return -1;
	if (facts_read(&v->facts, v->how->request.runtime_dir, v->a, e) < 0)
		return -1;
	facts_labels(&v->facts, false,
		     v->spec->linux && !str_empty(v->spec->linux->mount_label));
	v->in = (struct enter){ .spec = v->spec,
				.ns_flags = (uint32_t)s->ns_flags,
				.userns_setgroups_denied = s->userns_setgroups_denied };
	if (!(s->ns_flags & CLONE_NEWUSER))
		return 0;
	if (read_map(v, "uid_map", &v->in.uids, e) < 0 ||
	    read_map(v, "gid_map", &v->in.gids, e) < 0)
		return -1;
	/* it was this container's all the time that we read it */
	return is_gone(v->box) ? not_running(e) : 0;
}

/* Let it undo what it has done before child_done() kills it */
static void visit_done(struct visit *v)
{
	struct pollfd end = { .fd = v->child.pidfd, .events = POLLIN };

	if (v->kit)
		kit_done(v->plan, v->kit);
	fd_close(&v->child.sync);
	if (v->child.pidfd >= 0 && !v->child.keep)
		poll(&end, 1, END_MS);
	child_done(&v->child);
}
#define autovisit __attribute__((cleanup(visit_done))) struct visit

/* 0: nothing is mounted (a link was copied, or what is to go has gone) */
static int take_id(struct visit *v, uint64_t *id, struct err *e)
{
	autofd fd = -1;
	int64_t its;
	bool dir;

	if (sync_expect(v->child.sync, SYNC_MOUNTED, STEP_MS, &fd, NULL, e) < 0)
		return -1;
	its = fd < 0 ? 0 : mount_id(fd, &dir);
	if (its < 0)
		return err_set(e, (int)-its, "look at what was mounted");
	*id = (uint64_t)its;
	return 0;
}

/* Until init has done all of it; the ids of the mounts are put there */
static int visit_do(struct visit *v, uint64_t *ids, struct err *e)
{
	struct birthplace nowhere = { .cgroup = -1 };

	launch_warn(v->plan, v->how);
	v->kit = kit_new(v->plan, v->a);
	if (prepare(v->plan, v->kit, e) < 0)
		return -1;
	v->kit->pidfd = fcntl(v->box->pidfd, F_DUPFD_CLOEXEC, 3);
	if (v->kit->pidfd < 0)
		return err_sys(e, "copy the container's pidfd");
	if (spawn(v->plan, v->kit, v->a, &nowhere, &v->child, e) < 0)
		return -1;
	kit_done(v->plan, v->kit);
	v->kit = NULL;
	if (child_meet(&v->child, e) < 0)
		return -1;
	for (size_t i = 0; i < v->plan->mounts.n; i++)
		if (take_id(v, &ids[i], e) < 0)
			return child_lost(&v->child, e);
	return sync_expect(v->child.sync, SYNC_READY, STEP_MS, NULL, NULL, e);
}

/* It is remembered; what init says from now on is told */
static int visit_end(struct visit *v, struct err *e)
{
	struct pollfd end = { .fd = v->child.pidfd, .events = POLLIN };
	int status;

	if (go_unseen(v->child.sync, -1, e) < 0 ||
	    sync_ended(v->child.sync, STEP_MS, e) < 0)
		return -1;
	if (poll(&end, 1, END_MS) != 1)
		return err_set(e, ETIMEDOUT, "wait for the end of init");
	status = child_wait(v->child.pidfd, e);
	v->child.keep = true;
	if (status > 0)
		return err_set(e, EIO, "init ended with status %d", status);
	return status;
}

static int check_mounts(const struct visit *v, const struct spec *mounts, struct err *e)
{
	struct check_report r = CHECK_REPORT(v->a);

	spec_check_mounts(mounts, v->spec->linux, &r);
	return launch_report(&r, v->how, e);
}

static void remember(struct visit *v, const struct spec *mounts, const uint64_t *ids)
{
	for (size_t i = 0; i < mounts->mounts.n; i++) {
		struct box_mount *added;

		if (!ids[i])
			continue;
		added = list_add(v->box->arena, &v->box->state.mounts);
		added->mount = mounts->mounts.items[i];
		added->id = ids[i];
	}
}

int launch_mounts_add(const struct launch *how, struct box *b, const char *text,
		      size_t len, struct err *e)
{
	autovisit v = { .how = how, .box = b, .child = CHILD_NONE };
	uint64_t ids[ENTER_MOUNTS_MAX];
	struct spec *mounts;

	if (visit_begin(&v, e) < 0 || spec_mounts_read(text, len, v.a, &mounts, e) < 0)
		return -1;
	if (check_mounts(&v, mounts, e) < 0)
		return -1;
	if (plan_enter_mounts(mounts, &v.in, &v.facts, &how->request, v.a, &v.plan, e) <
	    0)
		return -1;
	if (visit_do(&v, ids, e) < 0)
		return -1;
	remember(&v, mounts, ids);
	if (box_save(b, e) < 0)
		return -1;
	return visit_end(&v, e);
}

/* The last that was added there and is not to go yet; -1: none */
static ssize_t find_added(struct visit *v, const char *target, const bool *going)
{
	const struct box_state *s = &v->box->state;

	for (size_t i = s->mounts.n; i-- > 0;) {
		const char *its = s->mounts.items[i].mount.destination;

		if (!going[i] && str_eq(path_clean(v->a, "/", its), target))
			return (ssize_t)i;
	}
	return -1;
}

static int choose(struct visit *v, const strings_t *destinations, bool *going,
		  struct enter_detach *list, struct err *e)
{
	const struct box_state *s = &v->box->state;

	for (size_t k = 0; k < destinations->n; k++) {
		const char *target = path_clean(v->a, "/", destinations->items[k]);
		ssize_t i = find_added(v, target, going);

		if (i < 0)
			return err_plain(e, ENOENT,
					 "%s: no mount was added there (only what "
					 "\"mounts add\" has added can be removed)",
					 target);
		going[i] = true;
		list[k] = (struct enter_detach){ target, s->mounts.items[i].id };
	}
	return 0;
}

static void warn_gone(const struct visit *v, const struct enter_detach *list, size_t n,
		      const uint64_t *ids)
{
	for (size_t i = 0; v->how->warn && i < n; i++)
		if (!ids[i])
			v->how->warn(v->how->warn_to,
				     arena_fmt(v->box->arena,
					       "%s: the container has unmounted it "
					       "itself",
					       list[i].target));
}

static void forget(struct box *b, const bool *going)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->state.mounts.n; i++)
		if (!going[i])
			b->state.mounts.items[kept++] = b->state.mounts.items[i];
	b->state.mounts.n = kept;
}

int launch_mounts_remove(const struct launch *how, struct box *b,
			 const strings_t *destinations, struct err *e)
{
	autovisit v = { .how = how, .box = b, .child = CHILD_NONE };
	struct enter_detach list[ENTER_MOUNTS_MAX];
	uint64_t ids[ENTER_MOUNTS_MAX];
	bool *going;

	if (destinations->n > ENTER_MOUNTS_MAX)
		return err_plain(e, E2BIG, "%zu mounts are more than %d at a time",
				 destinations->n, ENTER_MOUNTS_MAX);
	if (visit_begin(&v, e) < 0)
		return -1;
	going = arena_array(v.a, bool, b->state.mounts.n + 1);
	if (choose(&v, destinations, going, list, e) < 0)
		return -1;
	if (plan_enter_detach(list, destinations->n, &v.in, &v.facts, &how->request, v.a,
			      &v.plan, e) < 0)
		return -1;
	/* when they are gone only: one that stays must stay known */
	if (visit_do(&v, ids, e) < 0 || visit_end(&v, e) < 0)
		return -1;
	warn_gone(&v, list, destinations->n, ids);
	forget(b, going);
	return box_save(b, e);
}
