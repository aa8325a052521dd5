/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scheduler, io priority and CPUs of a process. Freestanding; runs in init and in the
 * program. */
#ifndef INIT_SCHED_H
#define INIT_SCHED_H

#include "base/err.h"
#include "libcontainer/plan/attributes.h"

/* Set those of a process (0: the calling one). NULL: nothing to do. Errors name the
 * place in the document: EPERM without CAP_SYS_NICE for more than the process has,
 * EBUSY where SCHED_DEADLINE finds no room (sched_setattr(2)). */
int scheduler_set(const struct plan_scheduler *s, int pid, struct err *e);
int io_priority_set(const struct plan_io_priority *io, int pid, struct err *e);

/* The CPUs of the calling process. where: "process.execCPUAffinity.final". EINVAL: none
 * of them is there and within the process' cpuset. */
int cpus_set(const struct plan_numbers *cpus, const char *where, struct err *e);

#endif
