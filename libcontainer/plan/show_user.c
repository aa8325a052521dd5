/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network through a program, as text. Runs in the program; pure. */
#include "libcontainer/plan/show_text.h"

void show_user_net(struct text *t, const struct plan_net *net)
{
	const struct user_net *n = net->user;

	if (n) {
		text_add(t, "network: through %s ", user_program_names[n->program]);
		text_quote(t, n->path);
		text_add(t, ", device %s%s\n", n->name,
			 n->host_loopback ? ", the host's loopback can be reached" : "");
		LIST_EACH (p, &n->ports)
			text_add(t, "publish: %s port %u of %s is port %u\n",
				 p->udp ? "udp" : "tcp", p->host,
				 p->address ? p->address : "all addresses", p->box);
	}
	if (net->resolv_conf) {
		text_add(t, "resolv.conf: ");
		text_quote(t, net->resolv_conf);
		text_add(t, "\n");
	}
}
