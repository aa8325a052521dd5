/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Undoing. Runs in aril-net.
 *
 * A device is taken for ours only when its hardware address is the one that was noted:
 * names are free again as soon as a device has gone. Inside, the container's root may
 * have renamed it, and given another one its name and its address: there its identity
 * counts.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <string.h>

#include "base/str.h"
#include "netns/aril-net/address.h"
#include "netns/aril-net/identity.h"
#include "netns/aril-net/link.h"
#include "netns/aril-net/make.h"
#include "netns/aril-net/route.h"

/* As link_find(); 0: there is none, or not that one; 1: found */
static int find_one(struct rtnl *r, const char *name, const char *mac, struct link *found,
		    struct err *e)
{
	struct err why = ERR_NONE;

	if (str_empty(name))
		return 0;
	if (link_find(r, name, 0, found, &why) == 0)
		return !mac || str_eq(found->mac, mac);
	if (why.num == ENODEV)
		return 0;
	*e = why;
	return -1;
}

/* The kernel moves a device out of a namespace that ends under its name, or, if there is
 * one of that name, as "dev" and a number (default_device_exit_net()) */
static bool fits_came_back(const struct link *l, const void *with)
{
	const struct net_made *m = with;

	return str_eq(l->name, m->name) || str_starts(l->name, "dev");
}

/* --- a device that moved ----------------------------------------------------------- */

enum { GONE, INSIDE, ON_HOST };

/* By its name, which several devices of one hardware below have different ones of; else
 * by what it is */
static int find_inside(struct sides *s, const struct net_made *m, struct link *found,
		       struct err *e)
{
	int ret = find_one(&s->inside, m->name, m->mac, found, e);

	if (ret > 0)
		ret = identity_fits(s, found, m->identity, e);
	if (ret != 0 || !m->identity)
		return ret;
	if (identity_strong(m->identity))
		ret = identity_find(s, m->identity, NULL, found, e);
	return ret || !m->mac ? ret : identity_find(s, m->identity, m->mac, found, e);
}

static int find_moved(struct sides *s, const struct net_made *m, struct link *found,
		      struct err *e)
{
	int ret = s->ns < 0 ? 0 : find_inside(s, m, found, e);

	if (ret != 0)
		return ret < 0 ? -1 : INSIDE;
	ret = find_one(&s->host, m->host, m->mac, found, e);
	if (ret != 0 || !m->mac)
		return ret > 0 ? ON_HOST : ret;
	ret = link_find_mac(&s->host, m->mac, fits_came_back, m, found, e);
	return ret > 0 ? ON_HOST : ret;
}

static int bring_back(struct sides *s, const struct net_made *m,
		      const struct link *inside, struct err *e)
{
	struct link_change change = LINK_AS_IT_IS;

	change.ns = s->host_ns;
	change.name = m->host;
	return link_change(&s->inside, inside->index, &change,
			   arena_fmt(s->arena, "move %s back to the host as %s",
				     inside->name, m->host),
			   e);
}

static int rename_back(struct sides *s, const struct net_made *m, const struct link *l,
		       struct err *e)
{
	struct link_change change = LINK_AS_IT_IS;

	if (str_eq(l->name, m->host))
		return 0;
	change.name = m->host;
	return link_change(&s->host, l->index, &change,
			   arena_fmt(s->arena, "rename %s back to %s", l->name, m->host),
			   e);
}

static int restore_addresses(struct sides *s, const struct net_made *m,
			     const struct link *l, struct err *e)
{
	struct address x;

	LIST_EACH (text, &m->addresses)
		if (address_read(*text, &x, e) < 0 ||
		    address_add(&s->host, l->index, l->name, &x, e) < 0)
			return -1;
	return 0;
}

/* It is on the host and has its name: now it gets all that it had */
static int restore(struct sides *s, const struct net_made *m, struct err *e)
{
	struct link_change change = LINK_AS_IT_IS, up = LINK_AS_IT_IS;
	struct link l, master;

	if (link_find(&s->host, m->host, 0, &l, e) < 0)
		return -1;
	change.mac = str_eq(l.mac, m->old_mac) ? NULL : m->old_mac;
	change.mtu = l.mtu == m->old_mtu ? 0 : (uint32_t)m->old_mtu;
	if (m->master && link_find(&s->host, m->master, 0, &master, e) < 0)
		return -1;
	if (m->master)
		change.master = master.index;
	if ((change.mac || change.mtu || m->master) &&
	    link_change(&s->host, l.index, &change,
			arena_fmt(s->arena, "change %s back", m->host), e) < 0)
		return -1;
	up.up = true;
	if (m->was_up && link_change(&s->host, l.index, &up,
				     arena_fmt(s->arena, "bring up %s", m->host), e) < 0)
		return -1;
	if (restore_addresses(s, m, &l, e) < 0)
		return -1;
	/* there are none by a device that is down */
	return m->was_up ? route_restore(&s->host, l.index, &m->routes, e) : 0;
}

static int undo_moved(struct sides *s, const struct net_made *m, struct err *e)
{
	struct link l;
	int where = find_moved(s, m, &l, e);

	if (where < 0 || where == GONE)
		return where;
	if (where == INSIDE && bring_back(s, m, &l, e) < 0)
		return -1;
	if (where == ON_HOST && rename_back(s, m, &l, e) < 0)
		return -1;
	return restore(s, m, e);
}

/* --- a device that was made -------------------------------------------------------- */

/* One end takes the other with it */
static int undo_made(struct sides *s, const struct net_made *m, struct err *e)
{
	struct link l;
	int ret = find_one(&s->host, m->host, m->mac, &l, e);

	if (ret < 0 || (ret > 0 && link_delete(&s->host, &l, e) < 0))
		return -1;
	if (ret > 0 || s->ns < 0)
		return 0;
	ret = find_one(&s->inside, m->name, NULL, &l, e);
	return ret > 0 ? link_delete(&s->inside, &l, e) : ret;
}

int undo_all(struct sides *s, const net_made_t *made, struct err *e)
{
	int ret = 0;

	for (size_t i = made->n; i-- > 0;) {
		const struct net_made *m = &made->items[i];
		struct err why = ERR_NONE;

		if ((m->moved ? undo_moved : undo_made)(s, m, &why) < 0 && ret == 0) {
			*e = why;
			ret = -1;
		}
	}
	return ret;
}
