/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of devices in rtnetlink(7). Runs in aril-net. */
#ifndef NETNS_ARIL_NET_ADDRESS_H
#define NETNS_ARIL_NET_ADDRESS_H

#include <linux/if.h>
#include <stdbool.h>

#include "netns/aril-net/rtnl.h"

struct address {
	uint8_t family, length, scope;
	uint32_t flags; /* IFA_F_* */
	uint32_t metric;
	uint8_t local[16];
	uint8_t peer[16]; /* as local where there is none */
	uint8_t broadcast[4];
	bool has_broadcast;
	char label[IFNAMSIZ]; /* "": as the device's name */
};
typedef LIST(struct address) addresses_t;

/* All permanent ones of a device (IFA_F_PERMANENT) */
int address_list(struct rtnl *r, int index, addresses_t *list, struct err *e);

/* Whether config-linux.md of the runtime-spec wants it kept when the device moves: its
 * scope is global (RT_SCOPE_UNIVERSE) */
bool address_is_kept(const struct address *address);

/* Give it to the device of that index and name. One that it has already is no error. */
int address_add(struct rtnl *r, int index, const char *name,
		const struct address *address, struct err *e);

/*
 * As text and back: "10.0.0.2/24", which may be followed by words: "peer ADDRESS",
 * "broadcast ADDRESS", "scope N", "flags N", "metric N", "label NAME". Without flags an
 * IPv6 address is not looked for on the network before it is used, as if it was the
 * kernel that had given it: nobody waits for it to be usable. EINVAL: it is none.
 */
char *address_text(const struct address *address, struct arena *a);
int address_read(const char *text, struct address *address, struct err *e);

#endif
