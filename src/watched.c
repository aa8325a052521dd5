/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told about a container; runs in the program */
#include "src/watched.h"

#include <poll.h>
#include <sched.h>

#include "base/fd.h"
#include "cgroups/stats.h"
#include "libcontainer/launch.h"
#include "netns/counters.h"

int watched_open(struct watched *w, const struct call *c, const char *id, struct err *e)
{
	autobox b = BOX_NONE;
	enum box_status status;

	*w = (struct watched)WATCHED_NONE;
	w->id = id;
	if (box_open(&b, c->root, id, false, false, c->arena, e) < 0)
		return -1;
	status = box_status(&b);
	if (status == BOX_STOPPED || status == BOX_CREATING)
		return err_plain(e, ESRCH, "container not running");
	if (launch_cgroup_open(&b, &w->cgroup, e) < 0 ||
	    watch_open(&w->oom, &w->cgroup, "memory.events", "oom_kill", e) < 0) {
		watched_done(w);
		return -1;
	}
	w->own_network = b.state.ns_flags & CLONE_NEWNET;
	w->pid = b.state.pid;
	w->state = b.state;
	w->pidfd = fd_take(&b.pidfd); /* all else of the box is closed */
	return 0;
}

void watched_done(struct watched *w)
{
	watch_done(&w->oom);
	cgroup_done(&w->cgroup);
	fd_close(&w->pidfd);
}

static bool has_ended(const struct watched *w)
{
	struct pollfd p = { .fd = w->pidfd, .events = POLLIN };

	return w->pidfd < 0 || poll(&p, 1, 0) != 0;
}

static void event_begin(struct json_writer *j, const char *type, const char *id)
{
	json_start(j, NULL);
	json_map_begin(j);
	json_put_str(j, "type", type);
	json_put_str(j, "id", id);
}

static int event_end(struct json_writer *j, struct err *e)
{
	json_map_end(j);
	return call_print_json(j, e);
}

static void put_counts(struct json_writer *j, const char *const names[4],
		       const struct net_counts *n)
{
	json_put_uint(j, names[0], n->bytes);
	json_put_uint(j, names[1], n->packets);
	json_put_uint(j, names[2], n->errors);
	json_put_uint(j, names[3], n->dropped);
}

static void put_network(struct json_writer *j, const net_counters_t *list)
{
	static const char *const received[] = { "RxBytes", "RxPackets", "RxErrors",
						"RxDropped" };
	static const char *const sent[] = { "TxBytes", "TxPackets", "TxErrors",
					    "TxDropped" };

	json_key(j, "network_interfaces");
	json_list_begin(j);
	LIST_EACH (device, list) {
		json_map_begin(j);
		json_put_str(j, "Name", device->name);
		put_counts(j, received, &device->received);
		put_counts(j, sent, &device->sent);
		json_map_end(j);
	}
	json_list_end(j);
}

static bool read_network(struct watched *w, const struct out *out, struct arena *a,
			 net_counters_t *list)
{
	struct err why = ERR_NONE;

	if (!w->own_network || net_counters_read((pid_t)w->pid, a, list, &why) == 0)
		return true;
	if (!w->told)
		out_warning((void *)out,
			    arena_fmt(a, "%s: network_interfaces is left out: %s", w->id,
				      why.text));
	w->told = true;
	return false;
}

static int print_stats(struct watched *w, const struct out *out, struct arena *a,
		       struct err *e)
{
	net_counters_t network = { NULL, 0 };
	autojson j = JSON_WRITER_NONE;
	bool has_network;
	struct cgroup_stats stats;

	if (stats_read(&w->cgroup, a, &stats, e) < 0)
		return -1;
	has_network = read_network(w, out, a, &network);
	/* from here on another process may have its number, and have had it before */
	if (has_ended(w))
		return 0;
	event_begin(&j, "stats", w->id);
	json_key(&j, "data");
	json_map_begin(&j);
	stats_json(&j, &stats);
	launch_rdt_json(&w->state, a, &j);
	if (has_network)
		put_network(&j, &network);
	json_map_end(&j);
	return event_end(&j, e);
}

/* The arena is of this one reading: we may watch for years */
int watched_print_stats(struct watched *w, const struct out *out, struct err *e)
{
	autoarena a = ARENA_NONE;

	return arena_open(&a, false, e) < 0 ? -1 : print_stats(w, out, &a, e);
}

int watched_print_oom(struct watched *w, struct err *e)
{
	autojson j = JSON_WRITER_NONE;

	if (watch_risen(&w->oom) == 0)
		return 0;
	event_begin(&j, "oom", w->id);
	return event_end(&j, e);
}
