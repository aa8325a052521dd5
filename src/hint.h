/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Advice: from a failure to what its reader can do, by a table. Runs in the program,
 * after a failure only. */
#ifndef SRC_HINT_H
#define SRC_HINT_H

#include "base/err.h"

/* What is printed behind ": "; NULL when there is nothing to advise. Static. Never one
 * of the phrases by which engines tell a missing program (base/err.h). */
const char *hint_find(const struct err *e);

#endif
