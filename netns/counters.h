/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What went through the devices of a network namespace. Runs in the program. */
#ifndef NETNS_COUNTERS_H
#define NETNS_COUNTERS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

struct net_counts {
	uint64_t bytes, packets, errors, dropped;
};
struct net_counters {
	char *name; /* UTF-8, whatever the container called it */
	struct net_counts received, sent;
};
typedef LIST(struct net_counters) net_counters_t;

/* All devices of the namespace of a process, as it sees them: "lo" too, as a container
 * may call any of them that. The list is empty when the process has ended. EFBIG: a text
 * of more than 4 MiB, which is that of 30000 devices or more. */
int net_counters_read(pid_t pid, struct arena *a, net_counters_t *list, struct err *e);

/* The same from the text of /proc/PID/net/dev (proc_pid_net(5)). EINVAL: it is none. */
int net_counters_parse(const char *text, struct arena *a, net_counters_t *list,
		       struct err *e);

#endif
