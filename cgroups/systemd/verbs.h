/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What aril-systemd can be asked for. Runs in it. */
#ifndef CGROUPS_SYSTEMD_VERBS_H
#define CGROUPS_SYSTEMD_VERBS_H

#include "base/arena.h"
#include "base/err.h"
#include "cgroups/systemd/manager.h"

/* Each leaves its answer in m->word and m->text; or fails, and e says why */
int verb_attach(struct manager *m, struct arena *a, struct err *e);
int verb_set(struct manager *m, struct arena *a, struct err *e);
int verb_start(struct manager *m, struct arena *a, struct err *e);
int verb_stop(struct manager *m, struct arena *a, struct err *e);
int verb_version(struct manager *m, struct arena *a, struct err *e);

/* Ask for the stop of the request's unit, or of its request's start only; the reply names
 * the job */
int unit_stop_call(struct manager *m, const char *what, sd_bus_message **reply,
		   struct err *e);

/* Forget that it failed; errors are of no interest */
void unit_forget_failure(struct manager *m);

#endif
