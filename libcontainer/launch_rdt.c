/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See launch_rdt.h; and `update` of schemata. Runs in the program. */
#include "libcontainer/launch_rdt.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/str.h"
#include "cgroups/cgroup.h"
#include "libcontainer/launch.h"

#define PASSES 3 /* over the processes of a container, which fork meanwhile */

static const char *group_of(const struct box_state *s)
{
	return s->rdt_group ? s->rdt_group : "";
}

static int open_root(struct rdt *r, const struct request *request, struct box *b,
		     struct arena *a, struct err *e)
{
	const char *given = request->resctrl;
	const char *path = given ? given : rdt_find(a, e);

	if (!path || rdt_open(r, path, !given, e) < 0)
		return -1;
	b->state.rdt_root = (char *)path;
	return 0;
}

static int make(struct rdt *r, const struct plan_rdt *p, struct box *b, struct arena *a,
		struct err *e)
{
	struct box_state *s = &b->state;

	s->rdt_group = (char *)p->group;
	s->rdt_made = rdt_missing(r, p);
	s->rdt_monitor = (char *)p->monitor;
	s->rdt_monitor_made = p->monitor != NULL;
	if (box_save(b, e) < 0 || rdt_make(r, p, a, e) < 0)
		return -1;
	/* somebody may have been faster */
	s->rdt_made = r->made;
	s->rdt_monitor_made = r->monitor_made;
	return box_save(b, e);
}

int launch_rdt_make(struct rdt *r, const struct plan *p, const struct request *request,
		    struct box *b, struct arena *a, struct err *e)
{
	if (!p->rdt)
		return 0;
	if (open_root(r, request, b, a, e) < 0)
		return -1;
	return make(r, p->rdt, b, a, e);
}

int launch_rdt_enter(struct rdt *r, const struct box *b, struct err *e)
{
	const struct box_state *s = &b->state;

	r->keep = true;
	if (!s->rdt_root)
		return 0;
	if (rdt_open(r, s->rdt_root, false, e) < 0)
		return -1;
	return rdt_enter(r, group_of(s), s->rdt_monitor, e);
}

int launch_rdt_end(struct box *b, struct err *e)
{
	__attribute__((cleanup(rdt_done))) struct rdt r = RDT_NONE;
	const struct box_state *s = &b->state;
	struct err why = ERR_NONE;

	r.keep = true;
	if (!s->rdt_root || (!s->rdt_made && !s->rdt_monitor_made))
		return 0;
	if (rdt_open(&r, s->rdt_root, false, &why) < 0) {
		if (why.num == ENOENT)
			return 0;
		*e = why;
		return -1;
	}
	return rdt_remove(&r, group_of(s), s->rdt_made,
			  s->rdt_monitor_made ? s->rdt_monitor : NULL, e);
}

/* --- update ------------------------------------------------------------------------- */

/* All threads of a process; one that has ended meanwhile needs nothing */
static int add_threads(const struct rdt *r, pid_t pid, struct err *e)
{
	char path[32];
	struct dirent *d;
	uint64_t tid;
	int ret = 0;
	DIR *dir;

	fmt_text(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && ret == 0 && (d = readdir(dir)) != NULL) {
		struct err why = ERR_NONE;

		if (!str_u64(d->d_name, INT32_MAX, &tid) ||
		    rdt_add(r, (pid_t)tid, &why) == 0 || why.num == ESRCH)
			continue;
		*e = why;
		ret = -1;
	}
	if (dir)
		closedir(dir);
	return ret;
}

static int add_all(const struct rdt *r, struct box *b, struct err *e)
{
	autocgroup c = CGROUP_NONE_OPEN;

	if (launch_cgroup_open(b, &c, e) < 0)
		return -1;
	if (c.fd < 0)
		return add_threads(r, (pid_t)b->state.pid, e);
	for (int pass = 0; pass < PASSES; pass++) {
		pids_t pids = { NULL, 0 };

		if (cgroup_pids(&c, b->arena, &pids, e) < 0)
			return -1;
		LIST_EACH (pid, &pids)
			if (add_threads(r, *pid, e) < 0)
				return -1;
	}
	return 0;
}

static int check_schema(const char *option, const char *text, bool bandwidth,
			struct err *e)
{
	if (!text)
		return 0;
	if (strchr(text, '\n'))
		return err_plain(e, EINVAL, "option --%s: has a newline", option);
	if (bandwidth && !str_starts(text, "MB:"))
		return err_plain(e, EINVAL,
				 "option --%s: \"%s\" does not begin with \"MB:\"",
				 option, text);
	return 0;
}

int launch_schemata_check(const char *l3, const char *bandwidth, struct err *e)
{
	if (check_schema("l3-cache-schema", l3, false, e) < 0)
		return -1;
	return check_schema("mem-bw-schema", bandwidth, true, e);
}

/* A container without linux.intelRdt gets a group of its own now, as at create */
static int make_now(struct rdt *r, const struct launch *how, struct box *b,
		    const strings_t *lines, struct err *e)
{
	struct plan_rdt p = { .group = b->state.id, .make = true, .lines = *lines };

	if (open_root(r, &how->request, b, b->arena, e) < 0)
		return -1;
	if (make(r, &p, b, b->arena, e) == 0 && add_all(r, b, e) == 0) {
		r->keep = true;
		return 0;
	}
	b->state.rdt_root = b->state.rdt_group = b->state.rdt_monitor = NULL;
	b->state.rdt_made = b->state.rdt_monitor_made = false;
	rdt_done(r);
	box_save(b, &(struct err)ERR_NONE);
	return -1;
}

int launch_update_schemata(const struct launch *how, struct box *b, const char *l3,
			   const char *bandwidth, struct err *e)
{
	__attribute__((cleanup(rdt_done))) struct rdt r = RDT_NONE;
	strings_t lines = { NULL, 0 };

	if (!str_empty(l3))
		strings_add(b->arena, &lines, (char *)l3);
	if (!str_empty(bandwidth))
		strings_add(b->arena, &lines, (char *)bandwidth);
	if (!lines.n)
		return 0;
	if (!b->state.rdt_root)
		return make_now(&r, how, b, &lines, e);
	if (launch_rdt_enter(&r, b, e) < 0)
		return -1;
	return rdt_write(&r, &lines, b->arena, e);
}
