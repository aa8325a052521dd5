/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Routes by a device, which it loses when it moves, as the kernel tells them: in
 * hexadecimal digits. Runs in aril-net.
 */
#ifndef NETNS_ARIL_NET_ROUTE_H
#define NETNS_ARIL_NET_ROUTE_H

#include "netns/aril-net/rtnl.h"

/* Add all that somebody has set: not those that come with an address or with the kernel's
 * own search for routers, nor those by several devices */
int route_list(struct rtnl *r, int index, strings_t *routes, struct err *e);

/* Set them again, by the device of that index; one that is there is no error */
int route_restore(struct rtnl *r, int index, const strings_t *routes, struct err *e);

/* The default route of the gateway's family goes there, by the device */
int route_add(struct rtnl *r, int index, const char *gateway, struct err *e);

#endif
