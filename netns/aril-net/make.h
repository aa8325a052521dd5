/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices made, moved and undone. Runs in aril-net. */
#ifndef NETNS_ARIL_NET_MAKE_H
#define NETNS_ARIL_NET_MAKE_H

#include "netns/aril-net/rtnl.h"
#include "netns/net.h"

/* Both sides of the way of a device */
struct sides {
	struct rtnl host, inside;
	int host_ns, ns; /* fds; ns: -1: it has ended, and `inside` is not open */
	struct arena *arena;
};

/* Open sockets in the namespace that the caller is in and, by joining it, in the one of
 * the fd. EINVAL: both are the same. */
int sides_open(struct sides *s, int ns, struct arena *a, struct err *e);
void sides_done(struct sides *s);

/* Make or move it and bring it up. A row is added to made as soon as there is something
 * to undo, also when this fails. */
int make_link(struct sides *s, const struct net_link *l, net_made_t *made, struct err *e);

/* Undo them all, the last one first; the first error is told, but none stops it */
int undo_all(struct sides *s, const net_made_t *made, struct err *e);

#endif
