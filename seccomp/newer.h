/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * System calls that are newer than a profile. Part of seccomp/; runs in the program.
 *
 * Theory. C libraries try a new system call and go back to an old one when the kernel
 * says ENOSYS. A profile that was written before the call says EPERM instead, as for all
 * that it does not name, and programs break that ran on an older kernel. So what has a
 * greater number than all calls that the profile names, on that architecture, fails with
 * ENOSYS (runc does the same; runtime-spec does not forbid it). What the profile could
 * have named and did not is denied as before.
 */
#ifndef SECCOMP_NEWER_H
#define SECCOMP_NEWER_H

#include "seccomp/filter.h"

/* Put in front of f->code, in the arena, what gives newer calls ENOSYS, if the default
 * action is SCMP_ACT_ERRNO with another number: all other defaults are kept. Names that
 * libseccomp does not know have no number, and do not count. The result may be longer
 * than what the kernel takes, by at most 6 instructions for each architecture. */
void newer_enosys(const struct profile *p, struct filter *f, struct arena *a);

#endif
