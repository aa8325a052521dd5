/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The network that create was asked for on its command line (--net, --publish), on the
 * way from a checkpoint to its restore. The document does not have it, and restore has no
 * such options: it is in a file beside the images, CRIU_NET. Runs in the program.
 */
#ifndef LIBCONTAINER_LAUNCH_CRIU_NET_H
#define LIBCONTAINER_LAUNCH_CRIU_NET_H

#include "libcontainer/box/box.h"
#include "libcontainer/plan/facts.h"

#define CRIU_NET "network.json"

/* Write the file into the directory of the images, or remove an earlier one when nothing
 * was asked for */
int criu_net_save(int images, const struct box_state *s, struct err *e);

/* Fill r->net and r->publish from it, in the arena. No such file, no change; EINVAL: it
 * is not what criu_net_save() writes. `path`, of the directory, is for errors. */
int criu_net_load(int images, const char *path, struct arena *a, struct request *r,
		  struct err *e);

#endif
