/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of plan_show(). Runs in the program. */
#ifndef PLAN_SHOW_TEXT_H
#define PLAN_SHOW_TEXT_H

#include "base/text.h"
#include "libcontainer/plan/plan.h"

/* Scheduler, CPUs, memory policy, personality (show_attributes.c) */
void show_attributes(struct text *t, const struct plan_attributes *a);

/* Add a string in double quotes, with what is no plain ASCII as \n, \" or \xHH: no
 * document can send escapes to a terminal */
void text_quote(struct text *t, const char *string);

/* Add " NAME" and each string, quoted, behind a blank; nothing for an empty list */
void text_list(struct text *t, const char *name, const strings_t *list);

/* The mounts, devices and links (show_mounts.c) */
void show_mounts(struct text *t, const struct plan *p);

/* The resctrl group (plan_rdt.c) */
void show_rdt(struct text *t, const struct plan_rdt *r);

/* What connects the network, and its names (show_user.c) */
void show_user_net(struct text *t, const struct plan_net *net);

/* Add ", private" or, recursive, ", rprivate"; nothing for 0. show_mounts.c. */
void show_propagation(struct text *t, uint64_t propagation, bool recursive);

/* The network devices (show_net.c) */
void show_net(struct text *t, const struct plan_net *net);

#endif
