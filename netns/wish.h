/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a user asks for in one word, --net or the annotation aril.net, and the ports that
 * are to be published. Text to structs: no system call. Runs in the program.
 *
 *	none			a namespace with only its loopback device
 *	host			no namespace: the network of the host
 *	ns:PATH			the namespace that is at PATH
 *	bridge:NAME[,OPTION]...	a pair of devices, one end in that bridge of the host
 *	macvlan:DEV[,OPTION]...	a new device on top of one of the host
 *	phys:DEV[,OPTION]...	a device of the host moves in
 *	user[,OPTION]...	through a program that needs no privileges on the host
 *
 * OPTION: ip=ADDRESS/LENGTH, gw=ADDRESS, dns=ADDRESS (each of these may be repeated),
 * name=DEVICE, mac=ADDRESS, mtu=BYTES, mode=MODE, with=PROGRAM, host-loopback. Which of
 * them a kind takes is in the table of wish.c.
 */
#ifndef NETNS_WISH_H
#define NETNS_WISH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "netns/net.h"

enum wish_kind {
	WISH_NOTHING, /* nothing was asked for: the document alone says */
	WISH_NONE,
	WISH_HOST,
	WISH_PATH,
	WISH_BRIDGE,
	WISH_MACVLAN,
	WISH_PHYS,
	WISH_USER,
};

struct net_wish {
	enum wish_kind kind;
	const char *where; /* "--net bridge": begins the text of errors */
	const char *path;  /* PATH */
	/* BRIDGE, MACVLAN, PHYS: the device; USER: its name alone */
	struct net_link link;
	strings_t dns;
	const char *with;   /* USER: "pasta" or "slirp4netns"; NULL: what is there */
	bool host_loopback; /* USER: the gateway leads to 127.0.0.1 of the host */
};

/* A port of the host that leads to one of the container */
struct net_port {
	const char *address; /* of the host, without brackets; NULL: all of them */
	bool ip6;	     /* what the address is */
	uint16_t host, box;
	bool udp;
};
typedef LIST(struct net_port) net_ports_t;

/* Read what stands behind --net. `where` ("--net", "annotations.aril.net") begins the
 * text of errors (EINVAL), which name the part that is wrong. All is in the arena. */
int net_wish_read(const char *text, const char *where, struct arena *a,
		  struct net_wish *w, struct err *e);

/* Read [IP:]HOST:BOX[/tcp|udp], an IPv6 address in brackets, and add it to the list. A
 * port that is there twice is an error. */
int net_port_read(const char *text, const char *where, struct arena *a,
		  net_ports_t *ports, struct err *e);

#endif
