/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words between the program (netns/net.c) and aril-net (netns/aril-net/), which is
 * run as `aril-net make` or `aril-net undo` with a stream socket as its stdin and the
 * network namespace as its 3 (undo: none when it has ended). Lines are those of
 * base/words.h. The request of make, for each link:
 *
 *	move WHERE		or veth, macvlan: see struct net_link
 *	host NAME
 *	bridge NAME
 *	mode WORD
 *	name NAME
 *	mac MAC
 *	mtu N
 *	address ADDRESS		any number of times
 *	gateway ADDRESS		any number of times
 *
 * and "end". Its answer, for each link:
 *
 *	made NAME		see struct net_made
 *	host NAME
 *	mac MAC
 *	moved
 *	was-mac MAC
 *	was-mtu N
 *	was-in BRIDGE
 *	was-up
 *	had ADDRESS		any number of times
 *	route HEX		any number of times
 *
 * and "done". The request of undo are such lines and "end", its answer is "done". An
 * answer may also be "error NUM TEXT", an errno value.
 *
 * After "done" of make the helper waits for "keep", or undoes all at the end of its
 * socket.
 */
#ifndef NETNS_NET_WORDS_H
#define NETNS_NET_WORDS_H

#include "base/text.h"
#include "netns/net.h"

/* Add the lines of one */
void net_link_lines(struct text *t, const struct net_link *l);
void net_made_lines(struct text *t, const struct net_made *m);

/* Take one line into the list. false: it has no meaning. Texts are kept. */
bool net_link_take(net_links_t *links, struct arena *a, const char *word, char *text);
bool net_made_take(net_made_t *made, struct arena *a, const char *word, char *text);

#endif
