/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The devices of a container's network namespace, made, moved and undone by aril-net, a
 * program of its own with libmnl, so that aril itself stays static. One run of it does
 * all of a struct net, or nothing. Runs in the program.
 */
#ifndef NETNS_NET_H
#define NETNS_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/helper.h"
#include "base/json_read.h"

enum net_kind {
	NET_MOVE,    /* a device of the host moves in: linux.netDevices, physical links */
	NET_VETH,    /* a new pair: one end inside, the other on the host, in a bridge */
	NET_MACVLAN, /* a new device on top of one of the host */
};

/* One device of the container. Strings that may be absent are NULL. */
struct net_link {
	enum net_kind kind;
	const char *where; /* "linux.netDevices.eth1": begins the text of errors */
	/* MOVE: the device; MACVLAN: the one below; VETH: the end's name on the host,
	 * NULL: "veth" and a random number */
	const char *host;
	const char *bridge; /* VETH: what the host's end joins; NULL: nothing */
	const char *mode;   /* MACVLAN: bridge, private, vepa or passthru */
	/* inside; may hold one "%d"; NULL: as on the host, else "eth%d" */
	const char *name;
	const char *mac;     /* "02:00:00:00:00:01" */
	uint32_t mtu;	     /* bytes; 0: as it is */
	strings_t addresses; /* with their length: "10.0.0.2/24", "fd00::2/64" */
	strings_t gateways;  /* of default routes */
	/* linux.netDevices: it is not undone at delete (config-linux.md) */
	bool stays;
};
typedef LIST(struct net_link) net_links_t;

/* What was made, for the state of the container and for undoing it */
struct net_made {
	/* the name on the host: where it came from, or the pair's end; "": none */
	char *host;
	char *name; /* the name inside */
	bool moved; /* it was the host's before */
	/* what tells it from another of that name: the address of the device that moved,
	 * as it is now, or of the pair's end on the host; NULL: it has none */
	char *mac;
	/* of a device that moved: what nobody inside can make another one like
	 * (aril-net/identity.h) */
	char *identity;
	/* and what it was before; NULL, 0: as it is */
	char *old_mac;
	uint64_t old_mtu;
	char *master; /* the bridge that it was in */
	bool was_up;
	strings_t addresses; /* its permanent ones */
	strings_t routes;    /* that somebody has set by it; for aril-net only */
	/* as in its link: for who undoes the others at delete */
	bool stays;
};
typedef LIST(struct net_made) net_made_t;
extern const struct json_shape net_made_shape;

struct net {
	int ns;		    /* the network namespace; lent */
	const char *helper; /* path of aril-net; NULL: where it is installed */
	const net_links_t *links;
};

/*
 * Make and move all links, in order, and bring them up. What a device had before it moved
 * (its permanent global addresses) it keeps, as config-linux.md of the runtime-spec asks.
 * made gets one row per link, in the arena. On failure everything is as it was: devices
 * that had moved are back under their names, with their addresses, up if they were up.
 * The text names the link and the kernel's reason; ENOENT with "run PATH, which ...": the
 * program is not installed.
 */
int net_make(const struct net *n, struct arena *a, net_made_t *made, struct err *e);

/*
 * The same for who has more to do: the program stays, and undoes everything when the
 * caller ends, however it ends, or says net_drop(), before it said net_keep(). h is one
 * HELPER_NONE. After an error of net_keep() nothing is known: net_undo().
 */
int net_make_held(const struct net *n, struct arena *a, net_made_t *made,
		  struct helper *h, struct err *e);
int net_keep(struct helper *h, struct err *e);
int net_drop(struct helper *h, struct err *e);

/*
 * Undo what net_make() did, when a later step failed or, for all but netDevices, at
 * delete: what moved goes back, what was made is deleted. What is not there any more is
 * no error. n->ns: -1 when the namespace has ended (the kernel has moved physical devices
 * back under some name, and deleted all others). n->links is not used.
 */
int net_undo(const struct net *n, const net_made_t *made, struct arena *a, struct err *e);

#endif
