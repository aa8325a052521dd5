/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The caller's name and the ids that are set aside for it; part of facts.c */
#ifndef PLAN_FACTS_USERS_H
#define PLAN_FACTS_USERS_H

#include <stddef.h>

#include "libcontainer/plan/facts.h"

/* Fill user, subuids, subgids, has_newuidmap, has_newgidmap; f->euid is set. Absent files
 * leave them empty. */
int facts_users(struct facts *f, struct arena *a, struct err *e);

/* The name of a uid in the text of /etc/passwd, in the arena; NULL: none */
char *passwd_name(struct arena *a, const char *text, uint32_t uid);

/* Add the ranges of a user, by name (may be NULL) or number, in the text of /etc/subuid.
 * Lines that are not NAME:FIRST:SIZE are passed over, as newuidmap(1) does. */
void subid_ranges(struct arena *a, const char *text, const char *user, uint32_t uid,
		  id_ranges_t *ranges);

#endif
