/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Making and moving one device. Runs in aril-net.
 *
 * Theory. A device moves, and gets its new name, by one message. On the way the kernel
 * takes it down and drops its addresses, its routes and the bridge that it was in; what
 * it is (MTU, hardware address, queues ...) it keeps (__dev_change_net_namespace() in
 * net/core/dev.c). So all that is lost is read before, for it to have it again there, or
 * here if something fails. A pair and a macvlan device are made in the namespace, with
 * their name: there is no moment at which the host has a device of that name.
 *
 * The kernel would fill in a template ("eth%d") as well, but then nobody could tell which
 * name it chose: a free one is looked for here, and again when somebody else was faster.
 */
#include "netns/aril-net/make.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/str.h"
#include "netns/aril-net/address.h"
#include "netns/aril-net/identity.h"
#include "netns/aril-net/link.h"
#include "netns/aril-net/route.h"

#define NAMES_MAX 4096 /* devices that a template is tried for */
#define TRIES	  16

/* --- both sides -------------------------------------------------------------------- */

static int check_other(int host_ns, int ns, struct err *e)
{
	struct stat a, b;

	if (fstat(host_ns, &a) < 0 || fstat(ns, &b) < 0)
		return err_sys(e, "look at the network namespace");
	if (a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		return err_plain(e, EINVAL,
				 "the container's network namespace is the host's own");
	return 0;
}

int sides_open(struct sides *s, int ns, struct arena *a, struct err *e)
{
	long ret;

	*s = (struct sides){ .host_ns = -1, .ns = ns, .arena = a };
	if (rtnl_open(&s->host, a, e) < 0)
		return -1;
	if (ns < 0)
		return 0;
	s->host_ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (s->host_ns < 0)
		return err_sys(e, "open the host's network namespace");
	if (check_other(s->host_ns, ns, e) < 0)
		return -1;
	ret = sys_setns(ns, CLONE_NEWNET);
	if (ret < 0)
		return err_set(e, (int)-ret, "join the container's network namespace");
	return rtnl_open(&s->inside, a, e);
}

void sides_done(struct sides *s)
{
	rtnl_done(&s->host);
	rtnl_done(&s->inside);
	fd_close(&s->host_ns);
}

/* --- names ------------------------------------------------------------------------- */

/* 1: there is such a device inside; 0: there is none */
static int is_taken(struct sides *s, const char *name, struct err *e)
{
	struct err why = ERR_NONE;
	struct link l;

	if (link_find(&s->inside, name, 0, &l, &why) == 0)
		return 1;
	if (why.num == ENODEV)
		return 0;
	*e = why;
	return -1;
}

/* The first free one of a template with one "%d" */
static char *fill_in(struct sides *s, const char *template, struct err *e)
{
	const char *percent = strstr(template, "%d");

	for (unsigned i = 0; i < NAMES_MAX; i++) {
		char *name = arena_fmt(s->arena, "%.*s%u%s", (int)(percent - template),
				       template, i, percent + 2);
		int taken = strlen(name) < IFNAMSIZ ? is_taken(s, name, e) : 1;

		if (taken < 0)
			return NULL;
		if (!taken)
			return name;
	}
	err_set(e, ENFILE, "find a free name for %s", template);
	return NULL;
}

static const char *wanted_name(const struct net_link *l)
{
	if (!str_empty(l->name))
		return l->name;
	return l->kind == NET_MOVE ? l->host : "eth%d";
}

static char *name_inside(struct sides *s, const struct net_link *l, struct err *e)
{
	const char *name = wanted_name(l);
	int taken;

	if (strstr(name, "%d"))
		return fill_in(s, name, e);
	taken = is_taken(s, name, e);
	if (taken > 0)
		err_set(e, EEXIST, "the container has a device %s already", name);
	return taken ? NULL : arena_strdup(s->arena, name);
}

/* --- ways -------------------------------------------------------------------------- */

static char *keep_text(struct sides *s, const char *text)
{
	return text[0] ? arena_strdup(s->arena, text) : NULL;
}

/* All that has to be known of it afterwards */
static int remember(struct sides *s, const struct link *l, struct net_made *m,
		    struct err *e)
{
	addresses_t all = { NULL, 0 };
	struct link master;

	m->host = arena_strdup(s->arena, l->name);
	m->mac = m->old_mac = keep_text(s, l->mac);
	m->identity = identity_text(l, s->arena);
	m->old_mtu = l->mtu;
	m->was_up = (l->flags & IFF_UP) != 0;
	if (address_list(&s->host, l->index, &all, e) < 0 ||
	    route_list(&s->host, l->index, &m->routes, e) < 0)
		return -1;
	LIST_EACH (x, &all)
		strings_add(s->arena, &m->addresses, address_text(x, s->arena));
	if (!l->master)
		return 0;
	if (link_find(&s->host, NULL, l->master, &master, e) < 0)
		return -1;
	m->master = arena_strdup(s->arena, master.name);
	return 0;
}

static int make_move(struct sides *s, const struct net_link *l, struct net_made *m,
		     struct err *e)
{
	struct link_change change = LINK_AS_IT_IS;
	struct link found;

	if (link_find(&s->host, l->host, 0, &found, e) < 0 ||
	    remember(s, &found, m, e) < 0)
		return -1;
	m->moved = true;
	change.ns = s->ns;
	change.name = m->name;
	return link_change(
		&s->host, found.index, &change,
		arena_fmt(s->arena, "move %s into the container as %s", l->host, m->name),
		e);
}

/* The host's end: in its bridge, and up. It is found by its name on the host, where
 * nobody in a namespace that is joined can change anything; the names, numbers and other
 * ends of the devices there may be whatever its owner likes, and lead to the end of
 * another container. */
static int settle_end(struct sides *s, const struct net_link *l, struct net_made *m,
		      struct err *e)
{
	struct link_change change = LINK_AS_IT_IS;
	struct link inside, end, bridge;

	if (link_find(&s->host, m->host, 0, &end, e) < 0 ||
	    link_find(&s->inside, NULL, end.other, &inside, e) < 0)
		return -1;
	m->mac = keep_text(s, end.mac);
	if (!str_eq(inside.name, m->name))
		return err_set(e, EAGAIN, "find %s: it has another name already",
			       m->name);
	if (l->bridge) {
		if (link_find(&s->host, l->bridge, 0, &bridge, e) < 0)
			return -1;
		change.master = bridge.index;
	}
	change.mtu = l->mtu;
	change.up = true;
	return link_change(&s->host, end.index, &change,
			   l->bridge ? arena_fmt(s->arena, "put %s into the bridge %s",
						 end.name, l->bridge)
				     : arena_fmt(s->arena, "bring up %s", end.name),
			   e);
}

/* In the arena; NULL: an error. Not "veth%d": the name that the kernel chose could only
 * be asked for through the end inside, and the owner of that namespace may lie. */
static char *end_name(struct sides *s, const struct net_link *l, struct err *e)
{
	uint32_t number;

	if (l->host)
		return arena_strdup(s->arena, l->host);
	if (getrandom(&number, sizeof(number), 0) == (ssize_t)sizeof(number))
		return arena_fmt(s->arena, "veth%08x", number);
	err_sys(e, "choose a name for the end on the host");
	return NULL;
}

static int make_veth(struct sides *s, const struct net_link *l, struct net_made *m,
		     struct err *e)
{
	char *end = end_name(s, l, e);

	if (!end || link_make_veth(&s->host, end, s->ns, m->name, e) < 0)
		return -1;
	m->host = end;
	return settle_end(s, l, m, e);
}

static int make_macvlan(struct sides *s, const struct net_link *l, struct net_made *m,
			struct err *e)
{
	struct link below;

	if (link_find(&s->host, l->host, 0, &below, e) < 0 ||
	    link_make_macvlan(&s->host, &below, l->mode, s->ns, m->name, e) < 0)
		return -1;
	m->host = arena_strdup(s->arena, "");
	return 0;
}

static int (*const ways[])(struct sides *s, const struct net_link *l, struct net_made *m,
			   struct err *e) = {
	[NET_MOVE] = make_move,
	[NET_VETH] = make_veth,
	[NET_MACVLAN] = make_macvlan,
};

/* --- what it gets there ------------------------------------------------------------ */

/* "old:1" becomes "new:1", as the kernel does it when a device is renamed */
static void rename_label(struct address *x, const char *from, const char *to)
{
	size_t n = strlen(from);
	char rest[IFNAMSIZ] = "";

	if (strncmp(x->label, from, n) == 0)
		fmt_text(rest, sizeof(rest), "%s", x->label + n);
	x->label[0] = '\0';
	if (rest[0] == ':' && strlen(to) + strlen(rest) < IFNAMSIZ)
		fmt_text(x->label, sizeof(x->label), "%s%s", to, rest);
}

static int give_addresses(struct sides *s, const struct net_link *l,
			  const struct net_made *m, const struct link *to, struct err *e)
{
	struct address x;

	LIST_EACH (text, &m->addresses) {
		if (address_read(*text, &x, e) < 0)
			return -1;
		rename_label(&x, m->host, to->name);
		if (address_is_kept(&x) &&
		    address_add(&s->inside, to->index, to->name, &x, e) < 0)
			return -1;
	}
	LIST_EACH (text, &l->addresses)
		if (address_read(*text, &x, e) < 0 ||
		    address_add(&s->inside, to->index, to->name, &x, e) < 0)
			return -1;
	return 0;
}

static int settle(struct sides *s, const struct net_link *l, struct net_made *m,
		  struct err *e)
{
	struct link_change change = LINK_AS_IT_IS, up = LINK_AS_IT_IS;
	struct link inside;

	if (link_find(&s->inside, m->name, 0, &inside, e) < 0)
		return -1;
	change.mac = l->mac;
	change.mtu = l->mtu;
	if ((l->mac || l->mtu) &&
	    link_change(&s->inside, inside.index, &change,
			arena_fmt(s->arena, "change %s", m->name), e) < 0)
		return -1;
	if (l->mac && m->moved)
		m->mac = arena_strdup(s->arena, l->mac);
	up.up = true;
	if (link_change(&s->inside, inside.index, &up,
			arena_fmt(s->arena, "bring up %s", m->name), e) < 0 ||
	    give_addresses(s, l, m, &inside, e) < 0)
		return -1;
	LIST_EACH (gateway, &l->gateways)
		if (route_add(&s->inside, inside.index, *gateway, e) < 0)
			return -1;
	return 0;
}

/* Once. Undoes nothing; *m is complete as far as it came: m->host is set as soon as there
 * is something to be undone. */
static int try_link(struct sides *s, const struct net_link *l, struct net_made *m,
		    struct err *e)
{
	m->name = name_inside(s, l, e);
	if (!m->name || ways[l->kind](s, l, m, e) < 0)
		return -1;
	return settle(s, l, m, e);
}

int make_link(struct sides *s, const struct net_link *l, net_made_t *made, struct err *e)
{
	bool template = strstr(wanted_name(l), "%d") != NULL;

	for (int i = 0;; i++) {
		struct net_made m = { .host = NULL };
		net_made_t one = { &m, 1 };
		struct err ignored = ERR_NONE;

		if (try_link(s, l, &m, e) == 0) {
			*list_add(s->arena, made) = m;
			return 0;
		}
		if (e->num != EEXIST || !template || i == TRIES) {
			if (m.host)
				*list_add(s->arena, made) = m;
			return err_wrap(e, "%s", l->where);
		}
		/* somebody else took that name meanwhile */
		if (m.host)
			undo_all(s, &one, &ignored);
		*e = (struct err)ERR_NONE;
	}
}
