/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network devices in rtnetlink(7): found, changed, made. Runs in aril-net. */
#ifndef NETNS_ARIL_NET_LINK_H
#define NETNS_ARIL_NET_LINK_H

#include <linux/if.h>
#include <stdbool.h>

#include "netns/aril-net/rtnl.h"

#define LINK_MAC 100 /* bytes of a hardware address as text: 32 at most (MAX_ADDR_LEN) */

struct link {
	int index;
	unsigned flags; /* IFF_UP ... */
	uint32_t mtu;
	int master;   /* index of the bridge that it is in; 0: none */
	int other;    /* index of the other end of a pair, or of what is below; 0: none */
	int other_ns; /* number of the namespace that it is in; -1: in this one */
	char name[IFNAMSIZ];
	char mac[LINK_MAC];  /* "": it has none */
	char perm[LINK_MAC]; /* the one that it was built with; "": none */
	char kind[16];	     /* "veth"; "": hardware */
	char parent[64];     /* where it is attached, "pci 0000:00:03.0"; "": nowhere */
};

/* By name or, when that is NULL, by index. ENODEV: there is none. */
int link_find(struct rtnl *r, const char *name, int index, struct link *found,
	      struct err *e);

/* The only device with that hardware address, now or built in, for which fits() holds
 * (NULL: with any); 1: found, 0: there is none, or more than one */
int link_find_mac(struct rtnl *r, const char *mac,
		  bool (*fits)(const struct link *l, const void *with), const void *with,
		  struct link *found, struct err *e);

/* What is to be changed; what is NULL, 0 or -1 stays. ns and master at the same time as
 * the others. */
struct link_change {
	const char *name, *mac;
	uint32_t mtu;
	int ns;	    /* fd of a network namespace to move to */
	int master; /* index of a bridge; -1: as it is */
	bool up;
};
#define LINK_AS_IT_IS                                                                    \
	{                                                                                \
		.ns = -1, .master = -1                                                   \
	}
int link_change(struct rtnl *r, int index, const struct link_change *c, const char *what,
		struct err *e);

/* A pair: one end here under that name, its other one in the namespace `ns`. EEXIST: one
 * of the names is taken. */
int link_make_veth(struct rtnl *r, const char *name, int ns, const char *peer,
		   struct err *e);

/* A device on top of another one here, in the namespace `ns`. mode: as in struct
 * net_link; NULL: bridge. EINVAL: there is no such mode. */
int link_make_macvlan(struct rtnl *r, const struct link *below, const char *mode, int ns,
		      const char *name, struct err *e);

int link_delete(struct rtnl *r, const struct link *l, struct err *e);

#endif
