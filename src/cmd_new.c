/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From options to the request for a new container; runs in the program */
#include "src/cmd_new.h"

#include "libcontainer/launch_notify.h"
#include "src/path.h"

int new_launch(const struct call *c, const struct new_options *o, const char *id,
	       struct launch *how, struct err *e)
{
	struct request *r = &how->request;

	r->id = id;
	r->bundle = path_from_cwd(c->arena, o->bundle ? o->bundle : ".", e);
	if (!r->bundle)
		return -1;
	r->no_pivot = o->no_pivot;
	r->no_new_keyring = o->no_new_keyring;
	r->has_console_socket = o->console_socket != NULL;
	r->net = o->net;
	r->path = c->env.path;
	r->publish = o->publish;
	if (c->env.notify && c->root)
		r->notify_dir = arena_fmt(c->arena, "%s/%s/" NOTIFY_INSIDE, c->root, id);
	how->manager = c->env.notify;
	how->config = o->config;
	how->console_socket = o->console_socket;
	how->pidfd_socket = o->pidfd_socket;
	how->pid_file = o->pid_file;
	return call_launch(c, &o->preserve_fds, how, e);
}
