/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the runtime's /proc that init writes. Runs in init. */
#ifndef INIT_PROCFILES_H
#define INIT_PROCFILES_H

#include "libcontainer/init/init.h"

/* Write process.oom_score_adj of this process, if the plan has one */
int oom_write(struct inside *in, struct err *e);

#endif
