/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The caller's name and the ids that are set aside for it; part of facts.c */
#ifndef PLAN_FACTS_USERS_H
#define PLAN_FACTS_USERS_H

#include <stdbool.h>
#include <stddef.h>

#include "libcontainer/plan/facts.h"

/* Fill user, subuids, subgids, has_newuidmap, has_newgidmap; f->euid is set. Absent files
 * leave them empty. */
int facts_users(struct facts *f, struct arena *a, struct err *e);

/* The path of a helper of shadow's package uidmap ("newuidmap") in the fixed directories
 * /usr/bin, /bin and /usr/local/bin: PATH is the caller's and proves nothing. false when
 * it is in none, or this user may not execute it. */
bool helper_find(const char *name, char *path, size_t size);

/* The name of a uid in the text of /etc/passwd, in the arena; NULL: none. For those who
 * cannot call getpwuid(3): in a static program it needs shared libraries. */
char *passwd_name(struct arena *a, const char *text, uint32_t uid);

/* Add the ranges of a user, by name (may be NULL) or number, in the text of /etc/subuid.
 * Lines that are not NAME:FIRST:SIZE are passed over, as newuidmap(1) does. */
void subid_ranges(struct arena *a, const char *text, const char *user, uint32_t uid,
		  id_ranges_t *ranges);

#endif
