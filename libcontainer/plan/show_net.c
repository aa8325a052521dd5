/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network part of `aril plan`. Runs in the program; pure. */
#include "libcontainer/plan/show_text.h"

static void show_word(struct text *t, const char *word, const char *value)
{
	if (!value)
		return;
	text_add(t, " %s ", word);
	text_quote(t, value);
}

static void show_link(struct text *t, const struct net_link *l)
{
	static const char *const kinds[] = {
		[NET_MOVE] = "move",
		[NET_VETH] = "a pair, its end on the host",
		[NET_MACVLAN] = "macvlan on",
	};

	text_add(t, "%s: %s", l->where, kinds[l->kind]);
	if (l->host) {
		text_add(t, " ");
		text_quote(t, l->host);
	}
	show_word(t, "in", l->bridge);
	show_word(t, "mode", l->mode);
	show_word(t, "as", l->name);
	show_word(t, "mac", l->mac);
	if (l->mtu)
		text_add(t, " mtu %u", l->mtu);
	LIST_EACH (address, &l->addresses)
		show_word(t, "address", *address);
	LIST_EACH (gateway, &l->gateways)
		show_word(t, "gateway", *gateway);
	text_add(t, "%s\n", l->stays ? ", stays at delete" : "");
}

void show_net(struct text *t, const struct plan_net *net)
{
	LIST_EACH (link, &net->links)
		show_link(t, link);
}
