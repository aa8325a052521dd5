/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container's network devices on the way of a launch; runs in the program */
#include "libcontainer/launch_net.h"

#include <fcntl.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "libcontainer/launch_user.h"
#include "libcontainer/plan/build.h"
#include "libcontainer/launch_parts.h"
#include "libcontainer/plan/sync.h"

static int namespace_open(const struct child *c, struct err *e)
{
	char path[48];
	int fd;

	fmt_text(path, sizeof(path), "/proc/%d/ns/net", c->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "open the container's network namespace") : fd;
}

static struct net devices_of(const struct launch_net *n, const struct plan *p)
{
	return (struct net){ .ns = n->ns,
			     .helper = p->net.helper,
			     .links = &p->net.links };
}

static int devices_make(struct launch_net *n, const struct plan *p, const struct child *c,
			struct box *b, struct err *e)
{
	struct net net;

	if (p->net.links.n == 0)
		return 0;
	n->ns = namespace_open(c, e);
	if (n->ns < 0)
		return -1;
	net = devices_of(n, p);
	if (net_make_held(&net, b->arena, &b->state.net, &n->helper, e) < 0)
		return -1;
	n->plan = p;
	n->box = b;
	return 0;
}

int launch_net_into(struct launch_net *n, const struct plan *p, const struct child *c,
		    struct box *b, struct err *e)
{
	if (devices_make(n, p, c, b, e) < 0)
		return -1;
	return p->net.user ? launch_user_make(&n->guard, p, c, b, e) : 0;
}

int launch_net_make(struct launch_net *n, const struct plan *p, const struct child *c,
		    struct box *b, int timeout_ms, struct err *e)
{
	if (!plan_wants(p, STEP_NET))
		return 0;
	if (sync_expect(c->sync, SYNC_NET, timeout_ms, NULL, NULL, e) < 0)
		return -1;
	if (launch_net_into(n, p, c, b, e) < 0)
		return -1;
	return go_send(p, c->sync, -1, e);
}

int launch_net_keep(struct launch_net *n, struct err *e)
{
	fd_close(&n->guard.pidfd);
	if (!n->plan)
		return 0;
	if (net_keep(&n->helper, e) < 0)
		return -1;
	n->plan = NULL;
	return 0;
}

/* The program that should do it may itself have been killed: what it has done already is
 * no error for another one */
void launch_net_undo(struct launch_net *n)
{
	struct err ignored = ERR_NONE;
	struct net net;

	user_guard_done(&n->guard);
	net_drop(&n->helper, &ignored);
	if (n->plan) {
		ignored = (struct err)ERR_NONE;
		net = devices_of(n, n->plan);
		net_undo(&net, &n->box->state.net, n->box->arena, &ignored);
	}
	n->plan = NULL;
	fd_close(&n->ns);
}

/* Those that do not stay */
static net_made_t to_undo(const struct box *b)
{
	net_made_t list = { NULL, 0 };

	LIST_EACH (made, &b->state.net)
		if (!made->stays)
			*list_add(b->arena, &list) = *made;
	return list;
}

int launch_net_open(const struct box *b)
{
	char path[48];

	if (b->pidfd < 0 || to_undo(b).n == 0)
		return -1;
	fmt_text(path, sizeof(path), "/proc/%lld/ns/net", (long long)b->state.pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int launch_net_end(const struct box *b, const struct request *r, int ns, struct err *e)
{
	const net_made_t made = to_undo(b);
	const struct net net = { .ns = ns, .helper = request_net(r, b->arena) };

	return made.n ? net_undo(&net, &made, b->arena, e) : 0;
}
