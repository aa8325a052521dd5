/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the program must not be, and what it must not be told: it has the caller's own
 * privileges and no others, and a caller with more than ordinary ones is told nothing by
 * variables that lead to what others can write. Runs in the program.
 */
#ifndef SRC_TRUST_H
#define SRC_TRUST_H

#include "src/call.h"

/* EPERM: the program file has given us privileges that our caller has not: set-user-ID,
 * set-group-ID or file capabilities. Whoever installs it so makes every user root. */
int trust_ourselves(struct err *e);

/* EPERM: for root, not in a user namespace, ARIL_LIBEXEC or ARIL_RESCTRL is a directory
 * that another user owns or may write to, or the first one has such a program, or another
 * user may rename what is on the way there. Links are gone from both in *env then, so
 * that nobody leads them elsewhere later. Missing ones are fine, where only root can make
 * them: who needs them will say so. */
int trust_environment(struct environment *env, struct arena *a, struct err *e);

/* EPERM: XDG_RUNTIME_DIR belongs to another user, or others may write to it. A missing
 * one is fine. */
int trust_runtime_dir(const char *path, struct err *e);

#endif
