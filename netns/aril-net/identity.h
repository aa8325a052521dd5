/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which device it is, whatever it is called now. Runs in aril-net.
 *
 * Theory. Who has CAP_NET_ADMIN in a namespace that a device was moved to may rename the
 * device, change its address, and make another one with its name and its address: moved
 * "back", that one would get the host's addresses and routes. What they cannot choose is
 * the kind of hardware, where it is attached (IFLA_PARENT_DEV_NAME, Linux 5.14), the
 * address that it was built with, and a device of the host that is its other end or is
 * below it: for that one needs CAP_NET_ADMIN there. A device that has none of these (a
 * tun device, a wireguard one) is told by its kind only.
 */
#ifndef NETNS_ARIL_NET_IDENTITY_H
#define NETNS_ARIL_NET_IDENTITY_H

#include "netns/aril-net/link.h"
#include "netns/aril-net/make.h"

/* Of a device of the host, before it moves: for struct net_made. In the arena. */
char *identity_text(const struct link *l, struct arena *a);

/* Whether it tells one device from all others */
bool identity_strong(const char *identity);

/* 1: the device inside is that one; 0: it is not. NULL: nothing was noted, all are. */
int identity_fits(struct sides *s, const struct link *inside, const char *identity,
		  struct err *e);

/* The only device inside which is that one, whatever its name, with that hardware address
 * (NULL: with any): 1, or 0 */
int identity_find(struct sides *s, const char *identity, const char *mac,
		  struct link *found, struct err *e);

#endif
