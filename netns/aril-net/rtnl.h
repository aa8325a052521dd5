/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Talking rtnetlink(7): requests and their answers, with the kernel's own words about
 * what it refuses. Runs in aril-net.
 */
#ifndef NETNS_ARIL_NET_RTNL_H
#define NETNS_ARIL_NET_RTNL_H

#include <libmnl/libmnl.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* A socket in one network namespace, that of who opened it */
struct rtnl {
	struct mnl_socket *socket; /* owned */
	struct arena *arena;	   /* of texts */
	uint32_t number;	   /* of the last request */
};

int rtnl_open(struct rtnl *r, struct arena *a, struct err *e);
void rtnl_done(struct rtnl *r);

struct rtnl_message {
	char bytes[4096];
	struct nlmsghdr *head;
};

/* Begin a request: its type, flags besides NLM_F_REQUEST, and room for its fixed part,
 * zeroed, which is returned. Attributes are added with libmnl. */
void *rtnl_begin(struct rtnl_message *m, uint16_t type, uint16_t flags, size_t size);

/*
 * Send it and read the answer to its end; each() gets its messages (NULL: none is
 * expected). what: is being done, for the error, whose number is the kernel's. EINTR from
 * a dump that changed meanwhile: to be tried again.
 */
int rtnl_talk(struct rtnl *r, struct rtnl_message *m,
	      void (*each)(const struct nlmsghdr *head, void *to), void *to,
	      const char *what, struct err *e);

/* The attributes of a message, behind its fixed part of `size` bytes, by their type; NULL
 * where there is none. What is beyond max is left out. */
void rtnl_attributes(const struct nlmsghdr *head, size_t size, const struct nlattr **by,
		     uint16_t max);

#endif
