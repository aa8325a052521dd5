/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's group of the resctrl file system (linux.intelRdt) on the way of a launch:
 * the box remembers it, host/rdt.h does it. launch.c calls this. Runs in the program.
 */
#ifndef LIBCONTAINER_LAUNCH_RDT_H
#define LIBCONTAINER_LAUNCH_RDT_H

#include "libcontainer/box/box.h"
#include "libcontainer/host/rdt.h"
#include "libcontainer/plan/facts.h"
#include "libcontainer/plan/plan.h"

/* Find or make what the plan says; nothing without linux.intelRdt. It is saved in the box
 * before it is made. */
int launch_rdt_make(struct rdt *r, const struct plan *p, const struct request *request,
		    struct box *b, struct arena *a, struct err *e);

/* Open the box's group, for one more process. r->keep is set. */
int launch_rdt_enter(struct rdt *r, const struct box *b, struct err *e);

/* Remove what was made for the box */
int launch_rdt_end(struct box *b, struct err *e);

#endif
