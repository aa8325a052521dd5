/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What run and restore do when they have waited for their container. Runs in the
 * program. */
#ifndef SRC_FOREGROUND_H
#define SRC_FOREGROUND_H

#include "src/call.h"

/* Delete the container that the first word names; it may be gone already */
int foreground_delete(const struct call *c, struct err *e);

#endif
