/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See identity.h; runs in aril-net */
#include "netns/aril-net/identity.h"

#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/str.h"

/* other: a device of the host, or 0 */
static char *identity_make(const struct link *l, int other, struct arena *a)
{
	return arena_fmt(a, "%s;%s;%s;%d", l->kind, l->parent, l->perm, other);
}

char *identity_text(const struct link *l, struct arena *a)
{
	return identity_make(l, l->other_ns < 0 ? l->other : 0, a);
}

bool identity_strong(const char *identity)
{
	const char *rest = identity ? strchr(identity, ';') : NULL;

	return rest && strcmp(rest, ";;;0") != 0;
}

static void take_id(const struct nlmsghdr *head, void *to)
{
	const struct nlattr *by[NETNSA_FD + 1];

	if (head->nlmsg_type != RTM_NEWNSID)
		return;
	rtnl_attributes(head, sizeof(struct rtgenmsg), by, NETNSA_FD);
	if (by[NETNSA_NSID])
		*(int *)to = (int)mnl_attr_get_u32(by[NETNSA_NSID]);
}

/* The number that the host's namespace has inside, as IFLA_LINK_NETNSID says it; -1: it
 * has none, so that no device there has anything to do with it */
static int host_number(struct sides *s, int *number, struct err *e)
{
	struct rtnl_message m;

	*number = -1;
	rtnl_begin(&m, RTM_GETNSID, 0, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(m.head, NETNSA_FD, (uint32_t)s->host_ns);
	return rtnl_talk(&s->inside, &m, take_id, number,
			 "ask for the number of the host's network namespace", e);
}

int identity_fits(struct sides *s, const struct link *inside, const char *identity,
		  struct err *e)
{
	bool from_host;
	int number;

	if (!identity)
		return 1;
	if (host_number(s, &number, e) < 0)
		return -1;
	from_host = number >= 0 && inside->other_ns == number;
	return str_eq(identity,
		      identity_make(inside, from_host ? inside->other : 0, s->arena));
}

struct wanted {
	struct sides *sides;
	const char *identity;
	int number;
};

static bool is_wanted(const struct link *l, const void *with)
{
	const struct wanted *w = with;
	bool from_host = w->number >= 0 && l->other_ns == w->number;

	return str_eq(w->identity,
		      identity_make(l, from_host ? l->other : 0, w->sides->arena));
}

int identity_find(struct sides *s, const char *identity, const char *mac,
		  struct link *found, struct err *e)
{
	struct wanted w = { .sides = s, .identity = identity };

	if (host_number(s, &w.number, e) < 0)
		return -1;
	return link_find_mac(&s->inside, mac, is_wanted, &w, found, e);
}
