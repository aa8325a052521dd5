/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.netDevices of the OCI document: network devices of the host that move into the
 * container. An object from the host's name to {name}, as a list.
 */
#ifndef NETNS_DEVICES_H
#define NETNS_DEVICES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/json_read.h"

struct netdev {
	char *key;  /* its name on the host */
	char *name; /* inside; NULL or "": the same */
};

extern const struct json_shape netdev_shape;

/*
 * What is wrong with the name of a network device, or NULL when it is fine. The kernel's
 * own rules (dev_valid_name() in net/core/dev.c: 1 to 15 bytes, not "." or "..", no '/',
 * ':' or white space). A template may hold one "%d", which the kernel replaces by a free
 * number; any other '%' is refused.
 */
const char *netdev_name_mistake(const char *name, bool may_be_template)
	__attribute__((nonnull));

#endif
