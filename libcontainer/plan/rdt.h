/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The container's place in the resctrl file system (Intel RDT, AMD QoS): which group,
 * whether it is made, what is written to it. The host's side carries it out
 * (host/rdt.h). Pure data in the plan's arena.
 */
#ifndef PLAN_RDT_H
#define PLAN_RDT_H

#include <stdbool.h>

#include "base/arena.h"

struct plan_rdt {
	const char *group; /* the name of a directory; "": the root group */
	bool make;	   /* when it is not there; else that is an error */
	/* a group that is there must agree with `lines` */
	bool compare;
	/* l3CacheSchema and memBwSchema, written together to a group that is made, or
	 * that is not to be compared; then schemata, which therefore win */
	strings_t lines, schemata;
	const char *monitor; /* name of the monitoring group in it; NULL: none */
};

#endif
